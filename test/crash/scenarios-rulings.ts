/** What people decide: questions answered, refusals tried again, links written down. The decision and the run that obeys are cut off both. */
import assert from 'node:assert/strict'
import type { App } from '../../src/app/app.ts'
import { keepDecisions, openHolds, retryCases, weigh } from '../../src/app/holds.ts'
import { checkLinks, keepWrittenLinks } from '../../src/app/links-import.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Choice } from '../../src/plan/ruling.ts'
import { add, edit, idOf, remove } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { Command, World } from './world.ts'
import { ADA, ADAPTIX, ALAN, GRACE, KEAP, later, migrated, people, settled } from './worlds.ts'

const base = { from: KEAP, to: ADAPTIX, isRestless: true } as const

/** Answers each open question with the choice that fits; none of those that are answered already. */
function resolved(take: (asked: readonly Choice[], given: string) => Choice | null): Command {
  return {
    kind: 'sync',
    async first(engine: App, world: World) {
      const holds = await openHolds(engine.store, 'move')
      const answers = holds.flatMap((hold) => {
        const given = givenOf(world, hold.case.record)
        return hold.asked.flatMap(({ field, choices, ruling, question }) => {
          const choice = ruling === null && question !== null ? take(choices, given) : null
          return choice === null ? [] : [{ hold, field, choice, question, isNamed: true }]
        })
      })
      const { decided, refused } = weigh(answers)
      assert.deepEqual(refused, [])
      await keepDecisions(engine, { decided }, 'anna')
    },
  }
}

function givenOf({ from }: World, id: string): string {
  const found = from.simulator.snapshot().find((one) => one.id === id)
  return found?.fields['FirstName'] ?? ''
}

const linked = (choices: readonly Choice[]): Choice =>
  choices.find((choice) => choice.startsWith('link:')) ?? 'skip'

async function fieldsDiffer(world: World): Promise<void> {
  await migrated(world, ADA, GRACE)
  for (const given of ['Ada', 'Grace']) {
    edit(world.from, idOf(world.from, given), { City: `${given} here` })
    edit(world.to, idOf(world.to, given), { city: `${given} there` })
  }
  await settled(world, 'sync')
}

async function lost(world: World): Promise<void> {
  await migrated(world, ADA, GRACE)
  remove(world.to, idOf(world.to, 'Ada'))
  edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
  await settled(world, 'sync')
}

export const RULINGS: readonly Scenario[] = [
  ...(['from', 'to'] as const).map(
    (side): Scenario => ({
      ...base,
      sync: '    conflicts: hold\n',
      name: `a person decides about two fields: ${side}`,
      before: fieldsDiffer,
      command: resolved(() => side),
    }),
  ),
  {
    ...base,
    name: 'a person decides which of two at the target it is',
    before: async (world) => {
      add(world.to, { given: 'Ada', family: 'Byron', email: 'ada@example.com' })
      add(world.to, { given: 'Ada', family: 'King', email: 'other@example.com' })
      edit(world.to, world.to.simulator.snapshot().at(-1)?.id ?? '', { email: 'ada@example.com' })
      people(world, ADA, GRACE)
      await settled(world, 'sync')
    },
    command: resolved(linked),
  },
  {
    ...base,
    name: 'a person leaves out one of two that share an e-mail',
    before: async (world) => {
      people(world, ADA, { given: 'Adah', email: 'ADA@example.com' }, GRACE)
      await settled(world, 'sync')
    },
    command: resolved((_, given) => (given === 'Adah' ? 'skip' : null)),
  },
  {
    ...base,
    name: 'a person has somebody created again whose counterpart was deleted',
    before: lost,
    command: resolved(() => 'anew'),
  },
  {
    ...base,
    name: 'a person leaves somebody out whose counterpart was deleted',
    before: lost,
    command: resolved(() => 'skip'),
  },
  {
    ...base,
    name: 'refused records are tried again, after one was mended',
    before: async (world) => {
      people(world, { ...ADA, email: 'not-an-address' }, { ...GRACE, email: 'nor-is-this' }, ALAN)
      await settled(world, 'sync')
      edit(world.from, idOf(world.from, 'Ada'), { Email: 'ada@example.com' })
      later(world)
    },
    command: {
      kind: 'sync',
      async first(engine) {
        // Whoever comes back to a run that broke off goes on with it, and asks for nothing more.
        if ((await engine.store.runs.resumable('move')) !== null) return
        const filter = { sync: 'move', kind: 'reject', limit: 100 } as const
        await retryCases(engine, await engine.store.cases.list(filter), 'anna')
      },
    },
  },
  {
    ...base,
    name: 'links that a person wrote down',
    before: (world) => {
      people(world, ADA, GRACE, ALAN)
      add(world.to, { given: 'Countess', email: 'countess@example.com' })
      add(world.to, { given: 'Admiral', email: 'admiral@example.com' })
      later(world)
    },
    command: {
      kind: 'sync',
      async first(engine, { from }) {
        // The numbers of the first two: their names follow the source as soon as they are linked.
        const rows = [
          ['Ada', '1'],
          ['Grace', '2'],
        ].map(([here = '', there = ''], line) => ({
          line,
          fromId: idOf(from, here) as RemoteId,
          toId: there as RemoteId,
        }))
        const { fresh, problems } = await checkLinks(engine, 'move', rows)
        assert.deepEqual(problems, [])
        if (fresh.length > 0) await keepWrittenLinks(engine, 'move', fresh)
      },
    },
  },
]
