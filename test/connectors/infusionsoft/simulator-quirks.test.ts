/** Logins and quirks of the simulated account: each switch does what its table says. */
import { describe, expect, it } from 'vitest'
import type { SimulatedResponse } from '../../../src/connector/simulator.ts'
import { type Account, account, decode, request, type Struct } from './simulator-client.ts'

const count = request('DataService.count', 'x', 'Contact', {})
const ids = (rows: readonly Struct[]) => rows.map((row) => Number(row['Id']))

function allIds(of: Account): readonly number[] {
  return ids(of.rows('DataService.query', 'Contact', 1000, 0, {}, ['Id'], 'Id', true))
}

describe('logins', () => {
  it('take every credential where it belongs', () => {
    const of = account(3, { login: 'apiKey' })
    expect(of.simulator.basePath).toBe('/api/xmlrpc')
    const apiKey = of.simulator.auth['apiKey'] ?? ''
    const legacy = (key: string) =>
      of.send(request('DataService.count', key, 'Contact', {}), {}, '/api/xmlrpc/v1').body
    expect(decode(legacy(apiKey))).toBeTypeOf('number')
    expect(() => decode(legacy('wrong'))).toThrow('fault 2 [InvalidKey]')
    // While keys were being retired, a legacy key went to the gateway as a header.
    expect(of.send(count, { 'x-keap-api-key': apiKey }, '/crm/xmlrpc').status).toBe(200)
    const { accessToken = '' } = account(3, { login: 'accessToken' }).simulator.auth
    expect(
      of.send(count, { authorization: `Bearer ${accessToken}` }, '/crm/xmlrpc/v1').status,
    ).toBe(200)
    expect(of.send(count, {}, `/crm/xmlrpc/v1?access_token=${accessToken}`).status).toBe(200)
  })

  it('refuse others with 401 and JSON on the gateway, or with fault 2', () => {
    const of = account(3)
    for (const headers of [{}, { 'x-keap-api-key': 'wrong' }, { authorization: 'Bearer wrong' }]) {
      const answer = of.send(count, headers)
      expect(answer.status).toBe(401)
      expect(JSON.parse(answer.body)).toHaveProperty('fault.faultstring')
    }
    const fault = account(3, { loginFault: true }).send(count, { 'x-keap-api-key': 'wrong' })
    expect(() => decode(fault.body)).toThrow('fault 2 [InvalidKey]Invalid Access Token')
  })

  it('begin with one prefix, so that leaks can be found', () => {
    for (const login of ['serviceKey', 'accessToken', 'apiKey', 'oauth']) {
      const { auth } = account(1, { login }).simulator
      expect(Object.values(auth).every((secret) => secret.startsWith('KeapAK-'))).toBe(true)
    }
  })

  it('rotate OAuth tokens: the old refresh token is spent, the access token runs out', () => {
    const of = account(3, { login: 'oauth', tokenLifeSeconds: 100 })
    const { auth } = of.simulator
    const basic = `Basic ${btoa(`${auth['clientId']}:${auth['clientSecret']}`)}`
    const refresh = (token: string, authorization = basic): SimulatedResponse =>
      of.send(
        new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }).toString(),
        { authorization },
        '/token',
      )
    const read = (token: string) => of.send(count, { authorization: `Bearer ${token}` }).status
    expect(read(auth['accessToken'] ?? '')).toBe(200)
    of.clock.now += 100_000
    expect(read(auth['accessToken'] ?? '')).toBe(401)
    expect(refresh(auth['refreshToken'] ?? '', 'Basic wrong').status).toBe(401)
    const first = refresh(auth['refreshToken'] ?? '')
    const tokens = JSON.parse(first.body) as Record<string, string>
    expect(tokens['scope']).toBe('full|ferry123.infusionsoft.com')
    expect(read(tokens['access_token'] ?? '')).toBe(200)
    expect(refresh(auth['refreshToken'] ?? '').status).toBe(400)
    expect(refresh(tokens['refresh_token'] ?? '').status).toBe(200)
    expect(of.simulator.isMutation({ method: 'POST', url: '/token', headers: {}, body: '' })).toBe(
      false,
    )
  })

  it('are revoked after so many calls', () => {
    const of = account(3, { revokeAfter: 2 })
    expect([1, 2, 3].map(() => of.send(count).status)).toEqual([200, 200, 401])
  })
})

