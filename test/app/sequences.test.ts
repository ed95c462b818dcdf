/** People in a sequence of the source are put into one of the target: once, and nobody who is opted out. */
import { afterEach, describe, expect, it } from 'vitest'
import { SIMULATORS } from '../../connectors/simulators.ts'
import type { App } from '../../src/app/app.ts'
import { work } from '../../src/app/run.ts'
import type { SequenceReader } from '../../src/connector/connector.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { type PlanId, type RemoteId, remoteId, type Side } from '../../src/model/id.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { type TwoAccounts, twoAccounts, using } from './two-accounts.ts'

const SEED = 11
const PEOPLE = 30
const SEQUENCES =
  '    guards: { maxChangedPercent: 100, maxOverwritePercent: 100 }\n    mapping: { sequences: { 1: 2 } }\n'
const START = /automations\/2\/contact\/\d+\/add|addToCampaign/

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

type Door = (request: SimulatedRequest, inner: Simulator) => ReturnType<Simulator['handle']> | null
interface World extends TwoAccounts {
  /** What stands before the target: an answer of its own, or null. */
  door: Door | null
  /** Starts that the target was asked for. */
  asked(): number
}

function world(from: string, to: string, more: { sync?: string; there?: number } = {}): World {
  let asked = 0
  const clock = { at: Date.parse('2026-11-01T09:00:00Z') }
  const made = (platform: string, contacts: number): Simulator => {
    const module = SIMULATORS.find((one) => one.platform === platform)
    if (module === undefined) throw new Error(`no simulator of ${platform}`)
    return module.create({ contacts, seed: SEED, quirks: {}, now: () => clock.at })
  }
  const inner = made(to, more.there ?? 3)
  const target: Simulator = {
    ...inner,
    get counts() {
      return inner.counts
    },
    get consentBreaches() {
      return inner.consentBreaches
    },
    handle(request) {
      const isStart = START.test(request.url) || START.test(request.body)
      if (!isStart) return inner.handle(request)
      asked += 1
      return all.door?.(request, inner) ?? inner.handle(request)
    },
  }
  const accounts = twoAccounts({
    from: { platform: from, contacts: PEOPLE, simulator: made(from, PEOPLE) },
    to: { platform: to, contacts: 0, simulator: target },
    seed: SEED,
    sync: more.sync ?? SEQUENCES,
  })
  const all: World = Object.assign(accounts, { door: null, asked: () => asked })
  open.push(all)
  return all
}

const { signal } = new AbortController()

function sequencesOf(app: App, side: Side): SequenceReader {
  const { sequences } = app.env.accounts('move').reader(side)
  if (sequences === undefined) throw new Error('no sequences')
  return sequences
}

async function members(
  on: TwoAccounts,
  side: Side,
  sequence: string,
): Promise<readonly RemoteId[]> {
  return using(on, async (app) => {
    const found: RemoteId[] = []
    for (let position: string | null = null; ; ) {
      const page: Awaited<ReturnType<SequenceReader['members']>> = await sequencesOf(
        app,
        side,
      ).members({ sequence, position }, signal)
      found.push(...page.contacts)
      if (page.next === null) return found
      position = page.next
    }
  })
}

function startAtSource(on: TwoAccounts, ids: readonly string[]): Promise<void> {
  return using(on, async (app) => {
    const { start } = app.env.accounts('move').writer('from')
    for (const id of ids) await start?.('1', remoteId(id), signal)
  })
}

function optedOut(on: TwoAccounts, side: Side, id: string): boolean {
  return on[side].snapshot().some((contact) => contact.id === id && contact.optedOut.length > 0)
}

function linked(on: TwoAccounts, ids: readonly RemoteId[]): Promise<readonly RemoteId[]> {
  return using(on, async (app) =>
    (await app.store.links.byFrom('move', ids)).map(({ toId }) => toId),
  )
}

const everybody = (on: TwoAccounts): string[] => on.from.snapshot().map(({ id }) => id)
const sorted = (ids: readonly string[]): string[] => [...ids].sort()

