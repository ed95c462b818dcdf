import { describe, expect, test } from 'vitest'
import { create, type Driver, start, valuesOf } from './simulator-driver.ts'

function withFields(quirks: Readonly<Record<string, unknown>> = {}): Driver {
  const driver = start(quirks)
  const add = (label: string, type: string, more: object = {}) => {
    expect(driver.send('POST', '/fields/contact/new', { label, type, ...more }).status).toBe(201)
  }
  add('Plan', 'select', {
    properties: {
      list: [
        { label: 'Basic plan', value: 'basic' },
        { label: 'Zero', value: '0' },
      ],
    },
  })
  add('Topics', 'multiselect', {
    properties: {
      list: [
        { label: 'News', value: 'news' },
        { label: 'Beta', value: 'beta' },
      ],
    },
  })
  add('Opt in', 'boolean', { properties: { yes: 'Yes', no: 'No' } })
  add('Size', 'number')
  add('Born', 'date')
  add('Next call', 'datetime')
  add('At', 'time')
  add('Memo', 'textarea')
  add('Bio', 'html')
  return driver
}

/** What a fresh contact holds after this value was sent, or the status when it was refused. */
function stored(driver: Driver, alias: string, value: unknown): unknown {
  const reply = driver.send('POST', '/contacts/new', { [alias]: value })
  return reply.status === 201
    ? valuesOf(driver, Number(reply.json['contact']?.['id']))[alias]
    : reply.status
}

describe('a value', () => {
  test.each<[string, unknown, unknown]>([
    ['firstname', '<b>Ann</b> &amp; co ', 'Ann & co'],
    ['firstname', 'a <b', 'a'],
    ['firstname', 'x'.repeat(191), 'x'.repeat(191)],
    ['firstname', 'x'.repeat(192), 400],
    ['firstname', 0, null],
    ['firstname', '0.4', null],
    ['zipcode', '00000', null],
    ['zipcode', '01067', '01067'],
    ['title', 'x'.repeat(192), 400],
    ['phone', '+49 (0) 89 123 45', '+49 (0) 89 123 45'],
    ['phone', '1'.repeat(192), 500],
    ['email', 'josé@x.io', 'jos@x.io'],
    ['email', ' a,b @x.io', 'ab@x.io'],
    ['email', 'a&b@x.io', 400],
    ['email', 'nobody', 400],
    ['country', 'Czech Republic', 'Czech Republic'],
    ['country', 'Türkiye', 400],
    ['country', 'DE', 400],
    ['state', 'Bayern', 'Bayern'],
    ['state', 'bayern', 400],
    ['timezone', 'Europe/Berlin', 'Europe/Berlin'],
    ['timezone', 'Berlin', 400],
    ['preferred_locale', 'en_US', 'en_US'],
    ['preferred_locale', 'english', 400],
    ['plan', 'basic', 'basic'],
    ['plan', 'Basic plan', 400],
    ['plan', '0', null],
    ['topics', ['news', 'beta'], 'news|beta'],
    ['topics', 'beta|news', 'beta|news'],
    ['topics', ['News'], 400],
    ['opt_in', true, 1],
    ['opt_in', 'yes', 1],
    ['opt_in', 'no', 0],
    ['opt_in', false, 0],
    ['opt_in', 'whatever', 0],
    ['opt_in', null, null],
    ['size', '12abc', 12],
    ['size', '1.6', 2],
    ['size', 0, null],
    ['size', '0.9', null],
    ['attribution', '12.345', 12.35],
    ['points', '7', 7],
    ['born', '2026-02-03', '2026-02-03'],
    ['born', '03/04/2026', '2026-03-04'],
    ['born', '4.3.2026', '2026-03-04'],
    ['born', '3 March 2026', '2026-03-03'],
    ['born', '2026-02-30', '2026-03-02'],
    ['born', 'March 3, 2026', null],
    ['born', '0000-00-00', null],
    ['born', 'soon', null],
    ['next_call', '2026-03-01 10:11:12', '2026-03-01 10:11:00'],
    ['next_call', '2026-03-01T10:11:12-05:00', '2026-03-01 15:11:00'],
    ['next_call', '2026-03-01', '2026-03-01 00:00:00'],
    ['at', '13:14:15', '13:14:15'],
    ['at', '00:30', null],
    ['memo', 'one\r\ntwo', 'one\r\ntwo'],
    ['bio', '<p onclick="x()">Hi</p><script>y</script>', '<p>Hi</p>'],
    ['website', 'person1.example', 'person1.example'],
    ['unknown_alias', 'x', undefined],
    ['firstname', ['a'], 400],
  ])('of %s sent as %j is kept as %j', (alias, value, expected) => {
    expect(stored(withFields(), alias, value)).toEqual(expected)
  })

  test('that is refused names its field', () => {
    const reply = start().send('POST', '/contacts/new', {
      email: 'a2@quay.test',
      country: 'Türkiye',
    })
    expect(reply.json).toEqual({
      errors: [
        {
          code: 400,
          message: 'country: This value is not valid.',
          details: { country: ['This value is not valid.'] },
          type: null,
        },
      ],
    })
  })

  test('of four bytes breaks utf8mb3, and a column too short is cut where the database is lax', () => {
    expect(stored(start({ utf8mb3: true }), 'firstname', 'Ann 🌙')).toBe(500)
    expect(stored(start(), 'firstname', 'Ann 🌙')).toBe('Ann 🌙')
    expect(stored(start({ overlong: 'cut' }), 'phone', '1'.repeat(300))).toBe('1'.repeat(191))
    expect(start({ utf8mb3: true }).send('POST', '/contacts/new', { tags: ['🎉'] }).status).toBe(
      500,
    )
  })

  test('without zone is read in the zone of the server', () => {
    const driver = withFields({ serverOffsetMinutes: 120 })
    expect(stored(driver, 'next_call', '2026-03-01 10:00:00')).toBe('2026-03-01 08:00:00')
    expect(stored(driver, 'next_call', '2026-03-01T10:00:00Z')).toBe('2026-03-01 10:00:00')
  })

  test('of a number is text in 2.16', () => {
    expect(stored(withFields({ version: '2.16' }), 'size', 12)).toBe('12')
  })
})

