/** People deleted on one side of a two-way sync: both sides may be the one, and on both a change beats a deletion. */
import { afterEach, describe, expect, it } from 'vitest'
import { planUndo, releaseUndone } from '../../src/app/undo.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { otherSide, type RemoteId, SIDES, type Side } from '../../src/model/id.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import type { Ran } from './two-accounts.ts'
import { bare, type Pair, type TwoWay, twoWay } from './two-way-world.ts'
import { planOf } from './undo-truth.ts'

const open: TwoWay[] = []
afterEach(() => {
  for (const two of open.splice(0)) two.close()
})

const NEVER = new AbortController().signal
const DAY_MS = 24 * 3_600_000
const CAPS = 'maxDeletes: 50, maxDeletePercent: 100'

async function synced(policy: string, caps = CAPS): Promise<TwoWay> {
  const two = await twoWay({
    from: { platform: 'infusionsoft', contacts: 24 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 11,
    guards: caps,
    more: `    deletes: ${policy}\n`,
  })
  open.push(two)
  await two.sync()
  return two
}

/** Pairs of people who may be mailed on both sides. */
async function people(two: TwoWay): Promise<readonly Pair[]> {
  const out = new Set(
    SIDES.flatMap((side) => two.world[side].snapshot().flatMap((one) => one.optedOut)),
  )
  const mailable = new Set(
    two.world.from
      .snapshot()
      .flatMap(({ id, emails }) =>
        emails.length > 0 && !emails.some((email) => out.has(email)) ? [id] : [],
      ),
  )
  return (await two.pairs()).filter(({ from }) => mailable.has(bare(from)))
}

async function whole(two: TwoWay): Promise<{ readonly ran: Ran; readonly plan: PlanHeader }> {
  two.world.clock.advance(DAY_MS)
  const ran = await two.world.run('sync', { isFull: true })
  return { ran, plan: await planOf(two.world, ran.run.plan) }
}

const isThere = (two: TwoWay, side: Side, id: RemoteId) =>
  two.world[side].snapshot().some((one) => one.id === bare(id))

describe.each(SIDES)('people deleted at the %s side', (side) => {
  const other = otherSide(side)

  it('are deleted on the other after the second whole reading, once, and stay dead', async () => {
    const two = await synced('delete')
    const [a, b] = await people(two)
    if (a === undefined || b === undefined) throw new Error('too few people')
    for (const pair of [a, b]) await two.remove(side, pair[side])
    const first = await whole(two)
    expect(first.ran.writes).toBe(0)
    expect(first.plan.counts).toMatchObject({ delete: 0, hold: 0 })
    expect(first.plan.warnings.join()).toContain('2 linked contacts were not in the listing')
    const second = await whole(two)
    expect(second.plan.counts).toMatchObject({ delete: 2, create: 0, hold: 0 })
    expect(second.ran.counts).toMatchObject({ applied: 2, balanced: true })
    for (const pair of [a, b]) expect(isThere(two, other, pair[other])).toBe(false)
    const third = await whole(two)
    expect(third.ran.writes).toBe(0)
    expect(third.plan.counts).toMatchObject({ delete: 0, create: 0, hold: 0 })
    expect(third.ran.counts.balanced).toBe(true)
  })

  it('are left alone by incremental runs, and by "ignore" are a question', async () => {
    const two = await synced('delete')
    const [a] = await people(two)
    if (a === undefined) throw new Error('too few people')
    await two.remove(side, a[side])
    for (let runs = 0; runs < 3; runs += 1) expect((await two.sync()).writes).toBe(0)
    expect(isThere(two, other, a[other])).toBe(true)
    const ignoring = await synced('ignore')
    const [c] = await people(ignoring)
    if (c === undefined) throw new Error('too few people')
    await ignoring.remove(side, c[side])
    for (let runs = 0; runs < 3; runs += 1) {
      const { ran, plan } = await whole(ignoring)
      expect(ran.writes).toBe(0)
      expect(plan.holds).toMatchObject([{ count: 1 }])
    }
    expect(isThere(ignoring, other, c[other])).toBe(true)
  })

  it('whose counterpart was edited are held, and nobody is created: a change beats a deletion', async () => {
    const two = await synced('delete')
    const [a] = await people(two)
    if (a === undefined) throw new Error('too few people')
    await two.remove(side, a[side])
    await two.edit(other, a[other], { givenName: 'Edited meanwhile' })
    for (let runs = 0; runs < 3; runs += 1) {
      const { ran, plan } = await whole(two)
      expect(ran.writes).toBe(0)
      expect(plan.counts).toMatchObject({ delete: 0, create: 0, hold: 1 })
    }
    expect(isThere(two, other, a[other])).toBe(true)
  })

  it('whose counterpart was edited after the plan are not deleted either', async () => {
    const two = await synced('delete')
    const [a] = await people(two)
    if (a === undefined) throw new Error('too few people')
    await two.remove(side, a[side])
    await whole(two)
    two.world.clock.advance(DAY_MS)
    const planned = await two.world.run('plan', { isFull: true })
    expect((await planOf(two.world, planned.run.plan)).counts.delete).toBe(1)
    await two.edit(other, a[other], { givenName: 'Edited meanwhile' })
    const applied = await two.world.run('apply', { plan: planned.run.plan as string })
    expect(applied.counts).toMatchObject({ applied: 0, drifted: 1, balanced: true })
    expect(isThere(two, other, a[other])).toBe(true)
  })

  it('beyond the cap stop the run; all of them do whatever the caps', async () => {
    const two = await synced('delete', 'maxDeletes: 1, maxDeletePercent: 100')
    const [a, b] = await people(two)
    if (a === undefined || b === undefined) throw new Error('too few people')
    for (const pair of [a, b]) await two.remove(side, pair[side])
    await whole(two)
    const capped = await whole(two)
    expect(capped.ran.run.status).toBe('blocked')
    expect(capped.plan.guards.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['deletes'])
    const emptied = await synced('delete')
    const before = emptied.world[other].snapshot().length
    for (const { id } of emptied.world[side].snapshot()) await emptied.remove(side, id as RemoteId)
    for (let runs = 0; runs < 3; runs += 1) {
      const { ran, plan } = await whole(emptied)
      expect(ran.run.status).toBe('blocked')
      expect(plan.guards.find(({ name }) => name === 'empty-source')?.ok).toBe(false)
      expect(ran.writes).toBe(0)
    }
    expect(emptied.world[other].snapshot()).toHaveLength(before)
  })

  it('leave their counterpart opted out with "unsubscribe", and tagged with "tag"', async () => {
    for (const policy of ['unsubscribe', 'tag']) {
      const two = await synced(policy)
      const [a] = await people(two)
      if (a === undefined) throw new Error('too few people')
      await two.remove(side, a[side])
      await whole(two)
      const { ran } = await whole(two)
      expect(ran.counts).toMatchObject({ applied: 1, balanced: true })
      const left = two.world[other].snapshot().find(({ id }) => id === bare(a[other]))
      if (policy === 'tag')
        expect(left?.tags).toContain(`deleted at ${side === 'from' ? 'source' : 'target'}`)
      else expect(left?.optedOut.length).toBeGreaterThan(0)
      // They stay as they are, and nobody makes them anew over there, edited or not.
      await two.edit(other, a[other], { givenName: 'Still here' })
      for (const next of [await two.sync(), (await whole(two)).ran]) {
        expect(next.writes).toBe(0)
        expect(next.run.status).toBe('done')
        expect(next.counts).toMatchObject({ held: 0, balanced: true })
      }
    }
  })

  it('who are entered there anew are paired with the one that was left', async () => {
    const two = await synced('tag')
    const [a] = await people(two)
    if (a === undefined) throw new Error('too few people')
    const { fields } = await two.see(side, a[side])
    await two.remove(side, a[side])
    await whole(two)
    await whole(two)
    await two.create(side, { givenName: 'Again', 'emails.1': fields['emails.1'] ?? null })
    const counts = SIDES.map((each) => two.world[each].snapshot().length)
    await two.sync()
    expect(SIDES.map((each) => two.world[each].snapshot().length)).toEqual(counts)
    expect((await two.pairs()).some((pair) => pair[other] === a[other])).toBe(true)
  })
})

it('an undo takes the tag back, and says of whom it removed that it cannot bring them back', async () => {
  const two = await synced('tag')
  const [a] = await people(two)
  if (a === undefined) throw new Error('too few people')
  await two.remove('to', a.to)
  await whole(two)
  const { ran } = await whole(two)
  const app = await two.world.open()
  const plan = await planUndo(app, ran.run.id, inlineRunner(app.env, { concurrency: 2 }), NEVER)
  await app.close()
  expect(plan.counts).toMatchObject({ update: 1, reject: 0 })
  const undone = await two.world.run('apply', { plan: plan.id })
  expect(undone.counts).toMatchObject({ applied: 1, balanced: true })
  const left = two.world.from.snapshot().find(({ id }) => id === bare(a.from))
  expect(left?.tags).not.toContain('deleted at target')
  // Nobody is made anew by that alone, only when it is asked for.
  expect((await whole(two)).plan.counts).toMatchObject({ create: 0, hold: 0 })
  const again = await two.world.open()
  expect(await releaseUndone(again, ran.run.id)).toBe(1)
  await again.close()
  expect((await whole(two)).plan.counts).toMatchObject({ create: 1, hold: 0 })

  const deleting = await synced('delete')
  const [b] = await people(deleting)
  if (b === undefined) throw new Error('too few people')
  await deleting.remove('from', b.from)
  await whole(deleting)
  const removed = await whole(deleting)
  const third = await deleting.world.open()
  const none = await planUndo(
    third,
    removed.ran.run.id,
    inlineRunner(third.env, { concurrency: 2 }),
    NEVER,
  )
  await third.close()
  expect(none.counts).toMatchObject({ update: 0, create: 0, reject: 1 })
})
