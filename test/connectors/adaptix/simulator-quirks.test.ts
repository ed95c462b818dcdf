import { describe, expect, test } from 'vitest'
import { create, idsOf, start, valuesOf } from './simulator-driver.ts'

const json = { 'content-type': 'application/json' }

describe('quirks', () => {
  test('that nobody knows, or of another kind, throw', () => {
    expect(() => start({ nonsense: 1 })).toThrow('unknown quirk of adaptix: nonsense')
    expect(() => start({ version: '4.9' })).toThrow('one of')
    expect(() => start({ batchLimit: '5' })).toThrow('wants a number')
  })

  test('an empty list looks as the release has it', () => {
    expect(start().get('/contacts').text).toBe('{"total":"0","contacts":{}}')
    expect(start({ version: '3.3' }).get('/contacts').text).toBe('{"total":"0","contacts":[]}')
    expect(start({ emptyListAs: 'array' }).get('/contacts').json['contacts']).toEqual([])
  })

  test('the version header has two names', () => {
    expect(start({ version: '7.0' }).get('/contacts').headers['adaptix-version']).toBe('7.0.0')
    const upstream = start({ versionHeader: 'Mautic-Version', version: '5.2' })
    expect(upstream.get('/contacts').headers['mautic-version']).toBe('5.2.0')
    expect(upstream.get('/hooks/triggers').text).toContain('mautic.lead_post_save_new')
  })

  test('automations answer under their path and key', () => {
    const driver = start({}, 2)
    expect(driver.get('/automations').json['campaigns']?.['1']).toMatchObject({
      name: 'Welcome series',
    })
    expect(driver.get('/automations/1').json['campaign']?.['id']).toBe(1)
    expect(driver.get('/campaigns').status).toBe(404)
    expect(driver.send('POST', '/automations/1/contact/2/add').json).toEqual({ success: 1 })
    expect(driver.get('/contacts/2/automations').json).toMatchObject({
      total: 1,
      campaigns: { '1': { id: 1, manuallyAdded: true, listMembership: [] } },
    })
    expect(driver.get('/automations/1/contacts').json['contacts']?.[0]?.['lead_id']).toBe('2')
    const upstream = start(
      { automationsPath: 'campaigns', automationsKey: 'automations', successAs: 'boolean' },
      1,
    )
    expect(upstream.get('/campaigns').json).toHaveProperty('automations')
    expect(upstream.send('POST', '/campaigns/1/contact/1/add').json).toEqual({ success: true })
  })

  test('without plus operators a filter by in is no filter', () => {
    const driver = start({ plusOperators: false })
    create(driver, { email: 'a@b.test' }, {})
    const query = 'where[0][col]=email&where[0][expr]=in&where[0][val]=a@b.test'
    expect(driver.get(`/contacts?${query}`).json['total']).toBe('2')
  })

  test('several unique fields may have to match together', () => {
    const driver = start({ uniqueOperator: 'AND' })
    driver.send('POST', '/fields/contact/new', {
      label: 'Key',
      alias: 'cust_no',
      isUniqueIdentifier: 1,
    })
    create(driver, { cust_no: 'K7', email: 'k@b.test' })
    expect(driver.send('POST', '/contacts/new', { cust_no: 'K7', email: 'x@b.test' }).status).toBe(
      201,
    )
    expect(driver.send('POST', '/contacts/new', { cust_no: 'k7', email: 'K@b.test' }).status).toBe(
      200,
    )
  })

  test('cells can be full, a deleted id kept, places guessed from an IP', () => {
    const driver = start({ fullCells: true, deletedIdInEcho: true, geoIp: true })
    const [id = 0] = create(driver, { email: 'a@b.test', ipAddress: '192.0.2.1' })
    const core = driver.get(`/contacts/${id}`).json['contact']?.['fields']?.['core']
    expect(core?.['email']).toMatchObject({ object: 'lead', is_fixed: '1', default_value: null })
    expect(core?.['country']?.['value']).toBe('Germany')
    expect(driver.send('DELETE', `/contacts/${id}/delete`).json['contact']?.['id']).toBe(id)
  })

  test('tags and bulk adding to segments may be missing', () => {
    expect(start({ noTagsEndpoint: true }).get('/tags').status).toBe(404)
    const driver = start({ noSegmentsBulk: true }, 1)
    expect(driver.send('POST', '/segments/1/contacts/add', { ids: [1] }).status).toBe(404)
    expect(driver.send('POST', '/segments/1/contact/1/add').status).toBe(200)
  })

  test('IP addresses and tags grow with the release', () => {
    const driver = start({ version: '5.1' })
    create(driver, { ipAddress: '192.0.2.1', tags: ['a'] })
    const contact = driver.get('/contacts/1').json['contact']
    expect(contact?.['ipAddresses']?.[0]).toMatchObject({ ipAddress: '192.0.2.1' })
    expect(contact?.['tags']).toEqual([{ id: 1, tag: 'a', description: null }])
  })
})

