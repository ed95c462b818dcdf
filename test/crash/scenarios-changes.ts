/** Incremental runs: people, tags and opt-outs that change after both sides agreed, on one side or the other. */
import { add, adaptix, edit, idOf, keap, optOut, remove, tagOff, tagOn } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'
import { ADA, ADAPTIX, ALAN, GRACE, KEAP, later, migrated, people, tagged } from './worlds.ts'

const base = { from: KEAP, to: ADAPTIX, command: { kind: 'sync' } } as const

/** What happens between the migration and the sync, and hours before the sync. */
function then(change: (world: World) => void, first: (world: World) => Promise<void> = everybody) {
  return async (world: World) => {
    await first(world)
    change(world)
    later(world)
  }
}
const everybody = (world: World) => migrated(world, tagged(ADA, 'VIP'), GRACE, ALAN)
const here = (world: World, given: string) => idOf(world.from, given)
const there = (world: World, given: string) => idOf(world.to, given)

export const CHANGES: readonly Scenario[] = [
  { ...base, name: 'nothing changed', before: everybody },
  {
    ...base,
    name: 'one field changed at the source',
    before: then((world) => edit(world.from, here(world, 'Ada'), { City: 'Ockham' })),
    isWhole: true,
    isDouble: true,
  },
  {
    ...base,
    name: 'a field was emptied at the source',
    before: then((world) => edit(world.from, here(world, 'Ada'), { City: '' })),
  },
  {
    ...base,
    name: 'two changed at the source, and one is new',
    before: then((world) => {
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      edit(world.from, here(world, 'Grace'), { City: 'Arlington' })
      add(world.from, { given: 'Barbara', email: 'barbara@example.com' })
    }),
  },
  {
    ...base,
    name: 'a tag was put on',
    before: then((world) => tagOn(world.from, here(world, 'Grace'), 'VIP')),
    isDouble: true,
  },
  {
    ...base,
    name: 'a new tag was put on two of them',
    before: then((world) => {
      tagOn(world.from, here(world, 'Grace'), 'Speaker')
      tagOn(world.from, here(world, 'Alan'), 'Speaker')
    }),
  },
  {
    ...base,
    name: 'a tag was taken off, read whole',
    before: then((world) => tagOff(world.from, here(world, 'Ada'), 'VIP')),
    command: { kind: 'sync', isFull: true },
  },
  {
    ...base,
    name: 'somebody opted out later',
    before: then((world) => optOut(world.from, 'ada@example.com')),
    isDouble: true,
  },
  {
    ...base,
    name: 'somebody opted out later at the target',
    before: then((world) => {
      adaptix(world.to, 'POST', `/contacts/${there(world, 'Ada')}/dnc/email/add`, { reason: 1 })
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
    }),
  },
  {
    ...base,
    name: 'an opt-out, a tag and a field of one person at once',
    before: then((world) => {
      optOut(world.from, 'grace@example.com')
      tagOn(world.from, here(world, 'Grace'), 'Speaker')
      edit(world.from, here(world, 'Grace'), { City: 'Arlington' })
    }),
    isDouble: true,
  },
  {
    ...base,
    name: 'the e-mail changed at the source',
    before: then((world) =>
      edit(world.from, here(world, 'Ada'), { Email: 'countess@example.com' }),
    ),
  },
  {
    ...base,
    name: 'a counterpart was edited in another field',
    before: then((world) => {
      edit(world.to, there(world, 'Ada'), { position: 'Countess' })
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
    }),
  },
  {
    ...base,
    name: 'both sides changed one field',
    before: then((world) => {
      edit(world.to, there(world, 'Ada'), { city: 'Paris' })
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
    }),
  },
  {
    ...base,
    name: 'both sides changed one field, and a person is asked',
    sync: '    conflicts: hold\n',
    before: then((world) => {
      edit(world.to, there(world, 'Ada'), { city: 'Paris' })
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      edit(world.from, here(world, 'Grace'), { City: 'Arlington' })
    }),
  },
  {
    ...base,
    name: 'a counterpart was merged into another at the target',
    before: then((world) => {
      add(world.to, { given: 'Countess', email: 'countess@example.com' })
      world.to.merge(there(world, 'Ada'), there(world, 'Countess'))
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
    }),
  },
  {
    ...base,
    name: 'a counterpart was deleted at the target',
    before: then((world) => {
      remove(world.to, there(world, 'Ada'))
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      edit(world.from, here(world, 'Grace'), { City: 'Arlington' })
    }),
  },
  {
    ...base,
    name: 'somebody was deleted at the source',
    before: then((world) => remove(world.from, here(world, 'Grace'))),
    command: { kind: 'sync', isFull: true },
  },
  {
    ...base,
    name: 'a twin of a linked person appeared at the source',
    before: then((world) => add(world.from, { given: 'Adah', email: 'ADA@EXAMPLE.COM' })),
  },
  {
    ...base,
    name: 'between plan and apply one record moved at the target',
    before: async (world) => {
      await everybody(world)
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      edit(world.from, here(world, 'Grace'), { City: 'Arlington' })
      later(world)
      await world.run({ kind: 'plan' })
      edit(world.to, there(world, 'Ada'), { city: 'Paris' })
    },
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    ...base,
    name: 'between plan and apply somebody created the same person at the target',
    before: async (world) => {
      people(world, ADA, GRACE)
      later(world)
      await world.run({ kind: 'plan' })
      add(world.to, { given: 'Ada', family: 'Byron', email: 'ada@example.com' })
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'between plan and apply a record was deleted at the target',
    before: async (world) => {
      await everybody(world)
      edit(world.from, here(world, 'Ada'), { City: 'Ockham' })
      later(world)
      await world.run({ kind: 'plan' })
      remove(world.to, there(world, 'Ada'))
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'read whole after a change',
    before: then((world) => {
      edit(world.from, here(world, 'Alan'), { City: 'London' })
      keap(world.from, 'ContactService.add', { FirstName: 'Barbara' })
    }),
    command: { kind: 'sync', isFull: true },
  },
  {
    ...base,
    name: 'migrate a second time after a change',
    before: then((world) => edit(world.from, here(world, 'Alan'), { City: 'London' })),
    command: { kind: 'migrate' },
  },
]
