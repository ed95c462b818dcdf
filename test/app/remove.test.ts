/** Removing through the apply step, at an account that does not play along. */
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatedRequest, SimulatedResponse } from '../../src/connector/simulator.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'
import { undoPlan } from './undo-acts.ts'
import { allOps, truth } from './undo-truth.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

/** 60 people moved to an empty account, and the plan that removes them again. */
async function moved(): Promise<{ readonly accounts: TwoAccounts; readonly plan: string }> {
  const accounts = twoAccounts({
    seed: 13,
    from: { platform: 'infusionsoft', contacts: 60 },
    to: { platform: 'adaptix', contacts: 0 },
  })
  open.push(accounts)
  const { run } = await accounts.run('migrate')
  return { accounts, plan: (await undoPlan(accounts, run.id)).id }
}

/** Puts somebody between the program and the account: null passes a request on. */
function between(
  { to }: TwoAccounts,
  answer: (request: SimulatedRequest) => SimulatedResponse | null,
): void {
  const { handle } = to
  Object.assign(to, {
    handle: (request: SimulatedRequest) => answer(request) ?? handle.call(to, request),
  })
}
const isRemoval = ({ method, url }: SimulatedRequest) =>
  method === 'DELETE' && url.includes('/contacts/')
const says = (status: number, body: unknown): SimulatedResponse => ({
  status,
  headers: { 'content-type': 'application/json', date: 'Sun, 01 Nov 2026 09:00:00 GMT' },
  body: JSON.stringify(body),
})

describe('an account', () => {
  it('that acknowledges and removes nobody is left after the first one', async () => {
    const { accounts, plan } = await moved()
    const before = truth(accounts.to)
    let asked = 0
    between(accounts, (request) => {
      if (!isRemoval(request)) return null
      asked += 1
      return says(200, { contact: { id: null } })
    })
    const ran = await accounts.run('apply', { plan })
    expect(ran.run).toMatchObject({
      status: 'stopped',
      reason: expect.stringContaining('removed and acknowledged, but is there'),
    })
    expect(asked).toBe(1)
    expect(truth(accounts.to)).toEqual(before)
  })
  it('that never answers for one of them loses the others, and that one is named', async () => {
    const { accounts, plan } = await moved()
    const [, , , stuck = ''] = truth(accounts.to).keys()
    between(accounts, (request) =>
      isRemoval(request) && request.url.includes(`/contacts/${stuck}/`)
        ? says(500, { error: { message: 'boom', code: 500 } })
        : null,
    )
    const ran = await accounts.run('apply', { plan })
    expect(ran.run.status).toBe('done')
    expect(ran.counts).toMatchObject({ balanced: true, rejected: 0, unknown: 1, drifted: 0 })
    expect([...truth(accounts.to).keys()]).toEqual([stuck])
  })
  it('that refuses one of them loses the others', async () => {
    const { accounts, plan } = await moved()
    const [, , , , kept = ''] = truth(accounts.to).keys()
    between(accounts, (request) =>
      isRemoval(request) && request.url.includes(`/contacts/${kept}/`)
        ? says(400, { errors: [{ message: 'in use', code: 400 }] })
        : null,
    )
    const ran = await accounts.run('apply', { plan })
    expect(ran.run.status).toBe('done')
    expect(ran.counts).toMatchObject({ balanced: true, rejected: 1, unknown: 0 })
    expect([...truth(accounts.to).keys()]).toEqual([kept])
    expect((await allOps(accounts, plan)).size).toBeGreaterThan(40)
  })
})

describe('somebody who comes to the target between plan and apply', () => {
  it('takes the create of the run there, and is not removed by its undo', async () => {
    const accounts = twoAccounts({
      seed: 13,
      from: { platform: 'infusionsoft', contacts: 40 },
      to: { platform: 'adaptix', contacts: 0 },
    })
    open.push(accounts)
    const { run } = await accounts.run('plan')
    const email = await create(accounts)
    const applied = await accounts.run('apply', { plan: run.plan })
    const theirs = accounts.to.snapshot().filter(({ emails }) => emails.includes(email))
    expect(theirs).toHaveLength(1)
    const plan = await undoPlan(accounts, applied.run.id)
    expect(plan.rejects).toMatchObject([{ cause: expect.stringContaining('was there before') }])
    await accounts.run('apply', { plan: plan.id })
    expect([...truth(accounts.to).keys()]).toEqual([theirs[0]?.id])
  })
})

/** A person of the source signs up at the target by herself. Answers with her address. */
async function create(accounts: TwoAccounts): Promise<string> {
  const emails = accounts.from.snapshot().map(({ emails: [first = ''] }) => first)
  const email = emails.find((each) => each !== '' && emails.filter((e) => e === each).length === 1)
  if (email === undefined) throw new Error('nobody has an address of her own')
  const app = await accounts.open()
  try {
    const writer = await app.writer('target')
    const { signal } = new AbortController()
    await writer.catalog(signal)
    const nothing = { add: [], remove: [] }
    const fields = { 'emails.1': email }
    const sets = { tags: nothing, groups: nothing, consents: [], current: null }
    const write = { key: 'herself', op: 'create', id: null, fields, ...sets } as const
    expect(await writer.write([write], signal)).toMatchObject([{ kind: 'done' }])
  } finally {
    await app.close()
  }
  return email
}
