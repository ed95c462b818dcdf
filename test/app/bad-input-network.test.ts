/** What goes wrong between us and a platform: the command says so with its code, and given again it ends where an undisturbed one ends. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SimulatedResponse } from '../../src/connector/simulator.ts'
import { type Account, type Meddle, twins } from '../cli/accounts.ts'
import { shape } from './shape.ts'
import { type Ran, type World, type WorldOptions, world } from '../cli/in-process.ts'

const open: World[] = []
function made(options: WorldOptions = {}): World {
  const one = world(options)
  open.push(one)
  return one
}
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** The target after a migration that nothing disturbs. Two people share an address and wait for a decision: code 6. */
let undisturbed: readonly string[] = []
beforeAll(async () => {
  const calm = made()
  expect(await calm.run('migrate')).toMatchObject({ code: 6, failure: null })
  undisturbed = shape(calm.to.simulator)
  expect(undisturbed.length).toBeGreaterThan(30)
})

function expectWhole(one: World, ran: Ran): void {
  expect(ran).toMatchObject({ code: 6, failure: null, counts: { balanced: true } })
  expect(shape(one.to.simulator)).toEqual(undisturbed)
  expect(twins(one.to)).toEqual([])
  expect(one.to.simulator.consentBreaches).toEqual([])
}

/** From the request with that number on, of those that the pattern fits. */
function from({ number, of = /./ }: Moment, trouble: Meddle): Meddle {
  let requests = 0
  return (request, honest) => {
    if (of.test(request.url)) requests += 1
    return requests < number ? null : trouble(request, honest)
  }
}
interface Moment {
  readonly number: number
  readonly of?: RegExp
}
function answered(status: number, body: string, headers: Record<string, string> = {}): Meddle {
  const response: SimulatedResponse = { status, headers, body }
  return () => response
}
const PAGE = '<!DOCTYPE html><html><head><title>One moment, please</title></head></html>'

interface Trouble {
  readonly name: string
  readonly meddle: Meddle
  readonly code: number
  readonly says: RegExp
  readonly hint: RegExp
}
const AGAIN = /give the same command again/
const TROUBLES: readonly Trouble[] = [
  {
    name: 'a key that is revoked',
    meddle: answered(401, '{"errors":[{"code":401,"message":"The key is gone."}]}'),
    code: 3,
    says: /refused \(401\)|answered 401/,
    hint: /key|password[\s\S]*ferry doctor/,
  },
  {
    name: 'a right that is taken away',
    meddle: answered(403, '{"errors":[{"code":403,"message":"Not yours."}]}'),
    code: 3,
    says: /403/,
    hint: AGAIN,
  },
  {
    name: 'HTML with 200',
    meddle: answered(200, PAGE, { 'content-type': 'text/html' }),
    code: 9,
    says: /HTML page|web page/,
    hint: /url[\s\S]*same command again/,
  },
  {
    name: 'a body that is cut, its effect done',
    meddle: (_, honest) => {
      const answer = honest()
      return { ...answer, body: answer.body.slice(0, answer.body.length >> 1) }
    },
    code: 9,
    says: /ends in the middle|is cut/,
    hint: AGAIN,
  },
  {
    name: 'an empty body, its effect done',
    meddle: (_, honest) => ({ ...honest(), body: '' }),
    code: 9,
    says: /empty|cut or is not JSON/,
    hint: AGAIN,
  },
  {
    name: 'a storm of 429 that does not end',
    meddle: answered(429, 'Request Throttled', { 'retry-after': '2' }),
    code: 9,
    says: /answered 429/,
    hint: AGAIN,
  },
  {
    name: 'a quota that is spent for the day',
    meddle: answered(429, 'Request Throttled', { 'retry-after': '36000' }),
    code: 9,
    // Whoever waited in line behind that request is turned away with the same reason.
    says: /answered 429|asked for 36000 s of quiet \(429\)/,
    hint: /same command again[\s\S]*Not before 600 min from now/,
  },
  {
    name: 'a 500, its effect done',
    meddle: (_, honest) => {
      honest()
      return { status: 500, headers: {}, body: 'Internal Server Error' }
    },
    code: 9,
    says: /answered 500/,
    hint: AGAIN,
  },
  {
    name: 'a maintenance page with 503',
    meddle: answered(503, PAGE),
    code: 9,
    says: /answered 503/,
    hint: AGAIN,
  },
]

const IN_THE_CATALOGUE = { number: 3 }
const IN_THE_PAGES = { number: 13 }
const AMONG_NEW_TAGS = { number: 9, of: /\/tags\/new/ }
const AMONG_NEW_PEOPLE = { number: 2, of: /\/contacts\/batch/ }

