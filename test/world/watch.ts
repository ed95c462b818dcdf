/** Safety, watched at every request and every commit: what may never happen, whatever else does. */
import type { SimulatedResponse } from '../../src/connector/simulator.ts'
import type { RunRecord } from '../../src/state/store.ts'
import type { Passing } from './fault.ts'
import type { Ferry } from './ferry.ts'
import { isPhase, type Side } from './phase.ts'
import { LATENCY_MS } from './surroundings.ts'
import type { World } from './world.ts'

export interface Violation {
  readonly invariant: string
  readonly text: string
}
export interface Watch {
  readonly violations: Violation[]
  readonly writes: { count: number }
  say(invariant: string, text: string): void
  sent(ferry: Ferry, passing: Passing): void
  answered(ferry: Ferry, side: Side, response: SimulatedResponse): void
  saw(ferry: Ferry, family: string, method: string, args: readonly unknown[]): void
  /** When each run began, world time, in order. */
  readonly began: number[]
  /** Another process has taken over what this one held. */
  overtaken(ferry: Ferry): void
}

export function watch(world: World): Watch {
  const violations: Violation[] = []
  const quiet = new Map<string, { readonly since: number; readonly until: number }>()
  const lost = new Set<Ferry>()
  const programs = new Map<string, readonly string[]>()
  const writes = { count: 0 }
  const began: number[] = []
  const say = (invariant: string, text: string) => {
    if (violations.length < VIOLATIONS_MAX) violations.push({ invariant, text })
  }
  return {
    violations,
    writes,
    began,
    say,
    overtaken: (ferry) => {
      lost.add(ferry)
    },
    sent(ferry, { side, request, isWrite, platform }) {
      const now = world.clock.now()
      const asked = quiet.get(`${ferry.name} ${side}`)
      // What left before the answer came back could not know.
      const until = asked !== undefined && now > asked.since + LATENCY_MS ? asked.until : 0
      if (now < until)
        say('I24', `${ferry.name} asked ${platform} ${until - now} ms before Retry-After was over`)
      if (!isWrite) return
      writes.count += 1
      const what = `${request.method} ${request.url} ${request.body.slice(0, 120)}`
      if (!ferry.mayWrite) say('I9', `a dry run sent ${what}`)
      if (side === 'from') say('I8', `the source was written: ${what}`)
      if (lost.has(ferry)) say('I16', `${ferry.name} was overtaken and still sent ${what}`)
    },
    answered(ferry, side, response) {
      const asked = response.headers['retry-after']
      if (asked === undefined) return
      const seconds = Number(asked)
      const until = Number.isNaN(seconds)
        ? Date.parse(asked) - world.skews[side]
        : world.clock.now() + seconds * 1000
      quiet.set(`${ferry.name} ${side}`, {
        since: world.clock.now(),
        until: until - ROUNDING_MS,
      })
    },
    saw(_ferry, family, method, args) {
      if (family !== 'runs') return
      if (method === 'create') {
        const run = args[0] as RunRecord
        programs.set(run.id, run.program)
        began.push(world.clock.now())
        world.phase = phaseOf(run.program, run.stage)
      }
      if (method !== 'update') return
      const [id, patch] = args as [string, Partial<RunRecord>]
      const program = programs.get(id)
      if (program !== undefined && patch.stage !== undefined)
        world.phase = phaseOf(program, patch.stage)
    },
  }
}

const VIOLATIONS_MAX = 20
const ROUNDING_MS = 1_000

export function phaseOf(program: readonly string[], stage: number): World['phase'] {
  const name = program[stage]
  if (name === 'compare') return 'verify'
  return isPhase(name) ? name : 'rest'
}
