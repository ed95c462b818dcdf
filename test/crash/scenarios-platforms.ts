/** The other platforms as source and target, and files. */
import { add, edit, idOf, optOut, tagOn } from './hands.ts'
import assert from 'node:assert/strict'
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { Scenario } from './scenario.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  CSV_IN,
  CSV_OUT,
  GRACE,
  KEAP,
  later,
  migrated,
  NDJSON_OUT,
  people,
  planned,
  ROPE,
  tagged,
} from './worlds.ts'

export const PLATFORMS: readonly Scenario[] = [
  {
    from: KEAP,
    to: ROPE,
    name: 'to the XML API: creates with tags',
    before: (world) => planned(world, tagged(ADA, 'VIP'), GRACE, ALAN),
    command: { kind: 'apply' },
  },
  {
    from: KEAP,
    to: ROPE,
    name: 'to the XML API: somebody is opted out',
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
    to: ROPE,
    name: 'to the XML API: groups are joined in bulk',
    sync: '    mapping: { tags: { as: groups } }\n',
    before: (world) => planned(world, tagged(ADA, 'VIP'), tagged(GRACE, 'VIP', 'Press'), ALAN),
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    from: KEAP,
    to: ROPE,
    name: 'to the XML API: a field changed',
    before: async (world) => {
      await migrated(world, ADA, GRACE)
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      later(world)
    },
    command: { kind: 'sync' },
  },
  {
    from: ROPE,
    to: KEAP,
    name: 'from the XML API to XML-RPC: creates',
    before: (world) => planned(world, tagged(ADA, 'VIP'), GRACE),
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    from: ROPE,
    to: KEAP,
    name: 'from the XML API to XML-RPC: somebody is opted out',
    before: (world) => {
      people(world, tagged(ADA, 'VIP'), GRACE)
      optOut(world.from, 'ada@example.com')
      return planned(world)
    },
    command: { kind: 'apply' },
  },
  {
    from: KEAP,
    to: { platform: 'adaptix', quirks: { version: '2.16' } },
    name: 'to REST before 3.0: somebody is opted out and tagged',
    before: (world) => {
      people(world, tagged(ADA, 'VIP'), GRACE)
      optOut(world.from, 'ada@example.com')
      return planned(world)
    },
    command: { kind: 'apply' },
    isDouble: true,
    expect: ({ to }) => expectOptedOut(to.simulator.snapshot(), 'ada@example.com'),
  },
  {
    from: ADAPTIX,
    to: { platform: 'infusionsoft', quirks: { emptyStart: true, optOutUnknown: 'refused' } },
    name: 'to XML-RPC that knows no address before its contact: somebody is opted out and tagged',
    before: (world) => {
      people(world, tagged(ADA, 'VIP'), GRACE)
      optOut(world.from, 'ada@example.com')
      return planned(world)
    },
    command: { kind: 'apply' },
    isDouble: true,
    expect: ({ to }) => expectOptedOut(to.simulator.snapshot(), 'ada@example.com'),
  },
  {
    from: ADAPTIX,
    to: KEAP,
    name: 'from REST to XML-RPC: creates and an adopted one',
    before: (world) => {
      add(world.to, GRACE)
      return planned(world, tagged(ADA, 'VIP'), GRACE)
    },
    command: { kind: 'apply' },
    isDouble: true,
  },
  {
    from: ADAPTIX,
    to: KEAP,
    name: 'from REST to XML-RPC: a field and a tag changed',
    before: async (world) => {
      await migrated(world, ADA, GRACE)
      edit(world.from, idOf(world.from, 'Ada'), { city: 'Ockham' })
      tagOn(world.from, idOf(world.from, 'Grace'), 'VIP')
      later(world)
    },
    command: { kind: 'sync' },
  },
  {
    from: ADAPTIX,
    to: ROPE,
    name: 'from REST to the XML API: migrate',
    before: (world) => people(world, tagged(ADA, 'VIP'), GRACE),
    command: { kind: 'migrate' },
  },
  {
    from: ROPE,
    to: ADAPTIX,
    name: 'from the XML API to REST: migrate',
    before: (world) => people(world, tagged(ADA, 'VIP'), GRACE),
    command: { kind: 'migrate' },
  },
  {
    from: KEAP,
    to: CSV_OUT,
    name: 'into a CSV file',
    before: (world) => planned(world, ADA, GRACE, ALAN),
    command: { kind: 'apply' },
  },
  {
    from: KEAP,
    to: NDJSON_OUT,
    name: 'into an NDJSON file',
    before: (world) => planned(world, ADA, GRACE),
    command: { kind: 'migrate' },
  },
  {
    from: KEAP,
    to: CSV_OUT,
    name: 'into a CSV file: a field changed',
    before: async (world) => {
      await migrated(world, ADA, GRACE)
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      later(world)
    },
    command: { kind: 'sync' },
  },
  {
    from: CSV_IN,
    to: ADAPTIX,
    name: 'out of a CSV file',
    before: (world) => planned(world),
    command: { kind: 'apply' },
  },
]

function expectOptedOut(contacts: readonly SimulatedContact[], address: string): void {
  assert.ok(contacts.some(({ optedOut }) => optedOut.includes(address)))
}
