/** The state is copied while it is worked on, and personal data of old runs leaves it without a trace, but only where nobody needs it any more. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pruneState } from '../../src/app/state.ts'
import { NotUndoable, planUndo } from '../../src/app/undo.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { backUp } from '../../src/state/sql/backup.ts'
import type { App } from '../../src/app/app.ts'
import { tell } from '../cli-more/session.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const DAY = 86_400_000

describe('the state', () => {
  let two: TwoAccounts
  const state = () => join(two.folder, 'state.db')
  beforeEach(() => {
    two = twoAccounts({
      from: { platform: 'infusionsoft', contacts: 30 },
      to: { platform: 'adaptix', contacts: 0 },
    })
  })
  afterEach(() => two.close())

  async function withApp<T>(work: (app: App) => Promise<T>): Promise<T> {
    const app = await two.open({ mayWrite: false })
    try {
      return await work(app)
    } finally {
      await app.close()
    }
  }
  const prune = (days: number) => withApp((app) => pruneState(app, days * DAY))
  const emails = () => two.from.snapshot().flatMap((person) => person.emails)
  /** Addresses of people that stand anywhere in the state; open cases name theirs until they are closed. */
  function traces(): readonly string[] {
    const database = new DatabaseSync(state(), { readOnly: true })
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all()
    const text = tables
      .filter(({ name }) => name !== 'cases')
      .map(({ name }) => JSON.stringify(database.prepare(`select * from "${name}"`).all()))
      .join()
    database.close()
    return emails().filter((email) => text.toLowerCase().includes(email.toLowerCase()))
  }
  const undo = (run: string) =>
    withApp((app) =>
      planUndo(
        app,
        run,
        inlineRunner(app.env, { concurrency: 1 }),
        new AbortController().signal,
      ).catch((error: unknown) => error),
    )

  it('holds personal data of a run until it is pruned, and nothing of it afterwards', async () => {
    const { run } = await two.run('migrate')
    expect(run.status).toBe('done')
    expect(traces().length).toBeGreaterThan(10)
    two.clock.advance(40 * DAY)
    expect(await prune(90)).toEqual({ runs: [], plans: 0, values: 0, cases: 0 })
    expect(traces().length).toBeGreaterThan(10)
    expect(await prune(30)).toMatchObject({ runs: [run.id], plans: 1 })
    expect(traces()).toEqual([])
    const refused = await undo(run.id)
    expect(refused).toBeInstanceOf(NotUndoable)
    // Who is whom stays: the next run finds everybody in their place.
    const next = await two.run('sync', { isFull: true })
    expect(next.writes).toBe(0)
    expect(next.counts.balanced).toBe(true)
  })

  it('keeps a run that may be resumed, and whatever such a run works with', async () => {
    const { run } = await two.run('migrate')
    const planned = await two.run('undo', { undoes: run.id })
    // As if it had been interrupted before its plan was whole.
    await withApp((app) =>
      app.store.runs.update(planned.run.id, {
        status: 'stopped',
        plan: null,
        updatedAt: 1,
        endedAt: 1,
      }),
    )
    two.clock.advance(400 * DAY)
    expect(await prune(30)).toMatchObject({ runs: [] })
    expect(traces().length).toBeGreaterThan(10)
    await withApp((app) =>
      app.store.runs.update(planned.run.id, { status: 'failed', updatedAt: 1, endedAt: 1 }),
    )
    expect(await prune(30)).toMatchObject({ runs: [run.id] })
    expect(traces()).toEqual([])
  })

  it('keeps a plan that may still be applied', async () => {
    const { run } = await two.run('plan')
    two.clock.advance(2 * DAY)
    expect(await prune(1)).toMatchObject({ plans: 0 })
    const applied = await two.run('apply', { plan: run.plan })
    expect(applied.run.status).toBe('done')
    two.clock.advance(20 * DAY)
    expect(await prune(1)).toMatchObject({ runs: [applied.run.id], plans: 1 })
    expect(traces()).toEqual([])
  })

  it('is copied as it is, for its owner alone, and never over another file', async () => {
    const { run } = await two.run('migrate')
    const copy = join(two.folder, 'copy.db')
    await withApp(async (app) => {
      // Somebody is in the middle of a transaction; what it wrote is not part of the copy.
      await app.store.transaction([], async (store) => {
        await store.meta.set('half', 'done')
        backUp(state(), copy)
      })
    })
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    const database = new DatabaseSync(copy, { readOnly: true })
    expect(database.prepare('select id from runs').all()).toEqual([{ id: run.id }])
    expect(database.prepare("select * from meta where key = 'half'").all()).toEqual([])
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    database.close()
    expect(() => backUp(state(), copy)).toThrow(/exists already/)
    const nowhere = join(two.folder, 'missing', 'copy.db')
    expect(() => backUp(state(), nowhere)).toThrow(/cannot be written/)
    expect(() => backUp(join(two.folder, 'none.db'), join(two.folder, 'b.db'))).toThrow()
    expect(existsSync(join(two.folder, 'b.db'))).toBe(false)
  })

  it('is looked after by commands, which ask first and say what cannot be undone any more', async () => {
    const { run } = await two.run('migrate')
    two.clock.advance(100 * DAY)
    expect((await tell(two, ['state', 'migrate'])).text).toContain('up to date')
    const unasked = await tell(two, ['state', 'prune', '--older-than', '90d'])
    expect(unasked).toMatchObject({ code: 2 })
    expect(traces().length).toBeGreaterThan(10)
    expect(await tell(two, ['state', 'prune', '--older-than', 'soon'])).toMatchObject({ code: 2 })
    const told = await tell(two, ['state', 'prune', '--older-than', '90d'], { yes: true })
    expect(told.code).toBe(0)
    expect(told.document).toMatchObject({ runs: [run.id], plans: 1 })
    expect(told.text).toMatch(new RegExp(`cannot be undone any more:\\s+${run.id}`))
    expect(traces()).toEqual([])
  })
})
