/** Values that are hard to carry and definitions that change: 14 kinds. */
import type { FaultKind } from '../fault.ts'
import type { Field } from '../hands.ts'
import { newPerson, someone, wordOf } from '../people.ts'
import type { Draw } from '../streams.ts'
import type { World } from '../world.ts'

const PHASES = ['rest', 'pull', 'apply'] as const
const ELSEWHERE = 'plan and verify work on what the pull and the apply have shown them'

export const DATA: readonly FaultKind[] = [
  data('two people whose addresses differ by case', (world, draw) =>
    twins(world, draw, (email) => email.toUpperCase()),
  ),
  data('two people with one address', (world, draw) => twins(world, draw, (email) => email)),
  data('two addresses, composed and decomposed', (world, draw) => {
    const { hands } = world.sides.from
    const person = newPerson(world, draw, draw)
    const email = `é${person.email}`
    const first = { ...person, email: email.normalize('NFC') }
    if (world.history.create('from', hands, first) === null) return false
    // A platform may refuse the second; it is not tried again with every request.
    world.history.create('from', hands, {
      ...person,
      given: wordOf(draw),
      email: email.normalize('NFD'),
    })
    return true
  }),
  value('a decomposed name', 'family', (word) => `Zoe\u0308 ${word}`),
  value('an emoji', 'jobTitle', (word) => `🚀 ${word}`),
  value('a family of emoji', 'given', (word) => `👩‍👩‍👧 ${word}`),
  value('a value longer than its column', 'jobTitle', (word) => `${word} ${'x'.repeat(400)}`),
  value('right-to-left marks', 'city', (word) => `\u200fירושלים ${word}\u200e`),
  value('a zero-width space', 'city', (word) => `a\u200bb ${word}`),
  value('markup and entities', 'family', (word) => `<b>&amp;lt; ${word}</b>`),
  value('a number with leading zeros', 'postalCode', () => '00123'),
  value('text that reads as a date or formula', 'city', (word) => `=1+1 ${word}`),
  value('blanks around', 'city', (word) => `  ${word}  `),
  value('emptied by hand', 'city', () => ''),
  data('a field is removed and made again under its name', (world) => {
    const { hands } = world.sides.from
    if (world.extraField !== null && !hands.removeField(world.extraField)) return false
    world.extraField = hands.addField('Shoe size')
    return world.extraField !== null
  }),
]

function data(name: string, does: (world: World, draw: Draw) => boolean): FaultKind {
  return {
    name,
    family: 'data',
    phases: PHASES,
    elsewhere: ELSEWHERE,
    strike: { kind: 'deed', does },
  }
}

function value(name: string, field: Field, make: (word: string) => string): FaultKind {
  return data(name, (world, draw) => {
    const contact = someone(world, 'from', draw)
    const { hands } = world.sides.from
    return (
      contact !== undefined &&
      world.history.edit('from', hands, contact.id, { [field]: make(wordOf(draw)) })
    )
  })
}

function twins(world: World, draw: Draw, again: (email: string) => string): boolean {
  const { hands } = world.sides.from
  const person = newPerson(world, draw, draw)
  if (world.history.create('from', hands, person) === null) return false
  const twin = { ...person, given: wordOf(draw), family: wordOf(draw), email: again(person.email) }
  world.history.create('from', hands, twin)
  return true
}
