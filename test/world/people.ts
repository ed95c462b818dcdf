/** What people do on an ordinary day, on either side. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { FIELDS } from './hands.ts'
import type { Side } from './phase.ts'
import { type Draw, weighted } from './streams.ts'
import type { World } from './world.ts'

const TAGS = ['Press', 'Summer fair', 'Newsletter readers', 'Board', 'Alumni 2019'] as const

type Deed = (world: World, side: Side, draw: Draw, words: Draw) => void

const DEEDS: readonly (readonly [Deed, number])[] = [
  [
    (world, side, draw, words) => {
      const contact = someone(world, side, draw)
      const field = draw.pick(FIELDS) ?? 'city'
      if (contact === undefined) return
      world.history.edit(side, world.sides[side].hands, contact.id, { [field]: wordOf(words) })
    },
    10,
  ],
  [
    (world, side, draw, words) => {
      const person = newPerson(world, draw, words)
      world.history.create(side, world.sides[side].hands, person)
    },
    2,
  ],
  [
    (world, side, draw) => {
      const contact = someone(world, side, draw)
      if (contact !== undefined) world.sides[side].hands.tag(contact.id, draw.pick(TAGS) ?? 'Press')
    },
    2,
  ],
  [
    (world, side, draw) => {
      const place = edited(world, side)
      const contact = someone(world, place, draw)
      const tag = draw.pick(contact?.tags ?? [])
      if (contact !== undefined && tag !== undefined)
        world.history.untag(place, world.sides[place].hands, contact, tag)
    },
    1,
  ],
  [
    (world, side, draw) => {
      const place = edited(world, side)
      const contact = someone(world, place, draw)
      if (contact !== undefined) world.history.optOut(world.sides[place].hands, contact)
    },
    1,
  ],
  [
    (world, side, draw) => {
      const contact = someone(world, side, draw)
      if (contact !== undefined) world.sides[side].hands.touch(contact)
    },
    1,
  ],
  [
    (world, side, draw, words) => {
      const place = edited(world, side)
      const contact = someone(world, place, draw)
      const { email } = newPerson(world, draw, words)
      if (contact !== undefined)
        world.history.edit(place, world.sides[place].hands, contact.id, { email })
    },
    1,
  ],
]

/** Where only the source is carried over, this is done there alone. */
function edited({ deal }: World, side: Side): Side {
  return deal.isTwoWay ? side : 'from'
}

/** Most of it happens at the source. */
export function someoneDoes(world: World, draw: Draw, words: Draw): void {
  const side = draw.chance(world.deal.isTwoWay ? 0.5 : 0.8) ? 'from' : 'to'
  weighted(draw, DEEDS)(world, side, draw, words)
}

export function someone(world: World, side: Side, draw: Draw): SimulatedContact | undefined {
  return draw.pick(world.sides[side].simulator.snapshot())
}

export function newPerson(world: World, draw: Draw, words: Draw) {
  const number = draw.whole(1_000_000)
  const own = `p${world.seed}.${number}@example.com`
  return { given: wordOf(words), family: wordOf(words), email: addressOf(world, number) ?? own }
}

/** In a crowded world some have no address, and some that of somebody else; null: their own. */
function addressOf({ deal, sides }: World, number: number): string | null {
  if (!deal.isCrowded) return null
  if (number % 5 === 0) return ''
  if (number % 5 > 1) return null
  const others = sides.from.simulator.snapshot().flatMap(({ emails }) => emails)
  return others[number % Math.max(1, others.length)] ?? null
}

/** Every value is another one, so that it can be told whose it is. */
export function wordOf(words: Draw): string {
  const [first, ...rest] = `${words.pick(SYLLABLES) ?? 'Bo'}${words.pick(SYLLABLES) ?? 'ra'}`
  return `${first?.toUpperCase() ?? ''}${rest.join('')} ${words.whole(100_000)}`
}

const SYLLABLES = ['ba', 'bel', 'dor', 'fen', 'gra', 'hul', 'jo', 'kim', 'lur', 'mos', 'né', 'öst']
