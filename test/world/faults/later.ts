/** Kinds that came after the first seeds had failed: those are still played without them. */
import type { FaultKind } from '../fault.ts'
import { someone, wordOf } from '../people.ts'

const MINUTES = 60_000

export const LATER: readonly FaultKind[] = [
  {
    name: 'an edit shows some minutes after its stamp',
    family: 'time',
    phases: ['rest', 'pull', 'apply', 'verify'],
    elsewhere: 'a step that only decides asks for nothing that could show it',
    strike: {
      kind: 'deed',
      does(world, draw) {
        const contact = someone(world, 'from', draw)
        if (contact === undefined) return false
        const was = world.skews.from
        world.skews.from = was - 4 * MINUTES
        world.history.edit('from', world.sides.from.hands, contact.id, { city: wordOf(draw) })
        world.skews.from = was
        return true
      },
    },
  },
]