describe('blanks and zeros', () => {
  test('are skipped, unless overwriteWithBlank says otherwise; zeros never stick', () => {
    const driver = withFields()
    const [id = 0] = create(driver, { email: 'a@b.test', city: 'Oslo', size: 5, points: 5 })
    const edit = (body: object) => driver.send('PATCH', `/contacts/${id}/edit`, body)
    edit({ city: '', size: null, points: 0 })
    expect(valuesOf(driver, id)).toMatchObject({ city: 'Oslo', size: 5, points: 5 })
    edit({ city: '', size: 0, overwriteWithBlank: true })
    expect(valuesOf(driver, id)).toMatchObject({ city: null, size: 5, email: 'a@b.test' })
    driver.send('PUT', `/contacts/${id}/edit`, { size: 0 })
    expect(valuesOf(driver, id)).toMatchObject({ size: 0, email: null })
  })

  test('with the flag, one POST that matches empties what it does not send; a batch does not', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'a@b.test', city: 'Oslo' })
    driver.send('POST', '/contacts/batch/new', [{ email: 'a@b.test', overwriteWithBlank: true }])
    expect(valuesOf(driver, id)['city']).toBe('Oslo')
    driver.send('POST', '/contacts/new', { email: 'a@b.test', overwriteWithBlank: true })
    expect(valuesOf(driver, id)['city']).toBeNull()
  })

  test('cannot be written at all in 2.16', () => {
    const driver = start({ version: '2.16' })
    const [id = 0] = create(driver, { city: 'Oslo' })
    driver.send('PATCH', `/contacts/${id}/edit`, { city: '', overwriteWithBlank: true })
    expect(valuesOf(driver, id)['city']).toBe('Oslo')
  })
})