describe('answers by number of call', () => {
  it.each<[string, number, RegExp]>([
    [
      'json429Every',
      429,
      /^\{"code":"429","message":"Quota Exceeded","status":"Request Throttled"\}$/,
    ],
    ['htmlEvery', 200, /^<!DOCTYPE html>.*Developer Inactive/],
    ['unavailableEvery', 503, /^<!DOCTYPE html>/],
    [
      'throttleFaultEvery',
      200,
      /<i4>500<\/i4>.*Server encountered exception: com\.infusionsoft\.throttle\.ThrottlingException: Maximum number of threads throttled/,
    ],
    ['invalidConfigEvery', 200, /<i4>1<\/i4>.*\[InvalidConfig\]/],
    ['unexpectedEvery', 200, /<i4>3<\/i4>.*\[UnexpectedError\]/],
  ])('%s replaces the answer and the call has no effect', (quirk, status, body) => {
    const of = account(3, { [quirk]: 2 })
    of.send(count)
    const answer = of.send(request('ContactService.add', 'x', { FirstName: 'Lost' }))
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(body)
    expect(answer.headers['date']).toBeDefined()
    expect(of.simulator.snapshot()).toHaveLength(3)
    expect(of.send(count).status).toBe(200)
  })

  it('blankBodyEvery and truncateAt spoil the answer of a call that took effect', () => {
    const blank = account(3, { blankBodyEvery: 1 })
    expect(blank.send(request('ContactService.add', 'x', {})).body).toBe('')
    expect(blank.simulator.snapshot()).toHaveLength(4)
    const short = account(3, { truncateAt: 2 })
    const bodies = [1, 2, 3].map(() => short.send(count).body)
    expect(bodies[0]).toBe(bodies[2])
    expect(bodies[0]?.startsWith(bodies[1] ?? '-')).toBe(true)
    expect(() => decode(bodies[1] ?? '')).toThrow()
  })

  it('limits refuse what is above them until the window ends, and say so in headers', () => {
    const of = account(3, { perSecond: 2, perMinute: 3, perDay: 100 })
    const statuses = () => [1, 2, 3].map(() => of.send(count).status)
    expect(statuses()).toEqual([200, 200, 429])
    of.clock.now += 1000
    // The minute has room for one more.
    expect(statuses()).toEqual([200, 429, 429])
    of.clock.now += 60_000
    const { headers } = of.send(count)
    expect(headers).toMatchObject({
      'x-keap-product-spike-limit': '2ps',
      'x-keap-product-throttle-available': '2',
      'x-keap-product-quota-limit': '100',
    })
  })
})

