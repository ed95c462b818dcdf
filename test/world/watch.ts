/** Safety, watched at every request and every commit: what may never happen, whatever else does. */
import type { SimulatedResponse } from '../../src/connector/simulator.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import type { Passing } from './fault.ts'
import type { Ferry } from './ferry.ts'
import { lookout, mentions } from './lookout.ts'
import { bare } from './oracle.ts'
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
  /** Whoever sent it cannot know whether it took effect. */
  doubted(passing: Passing): void
  answered(ferry: Ferry, side: Side, response: SimulatedResponse): void
  saw(ferry: Ferry, family: string, method: string, args: readonly unknown[]): void
  /** When each run began, world time, in order. */
  readonly began: number[]
  /** Linked contacts that a reading of the source did not show, and the runs that noted it. */
  readonly missed: ReadonlyMap<string, ReadonlySet<string>>
  /** Of these, whom somebody asked the source for by id afterwards. */
  readonly askedFor: ReadonlySet<string>
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
  const missed = new Map<string, Set<string>>()
  const askedFor = new Set<string>()
  const looks = lookout()
  const say = (invariant: string, text: string) => {
    if (violations.length < VIOLATIONS_MAX) violations.push({ invariant, text })
  }
  return {
    violations,
    writes,
    began,
    missed,
    askedFor,
    say,
    overtaken: (ferry) => {
      lost.add(ferry)
    },
    sent(ferry, passing) {
      const { side, request, isWrite, platform } = passing
      const now = world.clock.now()
      for (const id of side === 'from' ? missed.keys() : [])
        if (mentions(request, id)) askedFor.add(id)
      const blind = looks.passes(passing)
      if (blind !== null) say('I25', `${ferry.name} wrote ${blind} again without a look`)
      const asked = quiet.get(`${ferry.name} ${side}`)
      // What left before the answer came back could not know.
      const until = asked !== undefined && now > asked.since + LATENCY_MS ? asked.until : 0
      if (now < until)
        say('I24', `${ferry.name} asked ${platform} ${until - now} ms before Retry-After was over`)
      if (!isWrite) return
      writes.count += 1
      const what = `${request.method} ${request.url} ${request.body.slice(0, 120)}`
      if (!ferry.mayWrite) say('I9', `a dry run sent ${what}`)
      if (side === 'from' && !world.deal.isTwoWay) say('I8', `the source was written: ${what}`)
      if (lost.has(ferry)) say('I16', `${ferry.name} was overtaken and still sent ${what}`)
    },
    doubted: (passing) => looks.doubts(passing),
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
      if (family === 'absences' && method === 'note') {
        const [, side, ids, { run }] = args as [string, Side, readonly string[], { run: string }]
        for (const id of side === 'from' ? ids.map(bare) : [])
          missed.set(id, (missed.get(id) ?? new Set()).add(run))
      }
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
