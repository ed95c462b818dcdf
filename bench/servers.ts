/**
 * The process of the simulated accounts: serves a source and a target on loopback until its parent goes, and notes when requests came and
 * how they were answered. Started by `world.ts`, which tells it what to serve as JSON in its one argument.
 */
import { makeSimulator, type SimulatorRequest } from '../src/app/simulate.ts'
import type { SimulatedRequest, Simulator } from '../src/connector/simulator.ts'
import type { Side } from '../src/model/id.ts'
import { serve } from '../src/simulation/server.ts'

/** What the parent passes. */
export type Served = Readonly<Record<Side, ServedAccount>>
export interface ServedAccount
  extends Pick<SimulatorRequest, 'platform' | 'contacts' | 'seed' | 'quirks'> {
  readonly latencyMs: number
}
/** First message to the parent. */
export interface Ready {
  readonly kind: 'ready'
  readonly accounts: Readonly<
    Record<
      Side,
      { readonly url: string; readonly origin: string; readonly auth: Simulator['auth'] }
    >
  >
}
/** Answer to any message of the parent. */
export interface Noted {
  readonly kind: 'noted'
  /** Since the start of the process. */
  readonly cpuMs: number
  readonly traffic: Readonly<Record<Side, Traffic>>
}
export interface Traffic {
  /** When each request arrived (milliseconds since the servers started) and how it was answered, in order. */
  readonly arrivals: readonly { readonly atMs: number; readonly status: number }[]
}

const tell = (message: Ready | Noted): void => {
  process.send?.(message)
}
const told = JSON.parse(process.argv[2] ?? '') as Served
const sides = { from: await start(told.from), to: await start(told.to) }
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  tell({
    kind: 'noted',
    cpuMs: (user + system) / 1000,
    traffic: { from: sides.from.traffic(), to: sides.to.traffic() },
  })
})
process.on('disconnect', () => process.exit(0))
tell({ kind: 'ready', accounts: { from: sides.from.account, to: sides.to.account } })

async function start(account: ServedAccount) {
  const simulator = makeSimulator(account)
  const arrivals: { atMs: number; status: number }[] = []
  const watched: Simulator = Object.create(simulator, {
    handle: {
      value(request: SimulatedRequest) {
        const atMs = performance.now()
        const response = simulator.handle(request)
        arrivals.push({ atMs, status: response.status })
        return response
      },
    },
  })
  const { url, origin } = await serve(watched, { latencyMs: account.latencyMs })
  return {
    account: { url, origin, auth: simulator.auth },
    traffic: (): Traffic => ({ arrivals }),
  }
}