describe('rows that move or break', () => {
  it('keyset conditions work, are ignored or fault', () => {
    const beyond = (of: Account, id: number) =>
      ids(of.rows('DataService.query', 'Contact', 1000, 0, { Id: `~>~ ${id}` }, ['Id'], 'Id', true))
    const works = account(30)
    expect(beyond(works, 20)).toEqual(allIds(works).filter((id) => id > 20))
    const ignored = account(30, { keyset: 'ignored' })
    expect(beyond(ignored, 20)).toEqual(allIds(ignored))
    expect(() => beyond(account(30, { keyset: 'fault' }), 20)).toThrow('fault 0')
  })

  it('pageSizeCap shortens pages without a word', () => {
    const of = account(30, { pageSizeCap: 10 })
    const page = (n: number) =>
      ids(of.rows('DataService.query', 'Contact', 25, n, {}, ['Id'], 'Id', true))
    expect(page(0)).toHaveLength(10)
    expect(page(1)[0]).toBeGreaterThan(page(0)[9] ?? 0)
  })

  it('unstableTies change places from call to call', () => {
    const order = (of: Account) =>
      JSON.stringify(of.rows('DataService.query', 'Contact', 1000, 0, {}, ['Id'], 'OwnerID', true))
        .match(/\d+/g)
        ?.join()
    const stable = account(60)
    expect(order(stable)).toBe(order(stable))
    const unstable = account(60, { unstableTies: true })
    expect(order(unstable)).not.toBe(order(unstable))
  })

  it('editEvery changes a contact by hand', () => {
    const of = account(10, { editEvery: 2 })
    of.send(count)
    of.send(count)
    const edited = of.rows('DataService.query', 'Contact', 9, 0, { JobTitle: 'Edited by hand%' }, [
      'LastUpdated',
      'LastUpdatedBy',
    ])
    expect(edited).toEqual([{ LastUpdated: { date: '20260203T12:00:00' }, LastUpdatedBy: 1 }])
  })

  it('vanishField removes a custom field while somebody uses it', () => {
    const of = account(10, { vanishField: { name: 'PlanLevel0', after: 2 } })
    const load = () => of.rows('DataService.query', 'Contact', 1, 0, {}, ['Id', '_PlanLevel0'])
    expect(load()).toHaveLength(1)
    expect(load()).toHaveLength(1)
    expect(load).toThrow('fault 10 [NoFieldFound]Contact._PlanLevel0')
    expect(
      of.rows('DataService.query', 'DataFormField', 9, 0, { Name: 'PlanLevel0' }, ['Id']),
    ).toEqual([])
  })

  it('illegalCharacterRow spoils every page that holds it, as a reference or raw', () => {
    const [, , id = 0] = allIds(account(10))
    const query = (n: number) =>
      request('DataService.query', 'x', 'Contact', 1000, 0, { Id: n }, [
        'Id',
        'LastName',
        'City',
        'Email',
        'FirstName',
      ])
    const of = account(10, { illegalCharacterRow: id })
    expect(of.send(query(id)).body).toContain('&#11;</value>')
    expect(() => decode(of.send(query(id)).body)).toThrow()
    expect(decode(of.send(query(id + 1)).body)).toHaveLength(1)
    const raw = account(10, { illegalCharacterRow: id, illegalCharacterRaw: true })
    expect(raw.send(query(id)).body).toContain('\u000b')
  })

  it('poisonContact faults alone', () => {
    const [first = 0, second = 0] = allIds(account(10))
    const of = account(10, { poisonContact: second })
    expect(() => of.call('ContactService.load', second, ['Id'])).toThrow('fault 6 [LoadingError]')
    expect(() => of.call('DataService.load', 'Contact', second, ['Id'])).toThrow('fault 6')
    expect(() => of.call('ContactService.update', second, {})).toThrow('fault 4')
    expect(of.call('ContactService.load', first, ['Id'])).toEqual({ Id: first })
  })

  it('missing and forbidden tables fault, and a missing id may be answered with nothing', () => {
    const of = account(3, {
      missingTables: ['EmailAddStatus'],
      forbiddenTables: ['User'],
      missingUpdate: 'empty',
    })
    const query = (table: string) => () => of.call('DataService.query', table, 1, 0, {}, ['Id'])
    expect(query('EmailAddStatus')).toThrow('fault 9')
    expect(query('User')).toThrow('fault 14 [NoAccess]')
    expect(of.call('ContactService.update', 99_999, { FirstName: 'x' })).toBe('')
  })

  it('emptyStart has nothing but users and a place for custom fields', () => {
    const of = account(50, { emptyStart: true })
    expect(of.simulator.snapshot()).toEqual([])
    for (const table of [
      'Contact',
      'ContactGroup',
      'DataFormField',
      'Campaign',
      'EmailAddStatus',
    ]) {
      expect(of.call('DataService.count', table, {}), table).toBe(0)
    }
    expect(of.call('DataService.addCustomField', 'Contact', 'First', 'Text', 1)).toBe(1)
    const id = of.call('ContactService.add', { FirstName: 'A', _First: 'b' })
    expect(of.call('ContactService.load', Number(id), ['_First'])).toEqual({ _First: 'b' })
  })
})

