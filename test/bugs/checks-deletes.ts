/** People who disappear: what is done about them, and what must not be. */
import assert from 'node:assert/strict'
import type { App } from '../../src/app/app.ts'
import type { Reader } from '../../src/connector/connector.ts'
import { add, edit, idOf, keap, remove } from '../crash/hands.ts'
import { ADA, ADAPTIX, GRACE, KEAP, later, migrated, people } from '../crash/worlds.ts'
import type { World } from '../crash/world.ts'
import type { Check } from './checks.ts'
import { casesOf, countOf, done, inWorld } from './in-world.ts'

const pair = { from: KEAP, to: ADAPTIX } as const
const CAPS = '    guards: { maxDeletes: 9, maxDeletePercent: 100, maxIrreversibleConsents: 99 }\n'
const ONE_WAY = { ...pair, sync: `    deletes: delete\n${CAPS}` }
const both = (policy: string) => ({
  ...pair,
  sync: `    direction: two-way\n    deletes: ${policy}\n${CAPS}`,
})

async function whole(world: World, over?: (app: App) => App): Promise<void> {
  later(world)
  const run = await world.run({ kind: 'sync', isFull: true }, [], over)
  assert.equal(run.status, 'done', run.reason ?? '')
}

/** Listings of the source leave somebody out who is there all the same. */
function without(id: string): (app: App) => App {
  const hiding = (reader: Reader): Reader => ({
    ...reader,
    scan: async (request, signal) => {
      const page = await reader.scan(request, signal)
      const rows = page.rows.filter((row) => row.kind !== 'contact' || row.sighting.id !== id)
      return { ...page, rows }
    },
  })
  return (app) => {
    const accounts: App['env']['accounts'] = (sync) => {
      const real = app.env.accounts(sync)
      return {
        ...real,
        reader: (side) => (side === 'from' ? hiding(real.reader(side)) : real.reader(side)),
      }
    }
    return { ...app, env: { ...app.env, accounts } }
  }
}

export const DELETE_CHECKS: Readonly<Record<string, Check>> = {
  'one reading without somebody deletes nobody': async () => {
    for (const spec of [ONE_WAY, both('delete')])
      await inWorld(spec, async (world) => {
        await migrated(world, ADA, GRACE)
        remove(world.from, idOf(world.from, 'Ada'))
        await whole(world)
        assert.equal(countOf(world, 'Ada'), 1)
        await whole(world)
        assert.equal(countOf(world, 'Ada'), 0)
      })
  },

  'whom listings leave out and the account still has stays': async () => {
    for (const spec of [ONE_WAY, both('delete')])
      await inWorld(spec, async (world) => {
        await migrated(world, ADA, GRACE)
        const hidden = without(idOf(world.from, 'Ada'))
        for (let runs = 0; runs < 3; runs += 1) await whole(world, hidden)
        assert.equal(countOf(world, 'Ada'), 1)
      })
  },

  'who is missing in a part of an account is not missing': async () => {
    await inWorld(ONE_WAY, async (world) => {
      await migrated(world, ADA, GRACE)
      remove(world.from, idOf(world.from, 'Ada'))
      for (const city of ['Paris', 'Rome', 'Ockham']) {
        edit(world.from, idOf(world.from, 'Grace'), { City: city })
        later(world)
        await done(world, { kind: 'sync' })
      }
      assert.equal(countOf(world, 'Ada'), 1)
    })
  },

  'a change beats a deletion': async () => {
    for (const spec of [ONE_WAY, both('delete')])
      await inWorld(spec, async (world) => {
        await migrated(world, ADA, GRACE)
        remove(world.from, idOf(world.from, 'Ada'))
        edit(world.to, idOf(world.to, 'Ada'), { city: 'Paris' })
        for (let runs = 0; runs < 3; runs += 1) await whole(world)
        assert.equal(countOf(world, 'Ada'), 1)
        assert.equal((await casesOf(world, 'hold')).length, 1)
      })
  },

  'the dead do not return': async () => {
    for (const policy of ['tag', 'unsubscribe', 'delete'])
      await inWorld(both(policy), async (world) => {
        people(world, ADA, GRACE)
        await whole(world)
        remove(world.to, idOf(world.to, 'Ada'))
        for (let runs = 0; runs < 4; runs += 1) await whole(world)
        assert.equal(countOf(world, 'Ada'), 0)
        const left = world.from.simulator.snapshot().length
        assert.equal(left, policy === 'delete' ? 1 : 2)
      })
  },

  'a merge deletes and creates nobody': async () => {
    const ways = { ...both('delete'), from: ADAPTIX, to: KEAP }
    // At the first source the old id answers with the survivor, at the second it is only gone.
    for (const spec of [ways, both('delete')])
      await inWorld(spec, async (world) => {
        await migrated(world, ADA, GRACE)
        later(world)
        const [lost, survivor] = [idOf(world.from, 'Ada'), add(world.from, { given: 'Countess' })]
        if (spec === ways) world.from.merge(lost, survivor)
        else keap(world.from, 'ContactService.merge', Number(survivor), Number(lost))
        const before = world.to.simulator.snapshot().length
        for (let runs = 0; runs < 3; runs += 1) await whole(world)
        assert.equal(world.to.simulator.snapshot().length, before)
        if (spec === ways) assert.equal(countOf(world, 'Countess'), 1)
        else assert.equal(countOf(world, 'Ada'), 1)
      })
  },

  'an empty side of two stops the run': () =>
    inWorld(both('delete'), async (world) => {
      await migrated(world, ADA, GRACE)
      for (const given of ['Ada', 'Grace']) remove(world.to, idOf(world.to, given))
      for (let runs = 0; runs < 3; runs += 1) {
        later(world)
        assert.equal((await world.run({ kind: 'sync', isFull: true })).status, 'blocked')
      }
      assert.equal(world.from.simulator.snapshot().length, 2)
    }),

  'a deletion leaves alone who was edited since the plan': () =>
    inWorld(both('delete'), async (world) => {
      await migrated(world, ADA, GRACE)
      remove(world.from, idOf(world.from, 'Ada'))
      await whole(world)
      later(world)
      await done(world, { kind: 'plan', isFull: true })
      edit(world.to, idOf(world.to, 'Ada'), { city: 'Paris' })
      await done(world, { kind: 'apply' })
      assert.equal(countOf(world, 'Ada'), 1)
    }),
}