describe.each([
  { side: 'from', name: 'source', moments: [IN_THE_CATALOGUE, IN_THE_PAGES] },
  { side: 'to', name: 'target', moments: [AMONG_NEW_TAGS, AMONG_NEW_PEOPLE] },
] as const)('at the $name', ({ side, name, moments }) => {
  it.each(TROUBLES)(
    '$name: code $code, the connection and the next step; then the same command ends whole',
    async ({ meddle, code, says, hint }) => {
      for (const moment of moments) {
        const one = made()
        const account: Account = one[side]
        account.meddle = from(moment, meddle)
        const broken = await one.run('migrate')
        expect(broken.failure, JSON.stringify(moment)).toMatchObject({
          code,
          message: expect.stringMatching(says),
          hint: expect.stringMatching(hint),
        })
        expect(broken.failure?.message).toMatch(new RegExp(`^${name}: `))
        for (const secret of one.secrets)
          expect(JSON.stringify(broken.failure)).not.toContain(secret)
        account.meddle = null
        expectWhole(one, await one.run('migrate'))
      }
    },
  )
})

describe('nobody listening any more', () => {
  it.each([
    { side: 'from', name: 'source', moment: IN_THE_CATALOGUE },
    { side: 'from', name: 'source', moment: IN_THE_PAGES },
    { side: 'to', name: 'target', moment: AMONG_NEW_TAGS },
    { side: 'to', name: 'target', moment: AMONG_NEW_PEOPLE },
  ] as const)(
    '$name, $moment: code 9; back again, the same command ends whole',
    async ({ side, name, moment }) => {
      const one = made()
      one[side].meddle = from(moment, (_, honest) => {
        one.disconnect(side)
        return honest()
      })
      const broken = await one.run('migrate')
      expect(broken.failure).toMatchObject({
        code: 9,
        kind: 'unreachable',
        message: expect.stringMatching(new RegExp(`^${name}: .*no connection`)),
        hint: expect.stringMatching(AGAIN),
      })
      one[side].meddle = null
      one.reconnect(side)
      expectWhole(one, await one.run('migrate'))
    },
  )
})

describe('while it lasts', () => {
  it('a key that is replaced by a new one goes on where the old one stopped', async () => {
    const one = made()
    const old = one.env['SOURCE_SERVICEKEY'] ?? ''
    one.from.meddle = from(IN_THE_PAGES, (request, honest) =>
      request.headers['x-keap-api-key'] === old
        ? { status: 401, headers: {}, body: 'Invalid Access Token' }
        : honest(),
    )
    expect(await one.run('migrate')).toMatchObject({ code: 3 })
    expect(await one.run('migrate')).toMatchObject({ code: 3 })
    // The account takes the new key, which the simulator behind it does not know.
    one.env['SOURCE_SERVICEKEY'] = 'KeapAK-test-renewed'
    one.from.meddle = (request) =>
      request.headers['x-keap-api-key'] === 'KeapAK-test-renewed'
        ? one.from.simulator.handle({
            ...request,
            headers: { ...request.headers, 'x-keap-api-key': old },
          })
        : { status: 401, headers: {}, body: 'Invalid Access Token' }
    expectWhole(one, await one.run('migrate'))
  })

  it('a storm of 429 on both sides is waited out in one command', async () => {
    const one = made()
    const stormy = (every: number): Meddle => {
      let requests = 0
      return () =>
        ++requests % every === 0
          ? null
          : { status: 429, headers: { 'retry-after': '1' }, body: 'Request Throttled' }
    }
    one.from.meddle = stormy(4)
    one.to.meddle = stormy(3)
    expectWhole(one, await one.run('migrate'))
  })

  it('every request failing in another way is survived in one command', async () => {
    const rates = {
      lostAnswer: 0.03,
      resetBefore: 0.03,
      truncated: 0.02,
      html: 0.02,
      serverError: 0.03,
    }
    const one = made({ faults: { from: rates, to: rates } })
    let ran = await one.run('migrate')
    for (let again = 0; ran.code === 9 && again < 5; again += 1) ran = await one.run('migrate')
    expectWhole(one, ran)
  })
})

it('a dry run writes nothing, whatever goes wrong', async () => {
  for (const { meddle } of TROUBLES) {
    const one = made()
    one.to.meddle = from(IN_THE_CATALOGUE, meddle)
    for (const kind of ['plan', 'verify'] as const) expect((await one.run(kind)).writes).toBe(0)
  }
})
