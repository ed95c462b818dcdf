/** What goes wrong in our own processes: 15 kinds. */
import type { FaultKind, RunOddity } from '../fault.ts'
import type { Phase } from '../phase.ts'

const WORKING = ['pull', 'plan', 'apply', 'verify'] as const satisfies readonly Phase[]
const NOBODY = 'no process runs at rest'

export const ENGINE: readonly FaultKind[] = [
  crash('killed before a commit', 'before commit'),
  crash('killed in a commit', 'in commit'),
  crash('killed after a commit', 'after commit'),
  {
    name: 'killed before sending',
    family: 'engine',
    phases: WORKING,
    elsewhere: NOBODY,
    strike: {
      kind: 'send',
      does(_world, ferry) {
        ferry.kill()
        return { network: { kind: 'resetBefore' } }
      },
    },
  },
  {
    name: 'killed after sending',
    family: 'engine',
    phases: WORKING,
    elsewhere: NOBODY,
    strike: {
      kind: 'send',
      does(_world, ferry) {
        ferry.kill()
        return { network: { kind: 'lostAnswer' } }
      },
    },
  },
  {
    name: 'killed, and killed again while recovering',
    family: 'engine',
    phases: WORKING,
    elsewhere: NOBODY,
    strike: {
      kind: 'commit',
      does(world, ferry, at) {
        if (at !== 'after commit') return false
        ferry.kill()
        world.faults.armAgain('killed after a commit')
        return true
      },
    },
  },
  {
    name: 'stands still for ten minutes',
    family: 'engine',
    phases: WORKING,
    elsewhere: NOBODY,
    strike: {
      kind: 'commit',
      does(_world, ferry, at) {
        if (at === 'in commit') return false
        ferry.freeze()
        return true
      },
    },
  },
  odd('two workers on one run', 'two workers'),
  odd('tickets are delivered twice', 'tickets twice'),
  odd('tickets are lost', 'tickets lost'),
  odd('tickets come after the run', 'tickets late'),
  odd('tickets come in any order', 'tickets in any order'),
  odd('the command is given twice at once', 'command given twice'),
]

function crash(name: string, moment: string): FaultKind {
  return {
    name,
    family: 'engine',
    phases: WORKING,
    elsewhere: NOBODY,
    strike: {
      kind: 'commit',
      does(_world, ferry, at) {
        if (at !== moment) return false
        ferry.kill()
        return true
      },
    },
  }
}

function odd(name: string, how: RunOddity): FaultKind {
  return {
    name,
    family: 'engine',
    phases: ['rest'],
    elsewhere: 'it holds for a whole run, all phases of it, and is counted where the run begins',
    strike: { kind: 'run', how },
  }
}
