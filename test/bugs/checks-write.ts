/** Writing: lost answers, refusals, plans that are old, platforms that ask for quiet. */
import assert from 'node:assert/strict'
import { edit, idOf } from '../crash/hands.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  FAULTS,
  GRACE,
  KEAP,
  later,
  migrated,
  NOBODY,
  people,
  planned,
} from '../crash/worlds.ts'
import { casesOf, countOf, countsOf, done, inWorld, there } from './in-world.ts'
import type { Check } from './checks.ts'

const pair = { from: KEAP, to: ADAPTIX } as const

export const WRITE_CHECKS: Readonly<Record<string, Check>> = {
  'a lost answer makes no twin': async () => {
    for (const spec of [{ from: ADAPTIX, to: KEAP }, pair]) {
      await inWorld(spec, async (world) => {
        await planned(world, NOBODY, ADA, { given: 'Nemo2' })
        const { lost } = FAULTS
        const run = await world.run({ kind: 'apply' }, [
          null,
          lost,
          null,
          lost,
          null,
          lost,
          null,
          lost,
        ])
        assert.equal(run.status, 'done')
        for (const given of ['Nemo', 'Nemo2', 'Ada']) assert.equal(countOf(world, given), 1, given)
        assert.equal(countsOf(run).applied, 3)
      })
    }
  },

  'an old plan is refused': () =>
    inWorld(pair, async (world) => {
      await planned(world, ADA, GRACE)
      await done(world, { kind: 'sync' })
      const run = await world.run({ kind: 'apply', plan: 'oldest' })
      assert.equal(run.status, 'failed')
      assert.match(run.reason ?? '', /^stale plan/)
    }),

  'a record that moved since the plan is left alone': () =>
    inWorld(pair, async (world) => {
      await migrated(world, ADA)
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      later(world)
      await done(world, { kind: 'plan' })
      edit(world.to, idOf(world.to, 'Ada'), { city: 'Paris' })
      const run = await done(world, { kind: 'apply' })
      assert.equal(there(world, 'Ada').fields['city'], 'Paris')
      assert.equal(countsOf(run).drifted, 1)
    }),

  'a poison record stops nobody else': () =>
    inWorld(
      {
        from: KEAP,
        to: {
          platform: 'adaptix',
          quirks: { poisonEmail: 'grace@example.com', poisonEffects: 'none' },
        },
      },
      async (world) => {
        people(
          world,
          ADA,
          GRACE,
          ALAN,
          ...Array.from({ length: 8 }, (_, n) => ({ given: `P${n}`, email: `p${n}@example.com` })),
        )
        await world.run({ kind: 'sync' })
        assert.equal(world.to.simulator.snapshot().length, 10)
        assert.equal((await casesOf(world, 'reject')).length, 1)
      },
    ),

  'nothing is sent before Retry-After': () =>
    inWorld(pair, async (world) => {
      await planned(world, ADA, GRACE)
      const before = world.clock.now()
      let first: number | null = null
      world.onEvent = (event) => {
        if (event.kind === 'sending' && event.side === 'to') first ??= world.clock.now()
      }
      const asked = { kind: 'throttled', retryAfterSeconds: 240 } as const
      await world.run({ kind: 'apply' }, [asked])
      assert.ok((first ?? 0) - before >= 240_000, `sent after ${(first ?? 0) - before} ms`)
    }),
}