describe('values the documents leave open', () => {
  const kept = (
    quirks: Readonly<Record<string, unknown>>,
    fields: Readonly<Record<string, string>>,
  ) => {
    const of = account(1, quirks)
    const id = Number(of.call('ContactService.add', fields))
    return of.call('ContactService.load', id, Object.keys(fields))
  }

  it('emoji are kept, lost or refused', () => {
    expect(kept({}, { FirstName: 'Lu 🌙' })).toEqual({ FirstName: 'Lu 🌙' })
    expect(kept({ emoji: 'lost' }, { FirstName: 'Lu 🌙' })).toEqual({ FirstName: 'Lu ?' })
    expect(() => kept({ emoji: 'fault' }, { FirstName: 'Lu 🌙' })).toThrow('fault 4')
  })

  it('text may be kept with HTML entities, or cut', () => {
    const canary = 'A & B <c> "d"'
    expect(kept({}, { FirstName: canary })).toEqual({ FirstName: canary })
    expect(kept({ htmlEntities: true }, { FirstName: canary })).toEqual({
      FirstName: 'A &amp; B &lt;c&gt; &quot;d&quot;',
    })
    expect(kept({ overlong: 'cut' }, { FirstName: 'x'.repeat(300) })).toEqual({
      FirstName: 'x'.repeat(255),
    })
  })

  it('dates may be cleared with nothing, or not at all', () => {
    const cleared = (clearDates: string, with_: string) => {
      const of = account(1, { clearDates })
      const id = Number(of.call('ContactService.add', { Birthday: '1972-02-29' }))
      of.call('ContactService.update', id, { Birthday: with_ })
      return Object.keys(of.call('ContactService.load', id, ['Birthday'])).length === 0
    }
    expect(cleared('zero', '')).toBe(false)
    expect(cleared('zero', '0')).toBe(true)
    expect(cleared('empty', '')).toBe(true)
    expect(cleared('never', '0')).toBe(false)
  })

  it('tags may touch LastUpdated', () => {
    const touched = (tagTouchesContact: boolean) => {
      const of = account(1, { tagTouchesContact })
      const id = Number(of.call('ContactService.add', {}))
      of.clock.now += 60_000
      of.call('ContactService.addToGroup', id, 91)
      return of.call('ContactService.load', id, ['LastUpdated'])
    }
    expect(touched(false)).toEqual({ LastUpdated: { date: '20260203T12:00:00' } })
    expect(touched(true)).toEqual({ LastUpdated: { date: '20260203T12:01:00' } })
  })

  it('numbers may come as text and scalars with line ends around', () => {
    const of = account(200, { numbersAsText: true })
    const rows = of.rows('DataService.query', 'Contact', 1000, 0, {}, [
      '_Founded',
      '_CreditLimit',
      '_Discount',
      '_Children',
    ])
    const types = (name: string) =>
      new Set(rows.flatMap((row) => typeof (row[name] ?? [])).filter((type) => type !== 'object'))
    expect([...types('_Founded'), ...types('_CreditLimit'), ...types('_Discount')]).toEqual([
      'string',
      'string',
      'string',
    ])
    expect([...types('_Children')]).toEqual(['number'])
    const padded = account(3, { padded: true })
    expect(padded.send(count).body).toMatch(/<i4>\s+\d+\s+<\/i4>/)
    expect(padded.call('DataService.count', 'Contact', {})).toBe(
      account(3).call('DataService.count', 'Contact', {}),
    )
  })

  it('the clock may run at another offset and the tenant have another name', () => {
    const of = account(1, { timeZoneOffset: 345, tenant: 'other' })
    const id = Number(of.call('ContactService.add', {}))
    expect(of.call('ContactService.load', id, ['DateCreated'])).toEqual({
      DateCreated: { date: '20260203T22:45:00' },
    })
    expect(of.call('DataService.getAppSetting', 'Application', 'appname')).toBe('other')
  })
})

describe('a large account', () => {
  it('is read to the end by key set, each id once', () => {
    const of = account(20_000)
    const seen = new Set<number>()
    let last = 0
    for (;;) {
      const page = ids(
        of.rows('DataService.query', 'Contact', 1000, 0, { Id: `~>~ ${last}` }, ['Id'], 'Id', true),
      )
      if (page.length === 0) break
      for (const id of page) seen.add(id)
      last = page.at(-1) ?? last
    }
    expect(seen.size).toBe(of.call('DataService.count', 'Contact', {}))
    expect(seen.size).toBeGreaterThan(20_000)
    expect(of.simulator.counts.read).toBeLessThan(25)
  })
})
