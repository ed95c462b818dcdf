/** The stream of opt states: what a scan with a bound asks for, and what it does not believe. */
import { describe, expect, it } from 'vitest'
import { decodeCall } from '../../../connectors/infusionsoft/reply.ts'
import type { SimulatedRequest } from '../../../src/connector/simulator.ts'
import { type Bench, bench, type BenchOptions, NEVER, type Scanned, scanAll } from './bench.ts'

const SMALL_PAGES = { contacts: 300, limits: { pageSize: 10 } } as const
const KINDS = 17

/** Whose state a scan tells. */
function told(scanned: Scanned): string[] {
  return scanned.rows.flatMap((row) =>
    row.kind === 'consent' ? [`${row.consent.address} ${row.consent.state}`] : [],
  )
}

function asked(on: Bench, from: number, method: string): (readonly unknown[])[] {
  return on.sent
    .slice(from)
    .map((request) => decodeCall(request.body))
    .filter((call) => call.method === method)
    .map((call) => call.parameters)
}

function scan(on: Bench, since: string | null = null): Promise<Scanned> {
  return scanAll(on, { stream: 'consents', since })
}

async function people(on: Bench): Promise<string[]> {
  const { rows } = await scanAll(on)
  return rows.flatMap((row) => {
    const email = row.kind === 'contact' ? row.sighting.fields['emails.1'] : null
    return typeof email === 'string' ? [email] : []
  })
}

function optOut(on: Bench, email: string): Promise<unknown> {
  const input = { email, optOutReason: 'asked by phone' }
  return on.run(on.writer.call('APIEmailService.optOut', input, NEVER))
}

/** Answers a count as the server would not. */
function counting(answer: (filter: Readonly<Record<string, string>>) => number | null) {
  return ({ body }: SimulatedRequest): string | null => {
    const { method, parameters } = decodeCall(body)
    if (method !== 'DataService.count' || parameters[1] !== 'EmailAddStatus') return null
    const count = answer(parameters[2] as Record<string, string>)
    return count === null
      ? null
      : `<methodResponse><params><param><value><i4>${count}</i4></value></param></params></methodResponse>`
  }
}

async function scanned(options: Partial<BenchOptions> = {}) {
  const on = bench({ ...SMALL_PAGES, ...options })
  const whole = await scan(on)
  return { on, whole, high: whole.last.high, sent: on.sent.length }
}