describe('dateModified', () => {
  /** Seconds after creation at which dateModified stands; null: never set. */
  function modifiedAfter(quirks: object, body: object, more = 0): number | null {
    const driver = start({ ...quirks })
    create(driver, { email: 'a@b.test', city: 'Oslo' })
    driver.advance(60_000)
    driver.send('PATCH', '/contacts/1/edit', body)
    for (let i = 0; i < more; i++) {
      driver.advance(60_000)
      driver.send('PATCH', '/contacts/1/edit', { city: `Rome ${i}` })
    }
    const at = driver.get('/contacts/1').json['contact']?.['dateModified']
    return at === null ? null : (Date.parse(String(at)) - Date.UTC(2026, 2, 1, 9, 15)) / 1000
  }
  const dnc = { doNotContact: [{ channel: 'email' }] }
  const active = { lastActive: '2026-01-01 00:00:00' }

  test.each<[string, object, object, number | null]>([
    ['a field', {}, { city: 'Rome' }, 60],
    ['the same value', {}, { city: 'Oslo' }, null],
    [
      'the same value where every save counts',
      { dateModifiedBump: 'always' },
      { city: 'Oslo' },
      60,
    ],
    ['a tag', {}, { tags: ['x'] }, 60],
    ['an opt-out until 5.1', { version: '5.1' }, dnc, 60],
    ['an opt-out from 5.2', { version: '5.2' }, dnc, null],
    ['activity until 4.4', {}, active, 60],
    ['activity from 5.x', { version: '5.1' }, active, null],
    ['anything in 6.0', { version: '6.0' }, { city: 'Rome' }, 0],
    [
      'anything in 7.0, were it repaired',
      { version: '7.0', dateModifiedBump: 'changes' },
      { city: 'Rome' },
      60,
    ],
  ])('and %s', (_, quirks, body, seconds) => {
    expect(modifiedAfter(quirks, body)).toBe(seconds)
  })

  test('never moves again once filled, where it is stuck', () => {
    expect(modifiedAfter({ dateModifiedBump: 'never' }, { city: 'Rome' }, 2)).toBe(60)
  })

  test('does not move for segments, automations, notes and companies', () => {
    const driver = start({}, 3)
    const before = driver.get('/contacts/1').json['contact']?.['dateModified']
    driver.send('POST', '/segments/1/contact/1/add')
    driver.send('POST', '/automations/1/contact/1/add')
    driver.send('POST', '/notes/new', { lead: 1, text: 'x' })
    driver.send('POST', '/companies/new', { companyname: 'Fresh' })
    driver.send('POST', '/companies/1/contact/1/add')
    expect(driver.get('/contacts/1').json['contact']?.['dateModified']).toBe(before)
  })
})

describe('what lists do not show yet', () => {
  test('from 5.1 a remembered zero empties the page for five seconds, while GET by id knows', () => {
    const driver = start({ version: '5.1' })
    const look = '/contacts?where[0][col]=email&where[0][expr]=in&where[0][val]=a@b.test'
    expect(driver.get(look).json['total']).toBe('0')
    create(driver, { email: 'a@b.test' })
    driver.advance(4000)
    expect(driver.get(look).json).toEqual({ total: '0', contacts: {} })
    expect(driver.get('/contacts/1').status).toBe(200)
    driver.advance(2000)
    expect(driver.get(look).json['total']).toBe('1')
  })

  test('a lagging replica hides what is new', () => {
    const driver = start({ visibilityLagMs: 6000 })
    create(driver, { email: 'a@b.test' })
    expect(idsOf(driver.get('/contacts'))).toEqual([])
    driver.advance(6000)
    expect(idsOf(driver.get('/contacts'))).toEqual([1])
  })
})

