/** The program is killed again and again (kill -9), and given the same command each time: nothing lost, nothing doubled. */
import { afterAll, expect, it } from 'vitest'
import { randomStream } from '../../src/simulation/random.ts'
import { account, ferry } from './killed.ts'
import { shape } from './shape.ts'

const CONTACTS = 300
const KILLS = 20
const SEED = 5
const MIGRATE = ['migrate', 'move']
const WORLD = { seed: SEED, people: CONTACTS, there: 0 }
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

it(`ends in the same state after ${KILLS} kills as without any`, async () => {
  const calm = await account(closing, WORLD)
  expect(await ferry(calm, MIGRATE, null)).toMatchObject({ signal: null })
  const random = randomStream(SEED)
  for (let kills = 0; kills < KILLS; ) {
    const rough = await account(closing, WORLD)
    let ended = await ferry(rough, MIGRATE, moment(random))
    while (ended.signal === 'SIGKILL') {
      kills += 1
      ended = await ferry(rough, MIGRATE, kills < KILLS ? moment(random) : null)
    }
    expect([0, 5, 6]).toContain(ended.code)
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'done', balanced: true })
    expect(shape(rough.adaptix.simulator)).toEqual(shape(calm.adaptix.simulator))
    expect(rough.adaptix.simulator.consentBreaches).toEqual([])
    const markers = rough.adaptix.simulator.snapshot().map((contact) => contact.fields['ferry_key'])
    expect(new Set(markers).size).toBe(markers.length)
  }
}, 180_000)

/** Somewhere between reading its configuration and its last request, in milliseconds. */
function moment(random: () => number): number {
  return 350 + Math.floor(random() * 900)
}
