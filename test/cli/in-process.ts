/** Two simulated accounts and an app over them in this process, with time that passes at once: for what is slow to wait for over sockets. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PLATFORMS } from '../../connectors/index.ts'
import { type App, openApp } from '../../src/app/app.ts'
import { MACHINE, readConfig } from '../../src/app/config.ts'
import { endOf, type RunRequest, work } from '../../src/app/run.ts'
import { reportOf } from '../../src/app/run-report.ts'
import { EXIT, type Failure, failureOf } from '../../src/cli/exit.ts'
import type { Log } from '../../src/connector/kit.ts'
import { summed } from '../../src/report/run-document.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { faultPlan, type FaultKind } from '../../src/simulation/faults.ts'
import { simulatedHttp } from '../../src/simulation/network.ts'
import { randomStream } from '../../src/simulation/random.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import type { Case } from '../../src/state/cases.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import { type Account, type AccountsOptions, accountOf, configOver, secretsOf } from './accounts.ts'

export interface World {
  readonly from: Account
  readonly to: Account
  readonly env: Record<string, string>
  readonly secrets: readonly string[]
  /** Works one run to its end, whatever that is, as the command of that name does. */
  run(kind: RunRequest['kind'], more?: Partial<RunRequest>): Promise<Ran>
  /** Nobody listens at that side any more, until `reconnect`. */
  disconnect(side: 'from' | 'to'): void
  reconnect(side: 'from' | 'to'): void
  /** Lets time pass, in milliseconds. */
  wait(ms: number): Promise<void>
  /** An app over the same state; the caller closes it. */
  open(options: { readonly mayWrite: boolean }): Promise<App>
  close(): void
}
export interface Ran {
  /** The exit code. */
  readonly code: number
  /** What the program says when it fails; null: it came to rest. */
  readonly failure: Failure | null
  readonly run: RunRecord | null
  readonly counts: ReturnType<typeof summed>
  readonly rejects: readonly Case[]
  readonly holds: readonly Case[]
  /** Requests that would change something at either side, by the simulators' own count. */
  readonly writes: number
}
export interface WorldOptions extends AccountsOptions {
  readonly faults?: Readonly<
    Partial<Record<'from' | 'to', Readonly<Partial<Record<FaultKind, number>>>>>
  >
}

/** Begins after everything that the invented people have done. */
const START = Date.parse('2026-11-01T09:00:00Z')
const ORIGINS = { from: 'http://127.0.0.1:7001', to: 'http://127.0.0.1:7002' }

export function world(options: WorldOptions = {}): World {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-bad-'))
  const clock = virtualClock(START)
  const { contacts = 40, faults = {} } = options
  const from = accountOf('infusionsoft', options.from ?? {}, { contacts, now: clock.now })
  const to = accountOf('adaptix', options.to ?? {}, { contacts: 0, now: clock.now })
  const { text, env } = configOver(options, {
    source: { account: from, url: `${ORIGINS.from}${from.simulator.basePath}` },
    target: { account: to, url: `${ORIGINS.to}${to.simulator.basePath}` },
  })
  const random = randomStream(1)
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {} }
  const plans = (['from', 'to'] as const).map(
    (side) => [ORIGINS[side], faultPlan({ seed: 1, rates: faults[side] ?? {} })] as const,
  )
  const open: World['open'] = ({ mayWrite }) =>
    openApp({
      config: readConfig(text, join(folder, 'ferry.yaml'), PLATFORMS),
      clock,
      log,
      random,
      progress: () => {},
      mayWrite,
      surroundings: { env, readFile: MACHINE.readFile },
      http: simulatedHttp({
        clock,
        random,
        log,
        hosts,
        faults: new Map(plans),
      }),
    })
  const hosts = new Map([
    [ORIGINS.from, from.gate],
    [ORIGINS.to, to.gate],
  ])
  const written = () => from.simulator.counts.write + to.simulator.counts.write
  return {
    from,
    to,
    env,
    secrets: secretsOf(env),
    open,
    disconnect: (side) => {
      hosts.delete(ORIGINS[side])
    },
    reconnect: (side) => {
      hosts.set(ORIGINS[side], side === 'from' ? from.gate : to.gate)
    },
    wait: (ms) => clock.advance(ms),
    async run(kind, more = {}) {
      const before = written()
      const app = await open({ mayWrite: kind !== 'plan' && kind !== 'verify' })
      try {
        const isFull = kind === 'migrate' || kind === 'verify'
        const request: RunRequest = { sync: 'move', kind, isFull, plan: null, ...more }
        const ended = await clock.drive(settled(app, request))
        const [rejects = [], holds = []] = await Promise.all(
          (['reject', 'hold'] as const).map((each) =>
            app.store.cases.list({ sync: null, kind: each, limit: 1_000 }),
          ),
        )
        return { ...ended, rejects, holds, writes: written() - before }
      } finally {
        await app.close()
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function settled(
  app: App,
  request: RunRequest,
): Promise<Pick<Ran, 'code' | 'failure' | 'run' | 'counts'>> {
  try {
    const runner = inlineRunner(app.env, { concurrency: 4 })
    const run = await work(app, request, runner, new AbortController().signal)
    const counts = summed((await reportOf(app, run)).facts.books ?? [])
    return { code: EXIT[await endOf(app, run)], failure: null, run, counts }
  } catch (error) {
    const failure = failureOf(error)
    return { code: failure.code, failure, run: null, counts: summed([]) }
  }
}
