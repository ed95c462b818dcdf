/** What travels beside contacts: notes, companies, options of lists, people in sequences. */
import { addCompanies, addList, addNotes, choose, startSequence } from './desk.ts'
import { edit, idOf, keap } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  FAULTS,
  GRACE,
  KEAP,
  later,
  migrated,
  people,
  planned,
  ROPE,
} from './worlds.ts'

const base = { from: KEAP, to: ADAPTIX, command: { kind: 'apply' } } as const

async function withNotes(world: World): Promise<void> {
  people(world, ADA, GRACE)
  await addNotes(world, 'from', [
    ['Ada', 'Wants a boat.'],
    ['Ada', 'Has a boat.'],
    ['Grace', 'Called.'],
  ])
  await planned(world)
}

async function withCompanies(world: World): Promise<void> {
  people(world, ADA, GRACE, ALAN)
  await addCompanies(world, 'from', ['Acme', 'Bolt', 'Crane'])
  const column = world.from.spec.platform === 'adaptix' ? 'company' : 'Company'
  edit(world.from, idOf(world.from, 'Ada'), { [column]: 'Acme' })
  edit(world.from, idOf(world.from, 'Grace'), { [column]: 'Bolt' })
}

const BOAT = 'Favourite boat'
async function withBoats(world: World): Promise<void> {
  people(world, ADA, GRACE, ALAN)
  await addList(world, 'from', { label: BOAT, options: ['Sloop', 'Yawl', 'Cutter'] })
  await addList(world, 'to', { label: BOAT, options: ['Ketch', 'Sloop'] })
  const values = { Ada: 'Yawl', Grace: 'Cutter', Alan: 'Sloop' }
  await choose(world, 'from', { label: BOAT, values })
  await planned(world)
}

export const RECORDS: readonly Scenario[] = [
  { ...base, name: 'notes of two people', before: withNotes, isDouble: true },
  {
    ...base,
    from: ADAPTIX,
    to: KEAP,
    name: 'notes of two people, to XML-RPC',
    before: withNotes,
    isDouble: true,
  },
  {
    ...base,
    name: 'notes: the answer to one is lost',
    before: withNotes,
    faults: [null, null, null, FAULTS.lost, FAULTS.lost],
  },
  {
    ...base,
    name: 'notes: one is written later',
    before: async (world) => {
      people(world, ADA, GRACE)
      await addNotes(world, 'from', [['Ada', 'Wants a boat.']])
      await migrated(world)
      await addNotes(world, 'from', [['Grace', 'Called.']])
      later(world)
    },
    command: { kind: 'sync' },
    isDouble: true,
  },
  {
    ...base,
    name: 'notes of somebody who waits for a decision',
    before: async (world) => {
      people(world, ADA, { given: 'Adah', email: 'ADA@example.com' }, GRACE)
      await addNotes(world, 'from', [
        ['Adah', 'Which of the two?'],
        ['Grace', 'Called.'],
      ])
      await migrated(world)
      edit(world.from, idOf(world.from, 'Adah'), { Email: 'adah@example.com' })
      later(world)
    },
    command: { kind: 'sync' },
  },
  {
    ...base,
    name: 'three companies',
    before: async (world) => {
      await withCompanies(world)
      await planned(world)
    },
    isDouble: true,
  },
  {
    ...base,
    from: ADAPTIX,
    to: KEAP,
    name: 'three companies that people are linked to by number',
    before: async (world) => {
      await withCompanies(world)
      await planned(world)
    },
    isDouble: true,
  },
  {
    ...base,
    name: 'three companies, of which the target has one in other letters',
    before: async (world) => {
      await withCompanies(world)
      await addCompanies(world, 'to', ['BOLT'])
      await planned(world)
    },
  },
  {
    ...base,
    name: 'three companies, whose answer is lost',
    before: async (world) => {
      await withCompanies(world)
      await planned(world)
    },
    faults: [null, FAULTS.lost, FAULTS.lost],
  },
  {
    ...base,
    to: { platform: 'adaptix', quirks: { batchLimit: 2 } },
    name: 'three companies in two batches',
    before: async (world) => {
      await withCompanies(world)
      await planned(world)
    },
  },
  {
    ...base,
    name: 'a company that comes later',
    before: async (world) => {
      await withCompanies(world)
      await migrated(world)
      await addCompanies(world, 'from', ['Dock'])
      edit(world.from, idOf(world.from, 'Ada'), { Company: 'Dock' })
      later(world)
    },
    command: { kind: 'sync' },
    isDouble: true,
  },
  { ...base, name: 'options that a list lacks', before: withBoats, isDouble: true },
  {
    ...base,
    from: ADAPTIX,
    to: KEAP,
    name: 'options that a list lacks, to XML-RPC',
    before: withBoats,
    isDouble: true,
  },
  {
    ...base,
    from: ADAPTIX,
    to: ROPE,
    name: 'options that a list lacks, to the XML API',
    before: withBoats,
  },
  {
    ...base,
    name: 'options that a list lacks: the answer is lost',
    before: withBoats,
    faults: [null, FAULTS.lost, FAULTS.lost],
  },
  {
    ...base,
    sync: `    fields:\n      - { from: ${BOAT}, to: boat, create: true }\n`,
    name: 'a list that the target lacks',
    before: async (world) => {
      people(world, ADA, GRACE)
      await addList(world, 'from', { label: BOAT, options: ['Sloop', 'Yawl'] })
      await choose(world, 'from', { label: BOAT, values: { Ada: 'Yawl', Grace: 'Sloop' } })
      await planned(world)
    },
    isDouble: true,
  },
  ...(
    [
      ['infusionsoft', 'adaptix'],
      ['adaptix', 'infusionsoft'],
    ] as const
  ).map(
    ([from, to]): Scenario => ({
      ...base,
      from: { platform: from, contacts: 1 },
      to: { platform: to, contacts: 1 },
      sync: '    mapping: { sequences: { 1: 2 } }\n',
      name: `two people in a sequence, to ${to}`,
      before: async (world) => {
        people(world, ADA, GRACE, ALAN)
        if (from === 'infusionsoft')
          for (const { email } of [ADA, GRACE])
            keap(world.from, 'APIEmailService.optIn', email ?? '', 'asked for it')
        await startSequence(world, '1', ['Ada', 'Grace'])
        await planned(world)
      },
      isDouble: true,
    }),
  ),
]
