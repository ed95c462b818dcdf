/** Requests that write many at once: the platform dies in the midst of one, with some of its items done. */
import { add, edit, idOf, optOut, remove, tagOn } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  EDSGER,
  FAULTS,
  GRACE,
  KEAP,
  later,
  migrated,
  people,
  planned,
  ROPE,
  settled,
  tagged,
} from './worlds.ts'

const GUARDS =
  '    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxDeletes: 9, maxDeletePercent: 100, maxIrreversibleConsents: 99 }\n'
const FOUR = [ADA, GRACE, ALAN, EDSGER] as const
const GIVEN = FOUR.map(({ given }) => given)

/** What lets the first slices of a plan be more than one record: an earlier run that went well. */
async function tried(world: World): Promise<void> {
  people(world, { given: 'First', email: 'first@example.com' })
  await settled(world, 'migrate')
}

function optOutAll(world: World): void {
  for (const { email } of FOUR) optOut(world.from, email ?? '')
}

/** Everybody is tagged and moves house. */
function changeAll(world: World): void {
  for (const given of GIVEN) {
    tagOn(world.from, idOf(world.from, given), 'Speaker')
    edit(world.from, idOf(world.from, given), { City: `${given}ville` })
  }
}

/** All but one are deleted at the source, and were missed once. */
async function missedOnce(world: World): Promise<void> {
  await migrated(world, ...FOUR)
  for (const given of GIVEN.slice(1)) remove(world.from, idOf(world.from, given))
  later(world)
  await world.run({ kind: 'sync', isFull: true })
  later(world)
}

async function plannedTagged(world: World): Promise<void> {
  await tried(world)
  await planned(world, ...FOUR.map((one) => tagged(one, 'VIP')))
}

const toXml = { from: KEAP, to: ROPE, sync: GUARDS, command: { kind: 'apply' } } as const
const xml: readonly Scenario[] = [
  {
    ...toXml,
    name: 'a batch of creates to the XML API',
    before: async (world) => {
      await tried(world)
      await planned(world, ...FOUR)
    },
    isDouble: true,
  },
  {
    ...toXml,
    name: 'a batch of creates to the XML API, with tags that are new there',
    before: async (world) => {
      await tried(world)
      await planned(world, ...FOUR.map((one) => tagged(one, 'VIP', `of ${one.given}`)))
    },
  },
  {
    ...toXml,
    name: 'a batch of creates to the XML API, of which one is there already',
    before: async (world) => {
      await tried(world)
      await planned(world, ...FOUR)
      add(world.to, GRACE)
    },
  },
  {
    ...toXml,
    name: 'a batch of creates to the XML API, whose answer is lost',
    before: async (world) => {
      await tried(world)
      await planned(world, ...FOUR)
    },
    faults: [FAULTS.lost, FAULTS.lost],
  },
  {
    ...toXml,
    name: 'a batch of creates to the XML API, all opted out and tagged',
    before: async (world) => {
      await tried(world)
      people(world, ...FOUR.map((one) => tagged(one, 'VIP')))
      optOutAll(world)
      await planned(world)
    },
    isDouble: true,
  },
  {
    ...toXml,
    name: 'a batch of updates to the XML API',
    before: async (world) => {
      await migrated(world, ...FOUR)
      for (const given of GIVEN)
        edit(world.from, idOf(world.from, given), { City: `${given}ville` })
      await planned(world)
    },
  },
  {
    ...toXml,
    name: 'a batch of opt-outs, tags and values to the XML API',
    before: async (world) => {
      await migrated(world, ...FOUR)
      optOutAll(world)
      changeAll(world)
      await planned(world)
    },
    isDouble: true,
  },
  {
    ...toXml,
    sync: `${GUARDS}    mapping: { tags: { as: groups } }\n`,
    name: 'a batch of members of a group of the XML API',
    before: plannedTagged,
    isDouble: true,
  },
  {
    ...toXml,
    sync: `${GUARDS}    deletes: delete\n`,
    name: 'a batch of deletes at the XML API',
    before: missedOnce,
    command: { kind: 'sync', isFull: true },
  },
  {
    ...toXml,
    sync: `${GUARDS}    deletes: unsubscribe\n`,
    name: 'people deleted at the source are unsubscribed at the XML API',
    before: missedOnce,
    command: { kind: 'sync', isFull: true },
  },
]

const toRest = { from: KEAP, to: ADAPTIX, sync: GUARDS, command: { kind: 'apply' } } as const
const rest: readonly Scenario[] = [
  {
    ...toRest,
    name: 'a batch of creates to REST',
    before: plannedTagged,
    isDouble: true,
  },
  {
    ...toRest,
    name: 'a batch of updates, tags and opt-outs to REST',
    before: async (world) => {
      await migrated(world, ...FOUR)
      optOut(world.from, 'grace@example.com')
      changeAll(world)
      await planned(world)
    },
    isDouble: true,
  },
  {
    ...toRest,
    sync: `${GUARDS}    mapping: { tags: { as: groups } }\n`,
    name: 'a batch of members of a segment of REST',
    before: plannedTagged,
    isDouble: true,
  },
]

export const BATCHES: readonly Scenario[] = [...xml, ...rest]
