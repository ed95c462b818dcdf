/** Crashes at every place of a few small scenarios. */
import assert from 'node:assert/strict'
import type { App } from '../../src/app/app.ts'
import type { Writer } from '../../src/connector/connector.ts'
import { enumerate } from '../crash/enumerate.ts'
import { adaptix, add } from '../crash/hands.ts'
import type { Scenario } from '../crash/scenario.ts'
import {
  ADA,
  ADAPTIX,
  GRACE,
  KEAP,
  later,
  migrated,
  NOBODY,
  planned,
  ROPE,
  settled,
  tagged,
} from '../crash/worlds.ts'
import type { Check } from './checks.ts'
import { done, inWorld, there } from './in-world.ts'

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'killed while creating, it makes no twin',
    from: KEAP,
    to: ADAPTIX,
    before: (world) => planned(world, NOBODY, GRACE),
    command: { kind: 'apply' },
  },
  {
    name: 'killed while creating segments, it makes no second one',
    from: KEAP,
    to: ADAPTIX,
    sync: '    mapping: { tags: { as: groups } }\n',
    before: (world) => planned(world, tagged(ADA, 'VIP')),
    command: { kind: 'apply' },
  },
  {
    name: 'killed while planning, nobody of the target is passed over',
    from: KEAP,
    to: ADAPTIX,
    sync: '    direction: two-way\n',
    before: async (world) => {
      await migrated(world, ADA, GRACE)
      await settled(world, 'sync')
      add(world.to, { given: 'Theo', email: 'theo@example.com' })
      later(world)
    },
    command: { kind: 'sync' },
    isRestless: true,
  },
  {
    name: 'killed while joining groups, nobody is left out',
    from: KEAP,
    to: ROPE,
    sync: '    mapping: { tags: { as: groups } }\n',
    before: (world) => planned(world, tagged(ADA, 'VIP')),
    command: { kind: 'apply' },
  },
]

const WORDS: Readonly<Record<string, Check>> = {
  'words that a killed try has made are not made again': () =>
    inWorld({ from: KEAP, to: ADAPTIX }, async (world) => {
      await planned(world, tagged(ADA, 'VIP'))
      const made: string[] = []
      // A platform that makes a second one of every name, and a process that dies between its answer and the commit.
      const blind = (app: App): App =>
        withWriter(app, (writer) => ({
          ...writer,
          createTag: async (tag, signal) => {
            made.push(tag.name)
            await writer.createTag(tag, signal)
            throw new Error('killed')
          },
        }))
      await assert.rejects(world.run({ kind: 'apply' }, [], blind), /killed/)
      await world.run({ kind: 'apply' }, [], blind)
      assert.deepEqual(made, ['VIP'])
      assert.deepEqual(there(world, 'Ada').tags, ['VIP'])
    }),

  'a segment that somebody has made since the plan is the one': () =>
    inWorld(
      { from: KEAP, to: ADAPTIX, sync: '    mapping: { tags: { as: groups } }\n' },
      async (world) => {
        await planned(world, tagged(ADA, 'VIP'))
        adaptix(world.to, 'POST', '/segments/new', { name: 'VIP', isPublished: true })
        await done(world, { kind: 'apply' })
        const { lists } = adaptix(world.to, 'GET', '/segments', {}) as {
          readonly lists: Readonly<Record<string, { readonly name: string }>>
        }
        const named = Object.values(lists).filter(({ name }) => name === 'VIP')
        assert.equal(named.length, 1)
      },
    ),
}

function withWriter(app: App, over: (writer: Writer) => Writer): App {
  const accounts: App['env']['accounts'] = (sync) => {
    const real = app.env.accounts(sync)
    return { ...real, writer: (side) => over(real.writer(side)) }
  }
  return { ...app, env: { ...app.env, accounts } }
}

const CRASHES: Readonly<Record<string, Check>> = Object.fromEntries(
  SCENARIOS.map((scenario) => [
    scenario.name,
    async () => {
      const { failures } = await enumerate(scenario, {
        isWhole: false,
        seconds: scenario.isDouble === true ? 1 : 0,
        isOneEnough: true,
      })
      assert.deepEqual(failures, [])
    },
  ]),
)

export const CRASH_CHECKS: Readonly<Record<string, Check>> = { ...WORDS, ...CRASHES }