describe('opt states', () => {
  it('are counted where nothing moved, and one page proves that nobody is new', async () => {
    const { on, high, sent } = await scanned()
    const again = await scan(on, high)
    expect(again.rows).toEqual([])
    expect(again.last.high).toBe(high)
    expect(asked(on, sent, 'DataService.count').length).toBeGreaterThanOrEqual(KINDS + 1)
    expect(asked(on, sent, 'DataService.query')).toHaveLength(1)
  })

  it('are read anew for those words of which there are more or fewer', async () => {
    const { on, whole, high } = await scanned()
    const [somebody = ''] = (await people(on)).filter((email) =>
      told(whole).includes(`${email} granted`),
    )
    await optOut(on, somebody)
    const sent = on.sent.length
    const again = await scan(on, high)
    expect(told(again)).toContain(`${somebody} refused`)
    const filters = asked(on, sent, 'DataService.query').map((parameters) => parameters[4])
    expect(filters.every((filter) => JSON.stringify(filter).match(/Manual|~>~/))).toBe(true)
    expect(told(again).every((text) => text.endsWith('refused'))).toBe(true)
    const third = await scan(on, again.last.high)
    expect(third.rows).toEqual([])
  })

  it('are told of addresses that are new since', async () => {
    const { on, high } = await scanned()
    const data = { FirstName: 'New', Email: 'new.person@example.com' }
    await on.run(on.writer.call('ContactService.add', { data }, NEVER))
    await optOut(on, 'new.person@example.com')
    expect(told(await scan(on, high))).toContain('new.person@example.com refused')
  })

  it('of which one wrong zero is told are asked for twice', async () => {
    let glitches = 0
    const { on, high } = await scanned({
      intercept: counting(({ Type }) => (Type === 'Manual' && glitches-- > 0 ? 0 : null)),
    })
    glitches = 1
    const again = await scan(on, high)
    expect(again.rows).toEqual([])
    expect(again.last.high).toBe(high)
  })

  it('that a page left out are read again with the next scan, for what was seen counts', async () => {
    let glitches = 0
    const { on, high } = await scanned({
      intercept: ({ body }) => {
        const { method, parameters } = decodeCall(body)
        const isManual =
          method === 'DataService.query' && JSON.stringify(parameters[4] ?? {}).includes('Manual')
        return isManual && glitches-- > 0
          ? '<methodResponse><params><param><value><array><data></data></array></value></param></params></methodResponse>'
          : null
      },
    })
    const [somebody = ''] = await people(on)
    await optOut(on, somebody)
    glitches = 1
    const again = await scan(on, high)
    expect(told(again)).not.toContain(`${somebody} refused`)
    expect(told(await scan(on, again.last.high))).toContain(`${somebody} refused`)
  })

  it.each([
    ['the counts do not add up', () => 3],
    ['the table is said to be empty', () => 0],
    ['there is a word that nobody knows', () => null],
  ])('are all read where %s', async (why, answer) => {
    let isWrong = false
    const isUnknown = why.includes('word')
    const { on, whole, high } = await scanned({
      intercept: counting((filter) => {
        if (!isWrong) return null
        // One row has a word that is counted in no question.
        return isUnknown ? (Object.keys(filter).length === 0 ? 100_000 : null) : answer()
      }),
    })
    isWrong = true
    const again = await scan(on, high)
    expect(told(again).sort()).toEqual(told(whole).sort())
  })

  it('are all read where the table is small, the bound is not one, or the server does not count', async () => {
    const small = bench({ contacts: 40 })
    const first = await scan(small)
    const sent = small.sent.length
    expect((await scan(small, first.last.high)).rows).toHaveLength(first.rows.length)
    expect(asked(small, sent, 'DataService.count')).toEqual([])
    const { on, whole } = await scanned()
    expect((await scan(on, 'something else')).rows).toHaveLength(whole.rows.length)
  })

  it('leave no bound where the table could not be read provably', async () => {
    const { whole } = await scanned({ quirks: { keyset: 'ignored' } })
    expect(whole.last).toMatchObject({ high: null, isProven: false })
  })
})

describe('the state of one person', () => {
  const person = (email: string) => ({
    id: '1' as never,
    version: null,
    createdAt: null,
    updatedAt: null,
    fields: { 'emails.1': email },
  })
  it('is asked for, and asked again where nothing is on record', async () => {
    const { on } = await scanned()
    const [somebody = ''] = await people(on)
    await optOut(on, somebody)
    const [own] = (await on.run(
      on.reader.consentsOf?.(person(somebody), NEVER) as never,
    )) as never[]
    expect(own).toMatchObject({ address: somebody, state: 'refused' })
    const sent = on.sent.length
    const nobody = person('nobody@example.com')
    expect(await on.run(on.reader.consentsOf?.(nobody, NEVER) as never)).toEqual([])
    expect(asked(on, sent, 'DataService.query')).toHaveLength(2)
  })
  it('cannot be asked for where the server would take the address for a condition', async () => {
    const { on } = await scanned()
    expect(await on.run(on.reader.consentsOf?.(person('50%@x.de'), NEVER) as never)).toBeNull()
  })
})

it('the hours between two whole readings are a setting', () => {
  const every = (options: Record<string, unknown>) =>
    bench({ options }).reader.capabilities.streams.consents
  expect(every({})).toMatchObject({ since: 'moved', wholeEveryMs: 6 * 3_600_000 })
  expect(every({ optStatesWholeHours: 1 })).toMatchObject({ wholeEveryMs: 3_600_000 })
  expect(every({ optStatesWholeHours: 0 })).toMatchObject({ since: 'none' })
  expect(() => every({ optStatesWholeHours: 'often' })).toThrow('optStatesWholeHours')
})
