/** Opt-outs where the source's table of opt states is not read each time: nobody is re-subscribed, whatever moves or does not. */
import { afterEach, expect, it } from 'vitest'
import { decodeCall } from '../../connectors/infusionsoft/reply.ts'
import { infusionsoftSimulator } from '../../connectors/infusionsoft/simulator.ts'
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import { patientClock } from '../patient-clock.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

const HOUR = 3_600_000
const ANSWER = '<methodResponse><params><param><value>'

/** An account whose answers can be changed on their way; `asked` holds the calls since it was last emptied. */
function watched() {
  const clock = patientClock(Date.parse('2026-11-01T09:00:00Z'))
  const inner = infusionsoftSimulator.create({
    contacts: 300,
    seed: 21,
    quirks: {},
    now: clock.now,
  })
  const asked: { readonly method: string; readonly parameters: readonly unknown[] }[] = []
  const watch = { instead: (_: (typeof asked)[number]): string | null => null }
  const simulator = {
    ...inner,
    get counts() {
      return inner.counts
    },
    handle(request: SimulatedRequest) {
      const call = decodeCall(request.body)
      asked.push(call)
      const instead = watch.instead(call)
      if (instead === null) return inner.handle(request)
      const headers = { 'content-type': 'text/xml', date: new Date(clock.now()).toUTCString() }
      const body = `${ANSWER}${instead}</value></param></params></methodResponse>`
      return { status: 200, headers, body }
    },
  }
  return { simulator, clock, asked, watch }
}

async function migrated(before: (world: TwoAccounts) => Promise<unknown> = async () => null) {
  const source = watched()
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 0, pageSize: 10, simulator: source.simulator },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 21,
    clock: source.clock,
  })
  open.push(world)
  await before(world)
  const { run } = await world.run('migrate')
  expect(run.status).toBe('done')
  world.clock.advance(HOUR / 2)
  // What a migration leaves to be looked at again is done.
  await world.run('sync')
  source.asked.length = 0
  return { world, ...source }
}

async function at(world: TwoAccounts, operation: string, input: Record<string, unknown>) {
  const app = await world.open()
  try {
    return await (await app.writer('source')).call(operation, input, new AbortController().signal)
  } finally {
    await app.close()
  }
}
const optOut = (world: TwoAccounts, email: string) =>
  at(world, 'APIEmailService.optOut', { email, optOutReason: 'asked by phone' })

/** Somebody at the target who may be mailed there. */
function somebody(world: TwoAccounts, place: number): string {
  const free = world.to
    .snapshot()
    .filter(({ optedOut, emails }) => emails[0] && optedOut.length === 0)
  return free[place]?.emails[0] ?? ''
}
function isOptedOut(world: TwoAccounts, email: string): boolean {
  const found = world.to.snapshot().filter(({ emails }) => emails[0] === email)
  expect(found).toHaveLength(1)
  return (found[0]?.optedOut.length ?? 0) > 0
}
function pagesOfStates(asked: ReturnType<typeof watched>['asked']): number {
  return asked.filter(
    ({ method, parameters }) =>
      method === 'DataService.query' && parameters[1] === 'EmailAddStatus',
  ).length
}

it('a sync of a quiet account reads no page of states but the one that shows nobody new', async () => {
  const { world, asked } = await migrated()
  const { counts, writes } = await world.run('sync')
  expect([counts.balanced, writes]).toEqual([true, 0])
  expect(pagesOfStates(asked)).toBe(1)
})

it('a new opt-out travels with the next sync', async () => {
  const { world } = await migrated()
  const email = somebody(world, 5)
  await optOut(world, email)
  const { counts } = await world.run('sync')
  expect(counts).toMatchObject({ applied: 1, balanced: true })
  expect(isOptedOut(world, email)).toBe(true)
  expect((await world.run('sync')).writes).toBe(0)
})

it('two who change places within one state are found by the next whole reading', async () => {
  const { world, watch } = await migrated()
  const email = somebody(world, 5)
  // Somebody else, at the same hour, took an opt-out back: the numbers stay as they were.
  const numbers = new Map<string, number>()
  watch.instead = ({ method, parameters }) => {
    const { Type } = (parameters[2] ?? {}) as { readonly Type?: string }
    if (method !== 'DataService.count' || Type === undefined) return null
    return numbers.has(Type) ? `<i4>${numbers.get(Type)}</i4>` : null
  }
  for (const Type of ['Manual', 'SingleOptIn', 'DoubleOptin', 'Confirmed', 'UnengagedMarketable']) {
    const input = { table: 'EmailAddStatus', queryData: { Type } }
    numbers.set(Type, Number(await at(world, 'DataService.count', input)))
  }
  await optOut(world, email)
  await world.run('sync')
  expect(isOptedOut(world, email)).toBe(false)
  world.clock.advance(6 * HOUR)
  await world.run('sync')
  expect(isOptedOut(world, email)).toBe(true)
})

it('an emptied table opts nobody in, and its return nobody twice', async () => {
  const { world, watch, asked } = await migrated()
  const before = world.to.snapshot().map(({ id, optedOut }) => [id, optedOut])
  watch.instead = ({ method, parameters }) => {
    if (parameters[1] !== 'EmailAddStatus') return null
    return method === 'DataService.count' ? '<i4>0</i4>' : '<array><data></data></array>'
  }
  const edited = somebody(world, 7)
  const { id } = world.from.snapshot().find(({ emails }) => emails[0] === edited) ?? { id: '' }
  await at(world, 'ContactService.update', { contactId: Number(id), data: { FirstName: 'Edited' } })
  expect((await world.run('sync')).counts.applied).toBe(1)
  // Asked twice, as a whole table is.
  expect(pagesOfStates(asked)).toBeGreaterThanOrEqual(2)
  watch.instead = () => null
  expect((await world.run('sync')).writes).toBe(0)
  expect(world.to.snapshot().map((one) => [one.id, one.optedOut])).toEqual(before)
})

it('whoever is created has been asked about, though no count moved', async () => {
  const early = 'said.no.early@example.com'
  const { world, asked } = await migrated((before) => optOut(before, early))
  await at(world, 'ContactService.add', { data: { FirstName: 'Late', Email: early } })
  asked.length = 0
  expect((await world.run('sync')).counts.applied).toBe(1)
  expect(isOptedOut(world, early)).toBe(true)
  // The one that shows nobody new, and the question.
  expect(pagesOfStates(asked)).toBe(2)
})

it('many who changed are worth the whole table, and are created opted out', async () => {
  const early = Array.from({ length: 60 }, (_, place) => `early.${place}@example.com`)
  const { world } = await migrated(async (before) => {
    for (const email of early) await optOut(before, email)
  })
  for (const Email of early) await at(world, 'ContactService.add', { data: { Email } })
  expect((await world.run('sync')).counts.applied).toBe(early.length)
  expect(early.filter((email) => !isOptedOut(world, email))).toEqual([])
  expect((await world.run('sync')).writes).toBe(0)
})