describe('logging in', () => {
  const get = (
    driver: ReturnType<typeof start>,
    headers: Record<string, string>,
    url = '/api/contacts',
  ) => driver.raw('GET', url, headers, '')

  test('needs credentials, and says which are wrong', () => {
    const driver = start()
    const none = get(driver, {})
    expect([none.status, none.json['errors']?.[0]?.['type']]).toEqual([401, 'access_denied'])
    expect(none.json['errors']?.[0]).not.toHaveProperty('details')
    expect(none.headers).not.toHaveProperty('adaptix-version')
    expect(none.headers).toHaveProperty('date')
    const wrong = get(driver, { authorization: 'Bearer nonsense' })
    expect(wrong.json['errors']?.[0]).toMatchObject({ code: 401, type: 'invalid_grant' })
    expect(get(driver, { authorization: `Basic ${btoa('sync:wrong')}` }).status).toBe(401)
  })

  test('can be switched off, as a whole or for Basic', () => {
    expect(start({ basicAuth: false }).get('/contacts').status).toBe(403)
    const off = start({ apiEnabled: false }).get('/contacts')
    expect([off.status, off.json['errors']?.[0]?.['type']]).toEqual([403, 'api_disabled'])
  })

  test('takes a token in the header, the query or the body', () => {
    const driver = start({ auth: 'bearer' })
    const { accessToken = '' } = driver.simulator.auth
    expect(get(driver, { authorization: `Bearer ${accessToken}` }).status).toBe(200)
    expect(get(driver, {}, `/api/contacts?access_token=${accessToken}`).status).toBe(200)
    const body = JSON.stringify({ access_token: accessToken })
    expect(driver.raw('POST', '/api/contacts/new', json, body).status).toBe(201)
  })

  function token(driver: ReturnType<typeof start>, form: Record<string, string>) {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    return driver.raw('POST', '/oauth/v2/token', type, body)
  }

  test('by client credentials works from 4.x and expires', () => {
    const driver = start({ auth: 'client', tokenSeconds: 60 })
    const { clientId = '', clientSecret = '' } = driver.simulator.auth
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }
    const { status, json: body } = token(driver, form)
    expect(status).toBe(200)
    expect(body).toMatchObject({ expires_in: 60, token_type: 'bearer' })
    expect(body).not.toHaveProperty('refresh_token')
    const headers = { authorization: `Bearer ${String(body['access_token'])}` }
    expect(get(driver, headers).status).toBe(200)
    driver.advance(60_000)
    expect(get(driver, headers).json['errors']?.[0]).toMatchObject({
      message: 'The access token provided has expired.',
      type: 'invalid_grant',
    })
    expect(token(driver, { ...form, client_secret: 'x' }).json).toMatchObject({
      error: 'invalid_client',
    })
    expect(token(start({ version: '3.3', auth: 'client' }), form).status).toBe(400)
  })

  test('by refresh token rotates it', () => {
    const driver = start({ auth: 'refresh' })
    const { clientId = '', clientSecret = '', refreshToken = '' } = driver.simulator.auth
    const form = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret }
    const first = token(driver, { ...form, refresh_token: refreshToken })
    expect(
      get(driver, { authorization: `Bearer ${String(first.json['access_token'])}` }).status,
    ).toBe(200)
    expect(token(driver, { ...form, refresh_token: refreshToken }).status).toBe(400)
    const next = String(first.json['refresh_token'])
    expect(token(driver, { ...form, refresh_token: next }).status).toBe(200)
  })

  test('by authorization code works once', () => {
    const driver = start({ auth: 'client' })
    const { clientId = '', clientSecret = '' } = driver.simulator.auth
    const redirect = 'https://ferry.test/back'
    const query = `client_id=${clientId}&redirect_uri=${redirect}&response_type=code&state=s1`
    const answer = driver.raw('GET', `/oauth/v2/authorize?${query}`, {}, '')
    const back = new URL(answer.headers['location'] ?? '')
    expect([answer.status, back.searchParams.get('state')]).toEqual([302, 's1'])
    const code = back.searchParams.get('code') ?? ''
    const form = {
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret,
      code,
    }
    expect(token(driver, form).status).toBe(200)
    expect(token(driver, form).status).toBe(400)
  })

  test('stops after a while when revoked', () => {
    const driver = start({ revokeAfter: 2 })
    const statuses = [1, 2, 3].map(() => driver.get('/contacts').status)
    expect(statuses).toEqual([200, 200, 401])
  })
})