describe('matching', () => {
  test('goes by e-mail whatever its case, and takes over the spelling', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'Ann@One.test', city: 'Oslo' })
    const reply = driver.send('POST', '/contacts/new', { email: 'ann@one.TEST', firstname: 'Ann' })
    expect(reply.status).toBe(200)
    expect(valuesOf(driver, id)).toMatchObject({
      email: 'ann@one.TEST',
      city: 'Oslo',
      firstname: 'Ann',
    })
  })

  test('hits somebody else after the address was mangled', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'jos@x.io' })
    expect(
      driver.send('POST', '/contacts/new', { email: 'josé@x.io' }).json['contact']?.['id'],
    ).toBe(id)
  })

  test('without a key always makes a new contact; with several keys any will do', () => {
    const driver = start()
    expect(create(driver, { firstname: 'A' }, { firstname: 'A' })).toEqual([1, 2])
    driver.send('POST', '/fields/contact/new', {
      label: 'Customer number',
      isUniqueIdentifier: true,
    })
    create(driver, { customer_number: 'K7', email: 'k@b.test' })
    const reply = driver.send('POST', '/contacts/new', {
      customer_number: 'k7',
      email: 'other@b.test',
    })
    expect([reply.status, reply.json['contact']?.['id']]).toEqual([200, 3])
  })

  test('among twins takes the newest', () => {
    const driver = start()
    create(driver, { email: 'a@b.test' })
    driver.advance(1000)
    expect(driver.send('PUT', '/contacts/99/edit', { email: 'a@b.test' }).status).toBe(201)
    const reply = driver.send('POST', '/contacts/new', { email: 'a@b.test', city: 'Oslo' })
    expect(reply.json['contact']?.['id']).toBe(2)
  })

  test('by PATCH onto a taken address merges until 4.4 and is refused from 5.x', () => {
    const old = start()
    create(old, { email: 'b@b.test', points: 2, tags: ['b'] })
    old.advance(1000)
    create(old, { email: 'a@b.test', points: 3, tags: ['a'], city: 'Oslo' })
    const merged = old.send('PATCH', '/contacts/2/edit', { email: 'b@b.test' })
    expect(merged.json['contact']).toMatchObject({ id: 1, points: 5 })
    expect(old.get('/contacts/2').json['contact']?.['id']).toBe(1)
    expect(old.simulator.snapshot()).toHaveLength(1)

    const modern = start({ version: '5.1' })
    create(modern, { email: 'b@b.test' }, { email: 'a@b.test' })
    const refused = modern.send('PATCH', '/contacts/2/edit', { email: 'B@b.test' })
    expect(refused.status).toBe(422)
    expect(refused.json['errors']?.[0]).toEqual({
      code: 422,
      message: 'email: This field must be unique.',
      details: { email: ['This field must be unique.'] },
      type: null,
    })
  })

  test('from 5.x a contact with a twin refuses every edit', () => {
    const driver = start({ version: '5.1', start: 'people' }, 2000)
    const seen = new Map<string, string>()
    const twin = driver.simulator.snapshot().find(({ id, emails: [email = ''] }) => {
      const key = email.toLowerCase()
      const isTwin = key !== '' && seen.has(key)
      seen.set(key, id)
      return isTwin
    })
    expect(twin).toBeDefined()
    expect(driver.send('PATCH', `/contacts/${twin?.id}/edit`, { city: 'Oslo' }).status).toBe(422)
  })
})

