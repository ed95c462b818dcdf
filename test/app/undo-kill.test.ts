/** Planning and applying an undo are killed again and again (kill -9): the target ends as it was before the run all the same. */
import { afterAll, expect, it } from 'vitest'
import { randomStream } from '../../src/simulation/random.ts'
import { account, ferry } from './killed.ts'
import { slotsOf, truth } from './undo-truth.ts'

const KILLS = 8
const SEED = 11
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

it(`ends as before the run after ${KILLS} kills (seed ${SEED})`, async () => {
  const random = randomStream(SEED)
  const world = await account(closing, { seed: SEED, people: 200, there: 60 })
  const { simulator } = world.adaptix
  const before = truth(simulator)
  const migrated = JSON.parse((await ferry(world, ['migrate', 'move'], null)).stdout)
  expect(migrated).toMatchObject({ status: 'done', balanced: true })
  expect(truth(simulator).size).toBeGreaterThan(150)

  let kills = 0
  const persist = async (words: readonly string[], most: number) => {
    for (;;) {
      const after = kills < most ? 250 + Math.floor(random() * 1_200) : null
      const ended = await ferry(world, words, after)
      if (ended.signal !== 'SIGKILL') return ended
      kills += 1
    }
  }
  const planned = JSON.parse((await persist(['undo', migrated.run], 3)).stdout)
  expect(planned).toMatchObject({ undoes: { run: migrated.run }, mayApply: true })
  const { stdout, code } = await persist(['apply', planned.plan], KILLS)
  expect([code, stdout]).toEqual([code === 6 ? 6 : 0, stdout])
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'done',
    balanced: true,
    counts: { drifted: 0, rejected: 0, unknown: 0 },
    verify: { ok: true },
  })
  expect(kills).toBeGreaterThan(4)

  const now = truth(simulator)
  expect([...now.keys()].sort()).toEqual([...before.keys()].sort())
  const different = [...before].flatMap(([id, was]) => slotsOf(was, now.get(id)))
  const named = planned.losses.reduce((sum: number, { count }: { count: number }) => sum + count, 0)
  expect(different).toHaveLength(named)
}, 120_000)
