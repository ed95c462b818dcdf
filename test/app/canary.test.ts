/** The first, small batches of a run are read back: a target that does not keep what it acknowledges stops the run before it does more harm. */
import { afterEach, expect, it } from 'vitest'
import { SIMULATORS } from '../../connectors/simulators.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { patientClock } from '../patient-clock.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'
import { over } from './two-way-world.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

/** Acknowledges everything about contacts, and keeps of it only what `keeps` says. */
function forgetful(whole: Simulator, keeps: (key: string) => boolean): Simulator {
  const part = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(part)
      : Object.fromEntries(Object.entries(value as object).filter(([key]) => keeps(key)))
  const cut = (request: SimulatedRequest): SimulatedRequest =>
    /\/contacts\/(batch|new|\d+\/edit)/.test(request.url) && whole.isMutation(request)
      ? { ...request, body: JSON.stringify(part(JSON.parse(request.body))) }
      : request
  return new Proxy(whole, {
    get: (target, name) =>
      name === 'handle'
        ? (request: SimulatedRequest) => target.handle(cut(request))
        : Reflect.get(target, name, target),
  })
}

function world(keeps: (key: string) => boolean, contacts: number): TwoAccounts {
  const made = SIMULATORS.find(({ platform }) => platform === 'adaptix')
  if (made === undefined) throw new Error('no simulator')
  const clock = patientClock(Date.parse('2026-11-01T09:00:00Z'))
  const one = twoAccounts({
    from: { platform: 'infusionsoft', contacts },
    to: {
      platform: 'adaptix',
      contacts: 0,
      simulator: forgetful(
        made.create({ contacts: 0, seed: 4, now: () => clock.now(), quirks: {} }),
        keeps,
      ),
    },
    seed: 4,
    clock,
  })
  open.push(one)
  return one
}

it('a target that keeps only names and addresses: the run stops after its first batch, and says how much is missing', async () => {
  const one = world((key) => ['id', 'email', 'firstname', 'lastname'].includes(key), 60)
  const { run } = await one.run('migrate')
  expect(run.reason).toMatch(
    /of \d+ values written to the first contacts, \d+ are not there when read back/,
  )
  expect(run.status).not.toBe('done')
  expect(one.to.snapshot().length).toBeLessThan(20)
})

it('one value that the target does not keep tells nothing: the run goes on, and does what is left', async () => {
  const one = world((key) => key !== 'city', 8)
  // One city among all that is written to the first contacts.
  expect((await one.run('migrate')).run.status).toBe('done')
  const { pairs, edit } = over(one)
  const [pair] = await pairs()
  if (pair === undefined) throw new Error('nobody is linked')
  await edit('from', pair.from, { 'addresses.main.city': 'Ockham' })
  one.clock.advance(3_600_000)
  const { run, writes } = await one.run('sync')
  expect([run.status, run.reason]).toEqual(['done', null])
  expect(writes).toBeGreaterThan(0)
})