describe('rights', () => {
  test('may be for reading only', () => {
    const driver = start({ readOnly: true }, 1)
    expect(driver.get('/contacts/1').status).toBe(200)
    expect(driver.send('PATCH', '/contacts/1/edit', { city: 'Oslo' }).status).toBe(403)
    expect(driver.get('/contacts/list/fields').status).toBe(403)
  })

  test('may end at own records, which a where escapes', () => {
    const driver = start({ ownRecordsOnly: true, start: 'people' }, 4)
    create(driver, { email: 'own@b.test' })
    expect(idsOf(driver.get('/contacts?orderBy=id'))).toEqual([5])
    const all = '/contacts?where[0][col]=id&where[0][expr]=gt&where[0][val]=0'
    expect(driver.get(all).json['total']).toBe('5')
    expect(driver.get('/contacts/1').status).toBe(403)
    const batch = driver.send('PATCH', '/contacts/batch/edit', [
      { id: 1, city: 'x' },
      { id: 5, city: 'x' },
    ])
    expect(batch.json['statusCodes']).toEqual([403, 200])
    expect(batch.json['errors']?.[0]).toMatchObject({ code: 403, type: 'api' })
  })
})

describe('the way to the server', () => {
  test('is limited by the hour', () => {
    const driver = start({ rateLimitPerHour: 2 })
    const first = driver.get('/contacts')
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' })
    driver.get('/contacts')
    const third = driver.get('/contacts')
    expect(third.status).toBe(429)
    expect(third.headers).not.toHaveProperty('retry-after')
    expect(third.json['errors']?.[0]).toMatchObject({ code: 429, details: [] })
    const reset = Number(third.headers['x-ratelimit-reset']) * 1000
    expect(reset).toBe(Date.UTC(2026, 2, 1, 10, 15))
    driver.advance(3_600_000)
    expect(driver.get('/contacts').status).toBe(200)
  })

  test('may end at a gateway with a page of HTML', () => {
    const driver = start({ htmlEvery: 2, htmlStatus: 503 })
    expect(driver.send('POST', '/contacts/new', {}).status).toBe(201)
    const page = driver.send('POST', '/contacts/new', {})
    expect([page.status, page.headers['content-type']]).toEqual([503, 'text/html; charset=UTF-8'])
    expect(driver.simulator.snapshot()).toHaveLength(1)
  })

  test('may cut an answer whose effects are done', () => {
    const driver = start({ truncateEvery: 2 })
    driver.get('/contacts')
    const cut = driver.send('POST', '/contacts/new', { city: 'Oslo' })
    expect(cut.status).toBe(201)
    expect(() => JSON.parse(cut.text) as unknown).toThrow(SyntaxError)
    expect(driver.simulator.snapshot()[0]?.fields['city']).toBe('Oslo')
  })
})