describe.each([
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'infusionsoft'],
])('from %s to %s', (from, to) => {
  it('puts in whoever is in it, once, and nobody who is opted out', async () => {
    const on = world(from, to)
    await startAtSource(on, everybody(on).slice(0, 20))
    const planned = await on.run('plan')
    expect(on.asked()).toBe(0)
    expect(planned.writes).toBe(0)
    const ran = await on.run('sync')
    expect(ran.run.status).toBe('done')
    const inside = await members(on, 'from', '1')
    const free = inside.filter((id) => !optedOut(on, 'from', id))
    expect(free.length).toBeGreaterThan(2)
    expect(free.length).toBeLessThan(inside.length)
    const wanted = await linked(on, free)
    expect(wanted.length).toBeGreaterThan(2)
    expect(sorted(await members(on, 'to', '2'))).toEqual(sorted(wanted))
    expect(on.asked()).toBe(wanted.length)
    expect(ran.report.facts.starts).toContainEqual({
      sequence: '1',
      target: '2',
      state: 'done',
      count: wanted.length,
    })
    for (let again = 0; again < 2; again += 1) await on.run('sync', { isFull: again === 1 })
    expect(on.asked()).toBe(wanted.length)
    expect(on.to.consentBreaches).toEqual([])
  })

  it('starts nobody again whose answer got lost', async () => {
    const on = world(from, to)
    on.door = (request, inner) => ({ ...inner.handle(request), status: 502, body: '' })
    await startAtSource(on, everybody(on).slice(0, 20))
    const ran = await on.run('sync')
    expect(ran.run.status).toBe('done')
    const inside = await members(on, 'to', '2')
    expect(inside.length).toBeGreaterThan(2)
    expect(on.asked()).toBe(inside.length)
    expect(ran.report.facts.starts?.map(({ state }) => state)).not.toContain('unknown')
    await on.run('sync')
    expect(on.asked()).toBe(inside.length)
  })

  it('asks a person about a start that left no trace, and sees what they did', async () => {
    const on = world(from, to)
    on.door = () => ({ status: 502, headers: {}, body: '' })
    await startAtSource(on, everybody(on).slice(0, 20))
    await on.run('sync')
    const asked = on.asked()
    expect(asked).toBeGreaterThan(2)
    on.door = null
    const ran = await on.run('sync')
    expect(on.asked()).toBe(asked)
    expect(await members(on, 'to', '2')).toEqual([])
    const holds = () =>
      using(on, async (app) =>
        (await app.store.cases.list({ sync: 'move', kind: 'hold', limit: 99 })).filter(
          ({ cause }) => cause.startsWith('sequence 2'),
        ),
      )
    const open = await holds()
    expect(open).toHaveLength(asked)
    expect(ran.run.status).toBe('done')
    const [byHand] = open
    await using(on, async (app) => {
      await app.env
        .accounts('move')
        .writer('to')
        .start?.('2', remoteId(byHand?.record ?? ''), signal)
    })
    await on.run('sync')
    expect((await holds()).map(({ record }) => record)).not.toContain(byHand?.record)
    expect(await holds()).toHaveLength(asked - 1)
  })

  it('leaves alone who is in it already, and whose record waits', async () => {
    const on = world(from, to)
    await on.run('sync')
    const free = everybody(on).filter((id) => !optedOut(on, 'from', id)) as RemoteId[]
    const [inside, waits, plain] = await using(on, async (app) => {
      const links = await app.store.links.byFrom('move', free)
      const before = await app.store.starts.among('move', '1', free)
      const fresh = links.filter(({ fromId }) => before.every(({ source }) => source !== fromId))
      await app.env
        .accounts('move')
        .writer('to')
        .start?.('2', fresh[0]?.toId as RemoteId, signal)
      const plans = await app.store.plans.list('move', 1)
      const [about] = (
        await app.store.plans.opsOfRecord('move', 'from', fresh[1]?.fromId as RemoteId, 1)
      ).map(({ op }) => op.op.seq)
      const outcome = { id: null, message: 'refused', hint: null, path: null }
      const ended = { seq: about ?? 0, state: 'rejected', outcome } as const
      await app.store.plans.settle(plans[0]?.id as PlanId, [ended])
      return fresh
    })
    if (inside === undefined || waits === undefined || plain === undefined)
      throw new Error(`seed ${SEED}: too few people`)
    await startAtSource(on, [inside.fromId, waits.fromId, plain.fromId])
    const before = on.asked()
    const source = await members(on, 'from', '1')
    expect(source).toEqual(expect.arrayContaining([inside.fromId, waits.fromId, plain.fromId]))
    await on.run('sync')
    const after = await members(on, 'to', '2')
    expect(after).toContain(plain.toId)
    expect(after).not.toContain(waits.toId)
    expect(on.asked() - before).toBe(1)
  })

  it('is killed between intent and answer, and goes on without a second start', async () => {
    for (const arrives of [true, false]) {
      const on = world(from, to)
      await startAtSource(on, everybody(on).slice(0, 20))
      const killed = new AbortController()
      on.door = (request, inner) => {
        if (on.asked() !== 2) return null
        if (arrives) inner.handle(request)
        killed.abort(new Error('killed'))
        return { status: 502, headers: {}, body: '' }
      }
      const request = { sync: 'move', kind: 'sync', isFull: false, plan: null } as const
      await using(on, async (app) => {
        const runner = inlineRunner(app.env, { concurrency: 4 })
        await expect(work(app, request, runner, killed.signal)).rejects.toThrow('killed')
        expect((await app.store.starts.open('move', 9)).map(({ state }) => state)).toEqual(['sent'])
      })
      const ran = await on.run('sync')
      expect(ran.run.status).toBe('done')
      const inside = await members(on, 'to', '2')
      expect(on.asked()).toBe(arrives ? inside.length : inside.length + 1)
      const states = ran.report.facts.starts?.map(({ state }) => state) ?? []
      expect(states.includes('unknown')).toBe(!arrives)
    }
  })
})

