/** The way between a process and the two accounts: where faults strike requests, and where the oracles watch what is sent. */
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
} from '../../src/connector/simulator.ts'
import type { Http } from '../../src/connector/kit.ts'
import type { FaultPlan } from '../../src/simulation/faults.ts'
import { simulatedHttp } from '../../src/simulation/network.ts'
import type { Fate, Passing } from './fault.ts'
import type { Ferry } from './ferry.ts'
import type { Side } from './phase.ts'
import { isListing } from './rows.ts'
import { draws } from './streams.ts'
import { LATENCY_MS, ORIGINS, SILENT } from './surroundings.ts'
import type { World } from './world.ts'

export function wireOf(world: World, ferry: Ferry): Http {
  const sides = (['from', 'to'] as const).map((side) => ({ side, ...tap(world, ferry, side) }))
  return simulatedHttp({
    clock: ferry.clock,
    random: world.random,
    log: SILENT,
    hosts: new Map(sides.map(({ side, host }) => [ORIGINS[side], host])),
    faults: new Map(sides.map(({ side, plan }) => [ORIGINS[side], plan])),
    latencyMs: LATENCY_MS,
  })
}

function tap(
  world: World,
  ferry: Ferry,
  side: Side,
): { readonly host: Simulator; readonly plan: FaultPlan } {
  const { simulator } = world.sides[side]
  let fate: Fate | null = null
  const counts = {} as FaultPlan['counts']
  const plan: FaultPlan = {
    counts,
    requests: 0,
    next(request) {
      fate = null
      if (ferry.isDead()) return { kind: 'resetBefore' }
      const passing = passingOf(world, side, request)
      world.watch.sent(ferry, passing)
      fate = world.faults.strikeRequest(ferry, passing)
      if (fate !== null && isDoubtful(fate)) world.watch.doubted(passing)
      if (fate?.arrivesAfterMs !== undefined) {
        world.later(fate.arrivesAfterMs, () => {
          simulator.handle(request)
        })
        return { kind: 'hang', tookEffect: false }
      }
      return fate?.network ?? null
    },
  }
  const handle = (request: SimulatedRequest): SimulatedResponse => {
    const struck = fate
    if (struck?.refusal !== undefined) {
      world.watch.answered(ferry, side, struck.refusal)
      return struck.refusal
    }
    const arrived = struck?.request?.(request) ?? request
    const response = simulator.handle(arrived)
    world.sides[side].writeTimes.set(simulator.counts.write, world.clock.now())
    const answer = struck?.answer?.(response, request) ?? response
    if (struck === null && isListing(simulator.platform, request))
      world.sides[side].lastList = { request, answer }
    world.watch.answered(ferry, side, answer)
    return answer
  }
  return { host: { ...simulator, handle }, plan }
}

/** Whether the sender cannot tell from what comes back, if anything does, that it had an effect or none. */
function isDoubtful({ network, refusal, answer, arrivesAfterMs }: Fate): boolean {
  if (arrivesAfterMs !== undefined || answer !== undefined) return true
  if (refusal !== undefined) return refusal.status >= 500 && refusal.status !== 503
  return network !== undefined && DOUBTFUL.has(network.kind)
}
const DOUBTFUL: ReadonlySet<string> = new Set([
  'lostAnswer',
  'resetBefore',
  'serverError',
  'truncated',
  'html',
  'hang',
])

function passingOf(world: World, side: Side, request: SimulatedRequest): Passing {
  const { simulator } = world.sides[side]
  world.requests += 1
  return {
    world,
    side,
    platform: simulator.platform,
    phase: world.phase,
    request,
    isWrite: simulator.isMutation(request),
    isList: isListing(simulator.platform, request),
    draw: draws(world.seed, 'network', world.requests),
  }
}
