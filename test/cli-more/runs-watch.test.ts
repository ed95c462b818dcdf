/** Following a run that another process works on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunId } from '../../src/model/id.ts'
import { twoAccounts } from '../app/two-accounts.ts'
import { tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 30 },
  to: { platform: 'adaptix', contacts: 0 },
})
beforeAll(async () => {
  await two.run('migrate', { isFull: true })
})
afterAll(two.close)

describe('ferry runs watch', () => {
  it('of a run that is over says how it ended, with its exit code', async () => {
    const told = await tell(two, ['runs', 'watch'])
    expect(told.document).toMatchObject({ status: 'done', isOver: true, step: null })
    expect(told.document['stages']).toEqual({ done: 7, of: 7 })
    expect(told.text).toMatch(/^run-\S+ {2}done/)
    expect([0, 5, 6]).toContain(told.code)
  })

  it('follows the one that is at work until it ends', async () => {
    const app = await two.open({ mayWrite: false })
    try {
      const [last] = await app.store.runs.list({ sync: null, limit: 1 })
      if (last === undefined) throw new Error('no run')
      const id = 'run-live' as RunId
      await app.store.runs.create({ ...last, id, status: 'open', stage: 2, endedAt: null })
      const watching = tell(two, ['runs', 'watch'])
      await app.store.runs.update(id, { stage: 3 })
      await app.store.runs.update(id, { status: 'failed', reason: 'taken away', endedAt: 1 })
      const told = await watching
      expect(told.document).toMatchObject({ run: id, status: 'failed', reason: 'taken away' })
      expect(told.code).toBe(1)
    } finally {
      await app.close()
    }
  })

  it('of a run that is not there says so', async () => {
    expect((await tell(two, ['runs', 'watch', 'run-x'])).failure?.message).toContain('no run run-x')
  })
})

it.each([
  [['holds', 'resolv'], 'Did you mean "resolve"?'],
  [['rejects', 'retri'], 'Did you mean "retry"?'],
  [['runs', 'wacth'], 'Did you mean "watch"?'],
  [['runs', 'list', 'mvoe'], 'Did you mean "move"?'],
  [['links', 'list', 'nothing-like-it'], 'Known syncs: move.'],
] as const)('%j is a slip of the pen, and no empty answer', async (words, hint) => {
  expect((await tell(two, words)).failure).toMatchObject({ code: 2, hint })
})
