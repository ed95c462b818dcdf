/** Two accounts that are both worked in: pairs of which both sides are written, and people who disappear on one of them. */
import assert from 'node:assert/strict'
import { add, edit, idOf, optOut, remove, tagOff, tagOn } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  GRACE,
  KEAP,
  later,
  migrated,
  ROPE,
  settled,
  tagged,
} from './worlds.ts'

const GUARDS =
  '    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxDeletes: 9, maxDeletePercent: 100, maxIrreversibleConsents: 99 }\n'
const SYNC = `    direction: two-way\n${GUARDS}`
const base = {
  from: KEAP,
  to: ADAPTIX,
  sync: SYNC,
  command: { kind: 'sync' },
  isRestless: true,
} as const

/** Both sides agree, then people edit either. */
function then(change: (world: World) => void) {
  return async (world: World) => {
    await migrated(world, tagged(ADA, 'VIP'), GRACE, ALAN)
    await settled(world, 'sync')
    change(world)
    later(world)
  }
}
const here = (world: World, given: string) => idOf(world.from, given)
const there = (world: World, given: string) => idOf(world.to, given)
const seen = ({ from, to }: World, side: 'from' | 'to', given: string) =>
  (side === 'from' ? from : to).simulator
    .snapshot()
    .find(({ id }) => id === idOf(side === 'from' ? from : to, given))

export const BOTH: readonly Scenario[] = [
  {
    ...base,
    name: 'both ways: a field here and another there, of one person',
    before: then((world) => {
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      edit(world.to, there(world, 'Ada'), { position: 'Countess' })
    }),
    isDouble: true,
    expect: (world) => {
      assert.equal(seen(world, 'to', 'Ada')?.fields['city'], 'Ockham')
      assert.equal(seen(world, 'from', 'Ada')?.fields['JobTitle'], 'Countess')
    },
  },
  {
    ...base,
    name: 'both ways: a field here and a tag there, of one person',
    before: then((world) => {
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      tagOn(world.to, there(world, 'Ada'), 'Speaker')
      tagOff(world.to, there(world, 'Ada'), 'VIP')
    }),
    isDouble: true,
  },
  {
    ...base,
    name: 'both ways: a field here and an opt-out there, of one person',
    before: then((world) => {
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      optOut(world.to, 'ada@example.com')
    }),
    isDouble: true,
  },
  {
    ...base,
    name: 'both ways: one field edited on both sides, and others besides',
    before: then((world) => {
      edit(world.from, here(world, 'Ada'), { City: 'Ockham', JobTitle: 'Countess' })
      edit(world.to, there(world, 'Ada'), { city: 'Paris', mobile: '+442071234567' })
    }),
    isDouble: true,
  },
  {
    ...base,
    name: 'both ways: three pairs of which both sides are written',
    before: then((world) => {
      for (const given of ['Ada', 'Grace', 'Alan']) {
        edit(world.from, here(world, given), { City: `${given} here` })
        edit(world.to, there(world, given), { position: `${given} there` })
      }
    }),
  },
  {
    ...base,
    from: ADAPTIX,
    to: ROPE,
    name: 'both ways, REST and the XML API: a field here and another there',
    before: then((world) => {
      edit(world.from, here(world, 'Ada'), { city: 'Ockham' })
      edit(world.to, there(world, 'Ada'), { Title: 'Countess' })
    }),
  },
  {
    ...base,
    name: 'both ways: newcomers on both sides, and one who is on both',
    before: then((world) => {
      add(world.from, { given: 'Hera', email: 'hera@example.com' })
      add(world.to, { given: 'Theo', email: 'theo@example.com' })
      for (const side of [world.from, world.to])
        add(side, { given: 'Bothe', email: 'bothe@example.com' })
    }),
  },
  ...(['delete', 'tag', 'unsubscribe'] as const).flatMap((policy) =>
    (['from', 'to'] as const).map(
      (side): Scenario => ({
        ...base,
        sync: `${SYNC}    deletes: ${policy}\n`,
        name: `both ways: somebody was deleted at the ${side} side, ${policy}`,
        before: async (world) => {
          await migrated(world, ADA, GRACE)
          await settled(world, 'sync')
          remove(world[side], idOf(world[side], 'Ada'))
          later(world)
          await world.run({ kind: 'sync', isFull: true })
          later(world)
        },
        command: { kind: 'sync', isFull: true },
        isDouble: policy === 'delete',
        expect: (world) => {
          const left = world[side === 'from' ? 'to' : 'from'].simulator.snapshot().length
          assert.equal(left, policy === 'delete' ? 1 : 2)
        },
      }),
    ),
  ),
  {
    ...base,
    from: ADAPTIX,
    to: KEAP,
    name: 'both ways: two were merged at the source, and the counterpart was edited',
    before: then((world) => {
      const survivor = add(world.from, { given: 'Countess' })
      edit(world.to, there(world, 'Ada'), { JobTitle: 'Analyst' })
      world.from.merge(here(world, 'Ada'), survivor)
    }),
    command: { kind: 'sync', isFull: true },
    isDouble: true,
  },
]