describe('fields', () => {
  test('get an alias that is free and safe, and keep it', () => {
    const driver = start()
    const alias = (body: object) =>
      driver.send('POST', '/fields/contact/new', body).json['field']?.['alias']
    expect(alias({ label: 'Größe & Höhe des Kindes (in Zentimetern)' })).toBe(
      'grosse_hohe_des_kindes_in',
    )
    expect(alias({ label: 'City' })).toBe('city1')
    expect(alias({ label: 'Order' })).toBe('f_order')
    expect(alias({ label: '3D' })).toBe('f_3d')
    expect(alias({ label: 'X', alias: 'companyname' })).toBe('companyname1')
    expect(driver.send('POST', '/fields/contact/new', { label: 'contact_id' }).status).toBe(400)
    const edited = driver.send('PATCH', '/fields/contact/44/edit', {
      label: 'Y',
      alias: 'other',
      type: 'number',
    })
    expect(edited.json['field']).toMatchObject({
      label: 'Y',
      alias: 'grosse_hohe_des_kindes_in',
      type: 'text',
    })
  })

  test.each<[object, number]>([
    [{}, 400],
    [{ label: 'x'.repeat(192) }, 400],
    [{ label: 'A', type: 'colour' }, 400],
    [{ label: 'A', type: 'select' }, 400],
    [{ label: 'A', type: 'select', properties: { list: 'a|b' } }, 400],
    [{ label: 'A', type: 'boolean', properties: { yes: 'Ja' } }, 400],
    [{ label: 'A', type: 'boolean', properties: { yes: 'Ja', no: 'Nein' } }, 201],
    [{ label: 'A', group: 'nowhere' }, 400],
  ])('are checked: %j is %i', (body, status) => {
    expect(start().send('POST', '/fields/contact/new', body).status).toBe(status)
  })

  test('may be built in the background: 202, and unknown until a while later', () => {
    const driver = start({ backgroundFields: 60_000 })
    const made = driver.send('POST', '/fields/contact/new', { label: 'Ferry key' })
    expect(made.status).toBe(202)
    expect(made.json['field']).toMatchObject({ alias: 'ferry_key', isPublished: false })
    create(driver, { email: 'a@b.test', ferry_key: 'k1' })
    expect(valuesOf(driver, 1)).not.toHaveProperty('ferry_key')
    expect(
      driver.get('/contacts?where[0][col]=ferry_key&where[0][expr]=eq&where[0][val]=k1').status,
    ).toBe(500)
    driver.advance(60_000)
    const id = Number(made.json['field']?.['id'])
    expect(driver.get(`/fields/contact/${id}`).json['field']?.['isPublished']).toBe(true)
    driver.send('PATCH', '/contacts/1/edit', { ferry_key: 'k1' })
    expect(valuesOf(driver, 1)['ferry_key']).toBe('k1')
  })

  test('of text hold 64 characters from 5.1 unless asked for more, and the table has an end', () => {
    const driver = start({ version: '5.1', fieldLimit: 2 })
    driver.send('POST', '/fields/contact/new', { label: 'Short' })
    driver.send('POST', '/fields/contact/new', { label: 'Long', charLengthLimit: 191 })
    expect(driver.send('POST', '/contacts/new', { short: 'x'.repeat(65) }).status).toBe(400)
    expect(driver.send('POST', '/contacts/new', { long: 'x'.repeat(65) }).status).toBe(201)
    expect(driver.send('POST', '/fields/contact/new', { label: 'Third' }).status).toBe(500)
  })

  test('from 5.2 a save empties a choice that left the list', () => {
    const driver = start({ version: '5.2' })
    const properties = {
      list: [
        { label: 'A', value: 'a' },
        { label: 'B', value: 'b' },
      ],
    }
    const made = driver.send('POST', '/fields/contact/new', {
      label: 'Kind',
      type: 'select',
      properties,
    })
    create(driver, { kind: 'b', city: 'Oslo' })
    const id = Number(made.json['field']?.['id'])
    driver.send('PATCH', `/fields/contact/${id}/edit`, {
      properties: { list: [{ label: 'A', value: 'a' }] },
    })
    expect(valuesOf(driver, 1)['kind']).toBe('b')
    driver.send('PATCH', '/contacts/1/edit', { city: 'Rome' })
    expect(valuesOf(driver, 1)['kind']).toBeNull()
  })

  test('are listed by thirty', () => {
    const driver = start({}, 1)
    const page = driver.get('/fields/contact').json
    expect(page['fields']).toHaveLength(30)
    expect(driver.get('/fields/contact?start=30&limit=0').json['fields']).toHaveLength(
      Number(page['total']) - 30,
    )
    const plan = Object.values(
      driver.get('/fields/contact?limit=0&search=plan').json['fields'] ?? {},
    )[0]
    expect(plan).toMatchObject({
      type: 'select',
      properties: { list: expect.any(Array) as unknown },
    })
  })
})

