/** Clocks that disagree: 10 kinds. */
import type { FaultKind } from '../fault.ts'
import { PHASES, type Side } from '../phase.ts'
import { someone, wordOf } from '../people.ts'
import type { World } from '../world.ts'

const MINUTES = 60_000

export const TIME: readonly FaultKind[] = [
  skewed('our clock is five minutes ahead', (world) => {
    world.skews.worker = 5 * MINUTES
  }),
  skewed('our clock is five minutes behind', (world) => {
    world.skews.worker = -5 * MINUTES
  }),
  skewed('the source is five minutes ahead', (world) => {
    world.skews.from = 5 * MINUTES
  }),
  skewed('the source is five minutes behind', (world) => {
    world.skews.from = -5 * MINUTES
  }),
  skewed('the target is five minutes ahead', (world) => {
    world.skews.to = 5 * MINUTES
  }),
  skewed('the target is five minutes behind', (world) => {
    world.skews.to = -5 * MINUTES
  }),
  stepping('the clock of the source steps back', 'from'),
  stepping('the clock of the target steps back', 'to'),
  {
    name: 'a row carries a date of the day after tomorrow',
    family: 'time',
    phases: ['rest', 'pull', 'apply'],
    elsewhere: 'what a step that only decides or reads back sees of it is what the pull saw',
    needsCensus: true,
    strike: {
      kind: 'deed',
      does(world, draw) {
        const contact = someone(world, 'from', draw)
        if (contact === undefined) return false
        const was = world.skews.from
        world.skews.from = was + 2 * 24 * 60 * MINUTES
        world.history.edit('from', world.sides.from.hands, contact.id, { city: wordOf(draw) })
        world.skews.from = was
        return true
      },
    },
  },
  {
    name: 'the night in which clocks go back',
    family: 'time',
    phases: ['rest'],
    elsewhere: 'time moves on by months, which no run outlasts',
    needsCensus: true,
    strike: {
      kind: 'deed',
      does(world, draw) {
        const repeated = Date.parse(`${2027 + world.nights}-11-07T08:40:00Z`)
        world.nights += 1
        world.skews.from = 0
        world.jump(repeated - world.clock.now())
        const contact = someone(world, 'from', draw)
        if (contact !== undefined)
          world.history.edit('from', world.sides.from.hands, contact.id, { city: wordOf(draw) })
        return true
      },
    },
  },
]

function skewed(name: string, does: (world: World) => void): FaultKind {
  return {
    name,
    family: 'time',
    phases: [...PHASES],
    elsewhere: '',
    needsCensus: true,
    strike: {
      kind: 'deed',
      does(world) {
        does(world)
        return true
      },
    },
  }
}

function stepping(name: string, side: Side): FaultKind {
  return skewed(name, (world) => {
    world.skews[side] -= 3 * MINUTES
  })
}
