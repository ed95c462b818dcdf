/** Faults that wait for their moment, and the book of those that struck. */
import type { SimulatedResponse } from '../../src/connector/simulator.ts'
import type { CommitMoment } from './crash.ts'
import type { Fate, FaultKind, Passing, RunOddity } from './fault.ts'
import type { Ferry } from './ferry.ts'
import type { Phase, Side } from './phase.ts'
import { draws } from './streams.ts'
import type { World } from './world.ts'

export interface Armory {
  /** Strikes at the next fitting moment of that phase, after letting some pass; at once when nobody runs and it is a deed at rest. */
  arm(kind: FaultKind, phase: Phase, skip: number): void
  strikeRequest(ferry: Ferry, passing: Passing): Fate | null
  strikeCommit(ferry: Ferry, at: CommitMoment): void
  /** How the run that begins now is worked. */
  oddities(): readonly RunOddity[]
  /** Nothing strikes any more, and what lasts ends. */
  disarm(): void
  /** How often each struck, by `phase name`. */
  readonly struck: Map<string, number>
  /** Kinds that struck, in order; for messages and for what the oracles may expect. */
  readonly log: FaultKind[]
  /** The recovering process meets this kind too, in whatever phase it is. */
  armAgain(name: string): void
  /** Every write that carries this address fails from now on, until all faults end. */
  poison(address: string): void
  /** Counts a strike that shows only later. */
  note(kind: FaultKind, phase: Phase): void
}

interface Armed {
  readonly kind: FaultKind
  readonly phase: Phase
  readonly n: number
  skip: number
}

export function armory(world: World): Armory {
  const armed = new Set<Armed>()
  const lasting = new Map<Side, { fate: Fate; left: number }>()
  const struck = new Map<string, number>()
  const log: FaultKind[] = []
  const oddities: Armed[] = []
  const poisoned = new Set<string>()
  const again: FaultKind[] = []
  let count = 0
  let isOn = true

  const note = (kind: FaultKind, phase: Phase) => {
    const key = `${phase} ${kind.name}`
    struck.set(key, (struck.get(key) ?? 0) + 1)
    log.push(kind)
  }
  const noteNamed = (name: string, phase: Phase) => {
    const kind = world.kinds.find((one) => one.name === name && one.phases.includes(phase))
    if (kind !== undefined) note(kind, phase)
  }
  const hit = (one: Armed) => {
    armed.delete(one)
    note(one.kind, one.phase)
  }
  const waits = (one: Armed): boolean => {
    if (one.skip === 0) return false
    one.skip -= 1
    return true
  }
  const due = (phase: Phase) => [...armed].filter((one) => one.phase === phase)

  return {
    struck,
    log,
    note,
    armAgain(name) {
      const kind = world.kinds.find((one) => one.name === name)
      if (kind !== undefined) again.push(kind)
    },
    poison: (address) => {
      // Who has no address would stand in every request.
      if (address !== '') poisoned.add(address)
    },
    arm(kind, phase, skip) {
      const one = { kind, phase, n: count++, skip }
      if (kind.strike.kind === 'run') oddities.push(one)
      else if (kind.strike.kind === 'deed' && phase === 'rest') {
        if (kind.strike.does(world, draws(world.seed, 'payloads', -1 - one.n))) note(kind, phase)
      } else armed.add(one)
    },
    strikeRequest(ferry, passing) {
      if (passing.isWrite && passing.side === 'to')
        for (const address of poisoned)
          if (passing.request.body.includes(address)) return { refusal: BROKEN }
      const { deal } = world
      const isOurs = passing.isWrite && (passing.side === 'to' || deal.isTwoWay)
      if (isOn && isOurs && passing.draw.chance(deal.lossRate)) {
        noteNamed('reset after effect', passing.phase)
        return { network: { kind: 'lostAnswer' } }
      }
      const last = lasting.get(passing.side)
      if (last !== undefined) {
        last.left -= 1
        if (last.left <= 0) lasting.delete(passing.side)
        return last.fate
      }
      for (const one of due(passing.phase)) {
        const { strike } = one.kind
        if (strike.kind === 'deed') {
          if (waits(one)) continue
          if (strike.does(world, draws(world.seed, 'payloads', -1 - one.n))) hit(one)
        }
        if (strike.kind !== 'wire' && strike.kind !== 'send') continue
        const fate =
          strike.kind === 'wire' ? strike.does(passing) : strike.does(world, ferry, passing)
        if (fate === null || waits(one)) continue
        hit(one)
        if (fate.more !== undefined) lasting.set(passing.side, { fate, left: fate.more })
        return fate
      }
      return null
    },
    strikeCommit(ferry, at) {
      for (const kind of again) {
        const { strike } = kind
        if (strike.kind !== 'commit' || !strike.does(world, ferry, at)) continue
        again.splice(again.indexOf(kind), 1)
        return note(kind, world.phase)
      }
      for (const one of due(world.phase)) {
        const { strike } = one.kind
        if (strike.kind !== 'commit') continue
        if (waits(one)) continue
        if (strike.does(world, ferry, at)) {
          hit(one)
          return
        }
      }
    },
    oddities() {
      const now = oddities.splice(0)
      for (const one of now) note(one.kind, one.phase)
      return now.flatMap(({ kind }) => (kind.strike.kind === 'run' ? [kind.strike.how] : []))
    },
    disarm() {
      isOn = false
      armed.clear()
      lasting.clear()
      oddities.length = 0
      again.length = 0
      poisoned.clear()
    },
  }
}

const BROKEN: SimulatedResponse = {
  status: 500,
  headers: { 'content-type': 'text/plain' },
  body: 'Internal Server Error',
}