describe('the rest of a body', () => {
  test('tags are added, removed by a leading minus, and matched by exact spelling', () => {
    const driver = start()
    const [id = 0] = create(driver, { tags: ['one', ' <i>two</i> ', 'VIP'] })
    const edit = (tags: unknown) => {
      driver.send('PATCH', `/contacts/${id}/edit`, { tags })
      return driver.simulator.snapshot()[0]?.tags
    }
    expect(edit(['three', '-two'])).toEqual(['one', 'VIP', 'three'])
    expect(edit('four,-one')).toEqual(['VIP', 'three', 'four'])
    expect(edit(['vip', '-THREE', '-absent', '-'])).toEqual(['VIP', 'three', 'four', 'vip'])
    expect(edit([])).toHaveLength(4)
    expect(driver.send('PATCH', `/contacts/${id}/edit`, { tags: ['x'.repeat(192)] }).status).toBe(
      500,
    )
  })

  test('the tag catalogue matches without case and refuses to be nameless', () => {
    const driver = start()
    expect(driver.send('POST', '/tags/new', { tag: 'vip' }).json).toEqual({
      tag: { id: 1, tag: 'vip' },
    })
    const again = driver.send('POST', '/tags/new', { tag: 'VIP' })
    expect([again.status, again.json['tag']?.['id']]).toEqual([200, 1])
    expect(driver.send('POST', '/tags/new', {}).status).toBe(500)
    const [id = 0] = create(driver, { tags: ['vip'] })
    driver.send('PATCH', '/tags/1/edit', { tag: 'gold' })
    expect(driver.simulator.snapshot()[0]?.tags).toEqual(['gold'])
    driver.send('DELETE', '/tags/1/delete')
    expect(driver.get(`/contacts/${id}`).json['contact']?.['tags']).toEqual([])
  })

  test('owner and stage are ids, checked; null clears the owner', () => {
    const driver = start()
    const [id = 0] = create(driver, { owner: 3, stage: 2 })
    expect(driver.send('PATCH', `/contacts/${id}/edit`, { owner: 99 }).status).toBe(400)
    const cleared = driver.send('PATCH', `/contacts/${id}/edit`, { owner: null })
    expect(cleared.json['contact']).toMatchObject({ owner: null, stage: { id: 2 } })
  })

  test('before 5.x a single POST that matches forgets the owner', () => {
    const ownerAfter = (version: string) => {
      const driver = start({ version })
      create(driver, { email: 'a@b.test', owner: 3 })
      return driver.send('POST', '/contacts/new', { email: 'a@b.test' }).json['contact']?.['owner']
    }
    expect(ownerAfter('4.4')).toBeNull()
    expect(ownerAfter('5.1')).toMatchObject({ id: 3 })
  })

  test('id, dates and unknown keys are ignored', () => {
    const driver = start()
    const reply = driver.send('POST', '/contacts/new', {
      id: 77,
      dateAdded: '2001-01-01',
      fristname: 'x',
    })
    expect(reply.json['contact']).toMatchObject({ id: 1, dateAdded: '2026-03-01T09:15:00+00:00' })
  })

  test('lastActive is read as UTC and may be anything strtotime knows', () => {
    const driver = start()
    const [id = 0] = create(driver, { lastActive: '2026-01-02 03:04:05' })
    expect(driver.get(`/contacts/${id}`).json['contact']?.['lastActive']).toBe(
      '2026-01-02T03:04:05+00:00',
    )
    driver.send('PATCH', `/contacts/${id}/edit`, { lastActive: 'March 3, 2026' })
    expect(driver.get(`/contacts/${id}`).json['contact']?.['lastActive']).toBe(
      '2026-03-03T00:00:00+00:00',
    )
  })

  test('may come as a form with brackets, or not at all without its content type', () => {
    const driver = start()
    const { username = '', password = '' } = driver.simulator.auth
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const form = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    driver.raw('POST', '/api/contacts/new', form, 'email=a%40b.test&tags[]=one&tags[]=two+words')
    expect(driver.simulator.snapshot()[0]).toMatchObject({
      emails: ['a@b.test'],
      tags: ['one', 'two words'],
    })
    driver.raw('POST', '/api/contacts/batch/new', form, '0[email]=c%40b.test&1[email]=d%40b.test')
    expect(driver.simulator.snapshot()).toHaveLength(3)
    driver.raw('POST', '/api/contacts/1/edit?_method=PATCH', form, 'city=Oslo')
    expect(valuesOf(driver, 1)['city']).toBe('Oslo')
    driver.raw('POST', '/api/contacts/new', { authorization }, '{"email":"e@b.test"}')
    expect(driver.simulator.snapshot()[3]?.emails).toEqual([])
    const broken = { authorization, 'content-type': 'application/json' }
    expect(driver.raw('POST', '/api/contacts/new', broken, '{"email":').status).toBe(400)
  })

  test('required fields count on create and not on PATCH; defaults fill a new contact', () => {
    const driver = start()
    driver.send('POST', '/fields/contact/new', { label: 'Code', isRequired: true })
    driver.send('POST', '/fields/contact/new', { label: 'Lang', defaultValue: 'en' })
    expect(driver.send('POST', '/contacts/new', { city: 'Oslo' }).status).toBe(400)
    const [id = 0] = create(driver, { code: 'x' })
    expect(valuesOf(driver, id)['lang']).toBe('en')
    expect(driver.send('PATCH', `/contacts/${id}/edit`, { city: 'Oslo' }).status).toBe(200)
  })
})
