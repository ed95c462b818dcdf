/** First migrations and first syncs: into an empty target, into one that has people, with words to create, with people who are opted out. */
import { add, optOut } from './hands.ts'
import type { Scenario } from './scenario.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  EDSGER,
  GRACE,
  KEAP,
  migrated,
  NOBODY,
  people,
  planned,
  tagged,
} from './worlds.ts'

const base = { from: KEAP, to: ADAPTIX } as const

export const FIRST: readonly Scenario[] = [
  {
    ...base,
    name: 'migrate one person into an empty target',
    before: (world) => people(world, ADA),
    command: { kind: 'migrate' },
    isDouble: true,
  },
  {
    ...base,
    name: 'migrate three people, one of them without an e-mail',
    before: (world) => people(world, ADA, GRACE, NOBODY),
    command: { kind: 'migrate' },
  },
  {
    ...base,
    name: 'sync for the first time',
    before: (world) => people(world, ADA, GRACE),
    command: { kind: 'sync' },
  },
  {
    ...base,
    name: 'plan by itself',
    before: (world) => people(world, ADA, GRACE),
    command: { kind: 'plan' },
    isWhole: true,
  },
  {
    ...base,
    name: 'apply a plan of creates',
    before: (world) => planned(world, ADA, GRACE, ALAN),
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    ...base,
    name: 'apply creates that go in batches of four',
    before: (world) =>
      planned(
        world,
        ...Array.from({ length: 12 }, (_, n) => ({ given: `P${n}`, email: `p${n}@example.com` })),
      ),
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'apply a plan that has nothing to do',
    isQuiet: true,
    before: async (world) => {
      await migrated(world, ADA)
      await planned(world)
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'verify after a migration',
    isQuiet: true,
    before: (world) => migrated(world, ADA, GRACE),
    command: { kind: 'verify' },
  },
  {
    ...base,
    name: 'tags to create',
    before: (world) => planned(world, tagged(ADA, 'VIP', 'Press'), tagged(GRACE, 'VIP')),
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    ...base,
    name: 'tags become segments to create',
    sync: '    mapping: { tags: { as: groups } }\n',
    before: (world) => planned(world, tagged(ADA, 'VIP', 'Press'), tagged(GRACE, 'VIP')),
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    ...base,
    name: 'a tag that the target has already',
    before: (world) => {
      add(world.to, { ...EDSGER, tags: ['vip'] })
      return planned(world, tagged(ADA, 'VIP'))
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'somebody is opted out',
    before: (world) => {
      people(world, tagged(ADA, 'VIP'), GRACE)
      optOut(world.from, 'ada@example.com')
      return planned(world)
    },
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    from: KEAP,
    to: { platform: 'adaptix', quirks: { version: '2.16' } },
    name: 'somebody is opted out, and the target takes opt-outs only by themselves',
    before: (world) => {
      people(world, tagged(ADA, 'VIP'), GRACE)
      optOut(world.from, 'ada@example.com')
      return planned(world)
    },
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    ...base,
    name: 'the target has one of them, who is adopted',
    before: (world) => {
      add(world.to, ADA)
      return planned(world, ADA, GRACE)
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'the target has one of them with an empty field, which is filled',
    before: (world) => {
      add(world.to, { given: 'Ada', family: 'Lovelace', email: 'ADA@example.com' })
      return planned(world, ADA)
    },
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    ...base,
    name: 'the target has one of them with another city',
    before: (world) => {
      add(world.to, { ...ADA, city: 'Paris' })
      return planned(world, ADA, GRACE)
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'the target has people who are nobody here',
    before: (world) => {
      add(world.to, EDSGER)
      add(world.to, NOBODY)
      return planned(world, ADA)
    },
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'two at the source share an e-mail',
    before: (world) => planned(world, ADA, { given: 'Adah', email: 'ADA@example.com' }, GRACE),
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'two at the source share an e-mail and are merged',
    sync: '    mapping: { duplicates: merge }\n',
    before: (world) =>
      planned(world, tagged(ADA, 'VIP'), {
        given: 'Adah',
        email: 'ADA@example.com',
        phone: '+14155550101',
        tags: ['Press'],
      }),
    command: { kind: 'apply' },
  },
  {
    ...base,
    name: 'sync a target that has half of them',
    before: (world) => {
      add(world.to, ADA)
      add(world.to, GRACE)
      people(world, ADA, GRACE, ALAN, EDSGER)
    },
    command: { kind: 'sync' },
  },
  {
    from: { platform: 'infusionsoft', contacts: 6 },
    to: { platform: 'adaptix', contacts: 4 },
    name: 'apply for invented people with all their fields and tags',
    before: (world) => planned(world),
    command: { kind: 'apply' },
  },
]
