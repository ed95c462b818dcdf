import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError } from '../../src/connector/error.ts'
import {
  failureOf,
  forgetFailure,
  keepFailure,
  messageOf,
  QueueError,
} from '../../src/runner/queued/failure.ts'
import { StoreError } from '../../src/state/store.ts'
import { type Rested, RUN, rested } from './rested.ts'

describe('an error on its way to the command that waits', () => {
  let at: Rested
  beforeEach(async () => {
    at = await rested()
  })
  afterEach(() => at.env.store.close())

  test.each([
    new ConnectorError('throttled', 'slow down', { retryAfterMs: 9_000, hint: 'later' }),
    new ConnectorError('login', 'the key is wrong'),
    new StoreError('full', 'no space', { hint: 'free some' }),
    new QueueError('setup', 'another configuration', { hint: 'start it again' }),
  ])('arrives as what it was: $name $kind', async (error) => {
    await keepFailure(at.env.store, RUN, error)
    expect(await failureOf(at.env.store, RUN)).toEqual(error)
  })

  test("that nobody foresaw is the worker's, and points to its log", async () => {
    await keepFailure(at.env.store, RUN, new TypeError('x is not a function'))
    expect(await failureOf(at.env.store, RUN)).toMatchObject({
      name: 'QueueError',
      kind: 'worker',
      message: 'x is not a function',
      hint: expect.stringContaining('log'),
    })
  })

  test('is the first one, until it is forgotten', async () => {
    const { store } = at.env
    expect(await failureOf(store, RUN)).toBeNull()
    await keepFailure(store, RUN, new Error('first'))
    await keepFailure(store, RUN, new Error('second'))
    expect(await failureOf(store, RUN)).toMatchObject({ message: 'first' })
    await forgetFailure(store, RUN)
    expect(await failureOf(store, RUN)).toBeNull()
    await keepFailure(store, RUN, new Error('third'))
    expect(await failureOf(store, RUN)).toMatchObject({ message: 'third' })
  })

  test('names no password of an address', () => {
    const text = 'connect postgres://ferry:s3cret@db:5432/ferry or redis://:s3cret@queue failed'
    expect(messageOf(new Error(text))).toBe(
      'connect postgres://***@db:5432/ferry or redis://***@queue failed',
    )
  })
})