it('looks again right before: who opted out or left since the plan is not started', async () => {
  const on = world('infusionsoft', 'adaptix')
  await startAtSource(on, everybody(on).slice(0, 20))
  const { run } = await on.run('plan')
  const mailable = (await members(on, 'from', '1')).filter((id) => !optedOut(on, 'from', id))
  const [regretful, gone] = mailable
  const email = on.from.snapshot().find(({ id }) => id === regretful)?.emails[0] ?? ''
  await using(on, async (app) => {
    const writer = app.env.accounts('move').writer('from')
    await writer.call('APIEmailService.optOut', { email, optOutReason: 'asked' }, signal)
    const input = { contactId: Number(gone), followUpSequenceId: 1 }
    await writer.call('ContactService.removeFromCampaign', input, signal)
  })
  await on.run('apply', { plan: run.plan })
  const inside = await members(on, 'to', '2')
  expect(inside.length).toBeGreaterThan(0)
  const others = await linked(on, [regretful, gone] as RemoteId[])
  expect(others).toHaveLength(2)
  expect(inside.filter((id) => others.includes(id))).toEqual([])
  expect(on.to.consentBreaches).toEqual([])
})

it('leaves out whose record waits for a decision', async () => {
  const on = world('infusionsoft', 'adaptix')
  const twins = await using(on, async (app) => {
    const writer = app.env.accounts('move').writer('from')
    const ids: string[] = []
    for (const FirstName of ['Ada', 'Eve']) {
      const data = { FirstName, LastName: 'Twin', Email: 'twin@example.com' }
      ids.push(String(await writer.call('ContactService.add', { data }, signal)))
    }
    const optIn = { email: 'twin@example.com', optInReason: 'form' }
    await writer.call('APIEmailService.optIn', optIn, signal)
    return ids
  })
  await startAtSource(on, twins)
  const { run } = await on.run('plan')
  const planned = await using(on, (app) => app.store.plans.header(run.plan as never))
  expect(planned?.sequences?.[0]?.left).toBeGreaterThanOrEqual(2)
  await on.run('sync')
  expect(await linked(on, twins.map(remoteId))).toEqual([])
  expect(on.to.snapshot().filter(({ emails }) => emails.includes('twin@example.com'))).toEqual([])
})

it('is stopped by a guard when an id is on neither side', async () => {
  const mapping = '    mapping: { sequences: { 77: 2, 1: 88 } }\n'
  const on = world('infusionsoft', 'adaptix', { sync: mapping })
  const { run } = await on.run('sync')
  expect(run.status).toBe('blocked')
  expect(run.reason).toContain('source has no sequence 77')
  expect(run.reason).toContain('target has no sequence 88')
  expect(on.asked()).toBe(0)
})

it('is refused where a platform has no sequences', async () => {
  const on = world('infusionsoft', 'xml-spec')
  await expect(on.run('plan')).rejects.toThrow(/target \(xml-spec\) has no sequences/)
})

it('names what an undo cannot take back', async () => {
  const on = world('infusionsoft', 'adaptix')
  await startAtSource(on, everybody(on).slice(0, 20))
  const ran = await on.run('sync')
  const undo = await on.run('undo', { undoes: ran.run.id })
  const plan = await using(on, (app) => app.store.plans.header(undo.run.plan as never))
  expect(plan?.warnings.join('\n')).toMatch(/cannot be undone: \d+ people were put into sequence 2/)
})