describe('segments', () => {
  test('are made, filled one by one and in bulk, and told per contact', () => {
    const driver = start({}, 5)
    const made = driver.send('POST', '/segments/new', { name: 'Übrige Gäste', isPublished: 1 })
    expect(made.status).toBe(201)
    const list = made.json['list']
    expect(list).toMatchObject({ name: 'Übrige Gäste', alias: 'ubrige-gaste', filters: [] })
    const id = Number(list?.['id'])
    expect(driver.send('POST', `/segments/${id}/contact/1/add`).json).toEqual({ success: 1 })
    const bulk = driver.send('POST', `/segments/${id}/contacts/add`, { ids: [1, 2, 99] })
    expect(bulk.json).toEqual({
      success: 1,
      details: { '1': { success: true }, '2': { success: true }, '99': { success: false } },
    })
    expect(driver.send('POST', `/segments/${id}/contacts/add`, {}).status).toBe(400)
    expect(driver.get('/contacts/2/segments').json['lists']?.[String(id)]).toEqual({
      id,
      name: 'Übrige Gäste',
      alias: 'ubrige-gaste',
      dateAdded: '2026-03-01T09:15:00+00:00',
      manuallyAdded: true,
      manuallyRemoved: false,
    })
    driver.send('POST', `/segments/${id}/contact/2/remove`)
    expect(driver.get('/contacts/2/segments').json['lists']).not.toHaveProperty(String(id))
    expect(driver.send('POST', '/segments/999/contact/1/add').status).toBe(404)
    expect(driver.send('POST', `/segments/${id}/contact/99/add`).status).toBe(404)
    expect(start({ segmentsKey: 'segments' }, 1).get('/contacts/1/segments').json).toHaveProperty(
      'segments',
    )
  })

  test('with filters compute their members; removing one only marks it', () => {
    const driver = start()
    const filters = [
      {
        glue: 'and',
        field: 'city',
        object: 'lead',
        type: 'text',
        operator: '=',
        properties: { filter: 'Oslo' },
      },
      {
        glue: 'or',
        field: 'points',
        object: 'lead',
        type: 'number',
        operator: 'gte',
        filter: '50',
      },
    ]
    const id = Number(
      driver.send('POST', '/segments/new', { name: 'North', filters }).json['list']?.['id'],
    )
    create(driver, { city: 'oslo' }, { points: 60 }, { city: 'Rome' })
    const members = () => idsOf(driver.get('/contacts?search=segment:north&orderBy=id'))
    expect(members()).toEqual([1, 2])
    driver.send('PATCH', '/contacts/3/edit', { city: 'Oslo' })
    expect(members()).toEqual([1, 2, 3])
    driver.send('POST', `/segments/${id}/contact/1/remove`)
    expect(members()).toEqual([2, 3])
    expect(driver.get('/contacts/1/segments').json['total']).toBe(0)
    expect(driver.get('/contacts/2/segments').json['lists']?.[String(id)]?.['manuallyAdded']).toBe(
      false,
    )
    driver.send('POST', `/segments/${id}/contact/1/add`)
    expect(members()).toEqual([1, 2, 3])
  })

  test('that are not global stay with who made them', () => {
    const driver = start({}, 1)
    const made = driver.person('POST', '/segments/new', { name: 'Private', isGlobal: 0 })
    const id = Number(made.json['list']?.['id'])
    expect(driver.send('POST', `/segments/${id}/contact/1/add`).status).toBe(403)
    expect(driver.get('/segments?limit=0').json['lists']).not.toHaveProperty(String(id))
    expect(driver.person('GET', '/segments?limit=0').json['lists']).toHaveProperty(String(id))
    expect(Object.keys(driver.get('/contacts/list/segments').json)).not.toContain(String(id))
  })
})
