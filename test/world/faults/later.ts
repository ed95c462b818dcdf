/** Kinds that came after the first seeds had failed: those are still played without them. */
import type { FaultKind } from '../fault.ts'
import { someone, wordOf } from '../people.ts'
import type { Side } from '../phase.ts'
import type { Draw } from '../streams.ts'
import type { World } from '../world.ts'

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
  renaming('an option is renamed at the source', 'from'),
  renaming('an option is renamed at the target', 'to'),
]

function renaming(name: string, side: Side): FaultKind {
  return {
    name,
    family: 'data',
    phases: ['rest', 'pull', 'apply'],
    elsewhere: 'plan and verify work on what the pull and the apply have shown them',
    strike: { kind: 'deed', does: (world, draw) => rename(world, side, draw) },
  }
}

/** Contacts that hold the option keep what they hold; at the source somebody chooses the new name at once, and somebody one of the others. */
function rename(world: World, side: Side, draw: Draw): boolean {
  const { hands } = world.sides[side]
  const list = draw.pick(hands.lists())
  const option = draw.pick(list?.options ?? [])
  if (list === undefined || option === undefined) return false
  const renamed = `${option} ${wordOf(draw)}`
  if (!hands.renameOption(list, option, renamed)) return false
  if (side === 'to') return true
  for (const chosen of [renamed, draw.pick(list.options.filter((one) => one !== option))]) {
    const contact = someone(world, 'from', draw)
    if (contact !== undefined && chosen !== undefined) hands.choose(contact.id, list, chosen)
  }
  return true
}
