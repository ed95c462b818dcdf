/** What people and platforms do that changes who is who, or what a record means: 15 kinds. */
import type { FaultKind } from '../fault.ts'
import { newPerson, someone, wordOf } from '../people.ts'
import type { Draw } from '../streams.ts'
import type { World } from '../world.ts'

const PHASES = ['rest', 'pull', 'plan', 'apply', 'verify'] as const

export const MEANING: readonly FaultKind[] = [
  // Removals and merges leave no trace at any platform: only a whole reading knows.
  deed('two people are merged at the source', (world, draw) => mergeTwo(world, 'from', draw), true),
  deed('two people are merged at the target', (world, draw) => mergeTwo(world, 'to', draw), true),
  deed(
    'somebody is removed at the source',
    (world, draw) => {
      const contact = someone(world, 'from', draw)
      return (
        contact !== undefined && world.history.remove('from', world.sides.from.hands, contact.id)
      )
    },
    true,
  ),
  deed(
    'somebody is removed at the target',
    (world, draw) => {
      const contact = someone(world, 'to', draw)
      return contact !== undefined && world.history.remove('to', world.sides.to.hands, contact.id)
    },
    true,
  ),
  deed(
    'removed at the source and made again',
    (world, draw) => {
      const contact = someone(world, 'from', draw)
      const email = contact?.emails[0]
      const { hands } = world.sides.from
      if (contact === undefined || email === undefined) return false
      if (!world.history.remove('from', hands, contact.id)) return false
      return (
        world.history.create('from', hands, {
          given: wordOf(draw),
          family: wordOf(draw),
          email,
        }) !== null
      )
    },
    true,
  ),
  deed(
    'removed at the target and made again',
    (world, draw) => {
      const contact = someone(world, 'to', draw)
      const email = contact?.emails[0]
      const { hands } = world.sides.to
      if (contact === undefined || email === undefined) return false
      if (!world.history.remove('to', hands, contact.id)) return false
      return (
        world.history.create('to', hands, { given: wordOf(draw), family: wordOf(draw), email }) !==
        null
      )
    },
    true,
  ),
  deed('two people swap addresses', (world, draw) => {
    const { hands } = world.sides.from
    const [a, b] = [someone(world, 'from', draw), someone(world, 'from', draw)]
    const [one, other] = [a?.emails[0], b?.emails[0]]
    if (a === undefined || b === undefined || a.id === b.id) return false
    if (one === undefined || other === undefined) return false
    const between = newPerson(world, draw, draw).email
    world.history.edit('from', hands, a.id, { email: between })
    world.history.edit('from', hands, b.id, { email: one })
    return world.history.edit('from', hands, a.id, { email: other })
  }),
  deed('an automation rewrites values at the target', (world, draw) => {
    const contact = someone(world, 'to', draw)
    const { hands } = world.sides.to
    if (contact === undefined) return false
    const city = (contact.fields[hands.words.city] ?? '').toUpperCase()
    return city !== '' && world.history.edit('to', hands, contact.id, { city })
  }),
  deed('a person edits what the engine has just written', (world, draw) => {
    const contact = world.sides.to.simulator.snapshot().at(-1)
    const { hands } = world.sides.to
    return (
      contact !== undefined && world.history.edit('to', hands, contact.id, { given: wordOf(draw) })
    )
  }),
  deed('a record is saved without a change', (world, draw) => {
    const contact = someone(world, 'from', draw)
    return contact !== undefined && world.sides.from.hands.touch(contact)
  }),
  deed('a tag changes and no stamp moves', (world, draw) => {
    const contact = someone(world, 'from', draw)
    return contact !== undefined && world.sides.from.hands.tag(contact.id, 'Quiet tag')
  }),
  deed('a tag is taken off', (world, draw) => {
    const contact = someone(world, 'from', draw)
    const tag = draw.pick(contact?.tags ?? [])
    return (
      contact !== undefined &&
      tag !== undefined &&
      world.history.untag('from', world.sides.from.hands, contact, tag)
    )
  }),
  deed('an opt-out at the source', (world, draw) => {
    const contact = someone(world, 'from', draw)
    return contact !== undefined && world.history.optOut(world.sides.from.hands, contact)
  }),
  deed('the same person is added on both sides', (world, draw) => {
    const person = newPerson(world, draw, draw)
    world.history.create('from', world.sides.from.hands, person)
    return world.history.create('to', world.sides.to.hands, person) !== null
  }),
  deed('the same edit on both sides', (world, draw) => {
    const contact = someone(world, 'from', draw)
    const twin = world.sides.to.simulator
      .snapshot()
      .find((other) => other.emails[0] === contact?.emails[0])
    if (contact === undefined || twin === undefined) return false
    const city = wordOf(draw)
    world.history.edit('to', world.sides.to.hands, twin.id, { city })
    return world.history.edit('from', world.sides.from.hands, contact.id, { city })
  }),
]

function deed(
  name: string,
  does: (world: World, draw: Draw) => boolean,
  isTraceless = false,
): FaultKind {
  return {
    name,
    family: 'meaning',
    phases: PHASES,
    elsewhere: '',
    ...(isTraceless ? { needsCensus: true as const } : {}),
    strike: { kind: 'deed', does },
  }
}

function mergeTwo(world: World, side: 'from' | 'to', draw: Draw): boolean {
  const { hands } = world.sides[side]
  const [a, b] = [someone(world, side, draw), someone(world, side, draw)]
  if (a === undefined || b === undefined || a.id === b.id) return false
  return world.history.merge(side, hands, a.id, b.id)
}
