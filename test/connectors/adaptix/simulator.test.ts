import { describe, expect, test } from 'vitest'
import { adaptixSimulator } from '../../../connectors/adaptix/simulator.ts'
import { create, start, valuesOf } from './simulator-driver.ts'

describe('a contact', () => {
  test('is created with 201 and a Location, and found again with 200', () => {
    const driver = start()
    const body = { email: 'ravi@quay.test', firstname: 'Ravi', tags: ['trial'] }
    const first = driver.send('POST', '/contacts/new', body)
    expect(first.status).toBe(201)
    expect(first.headers['location']).toBe('/api/contacts/1')
    expect(first.headers['adaptix-version']).toBe('4.4.13')
    expect(first.headers['date']).toBe('Sun, 01 Mar 2026 09:15:00 GMT')
    const second = driver.send('POST', '/contacts/new', body)
    expect(second.status).toBe(200)
    expect(second.json['contact']?.['id']).toBe(1)
    expect(driver.simulator.snapshot()).toHaveLength(1)
  })

  test('shows every property of the documents', () => {
    const driver = start()
    const [id = 0] = create(driver, {
      email: 'mina@northpier.test',
      owner: 3,
      tags: ['import-26'],
      ipAddress: '192.0.2.7',
      points: 12,
      doNotContact: [{ channel: 'email', reason: 1, comments: 'by <phone>' }],
    })
    const { status, json } = driver.get(`/contacts/${id}`)
    expect(status).toBe(200)
    const contact = json['contact']
    expect(contact).toMatchObject({
      id,
      isPublished: true,
      dateAdded: '2026-03-01T09:15:00+00:00',
      createdBy: 2,
      createdByUser: 'Sync Bot',
      dateModified: null,
      modifiedBy: null,
      modifiedByUser: null,
      owner: { id: 3, username: 'nils', firstName: 'Nils', lastName: 'Owner' },
      points: 12,
      lastActive: null,
      dateIdentified: '2026-03-01T09:15:00+00:00',
      color: null,
      tags: [{ id: 1, tag: 'import-26' }],
      utmtags: [],
      stage: null,
      frequencyRules: [],
      preferredProfileImage: 'gravatar',
      doNotContact: [
        { id: 1, reason: 1, comments: 'by &lt;phone&gt;', channel: 'email', channelId: null },
      ],
    })
    expect(contact?.['ipAddresses']).toHaveProperty(['192.0.2.7', 'ip'], '192.0.2.7')
    expect(contact?.['fields']?.['core']?.['email']).toEqual({
      id: '6',
      label: 'Email',
      alias: 'email',
      type: 'email',
      group: 'core',
      value: 'mina@northpier.test',
      normalizedValue: 'mina@northpier.test',
    })
    expect(contact?.['fields']?.['personal']).toEqual([])
    expect(contact?.['fields']?.['all']).toMatchObject({ id, email: 'mina@northpier.test' })
  })

  test('is edited by PATCH, which needs it, and PUT, which makes it and wipes it', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'a@b.test', city: 'Oslo', points: 5, tags: ['x'] })
    const patched = driver.send('PATCH', `/contacts/${id}/edit`, { firstname: 'Ann' })
    expect(patched.status).toBe(200)
    expect(valuesOf(driver, id)).toMatchObject({ city: 'Oslo', firstname: 'Ann' })
    expect(driver.send('PATCH', '/contacts/99/edit', { firstname: 'Ann' }).status).toBe(404)
    const put = driver.send('PUT', `/contacts/${id}/edit`, { email: 'a@b.test' })
    expect(put.status).toBe(200)
    expect(valuesOf(driver, id)).toMatchObject({ city: null, firstname: null, points: 0 })
    expect(put.json['contact']?.['tags']).toHaveLength(1)
    const made = driver.send('PUT', '/contacts/99/edit', { email: 'new@b.test' })
    expect(made.status).toBe(201)
    expect(made.json['contact']?.['id']).toBe(2)
  })

  test('is deleted alone, its id cleared in the echo, and in a batch, its id kept', () => {
    const driver = start()
    const [one = 0, two = 0, three = 0] = create(driver, {}, {}, {})
    const single = driver.send('DELETE', `/contacts/${one}/delete`)
    expect(single.status).toBe(200)
    expect(single.json['contact']?.['id']).toBeNull()
    expect(driver.send('DELETE', `/contacts/${one}/delete`).status).toBe(404)
    const batch = driver.send('DELETE', `/contacts/batch/delete?ids=${two},77`)
    expect(batch.json['contacts']?.[0]?.['id']).toBe(two)
    const array = driver.send('DELETE', `/contacts/batch/delete?ids[]=77&ids[]=${three}`)
    expect(array.json['contacts']?.['1']?.['id']).toBe(three)
    const none = driver.send('DELETE', '/contacts/batch/delete?ids=foo')
    expect([none.status, none.json]).toEqual([200, { contacts: {} }])
    expect(driver.simulator.snapshot()).toEqual([])
  })

  test('that was merged away answers with its survivor', () => {
    const driver = start()
    const [one = 0, two = 0] = create(driver, { email: 'a@b.test', points: 3 }, { points: 4 })
    driver.simulator.mergeContacts(String(two), String(one))
    const answer = driver.get(`/contacts/${two}`)
    expect(answer.status).toBe(200)
    expect(answer.json['contact']).toMatchObject({ id: one, points: 7 })
    driver.send('DELETE', `/contacts/${two}/delete`)
    expect(driver.get(`/contacts/${one}`).status).toBe(404)
  })

  test('wants digits for an id; anything else is an unknown URL', () => {
    const driver = start()
    expect(driver.get('/contacts/1').json).toEqual({
      errors: [{ code: 404, message: 'Item was not found.', details: [], type: null }],
    })
    expect(driver.get('/contacts/new').status).toBe(404)
    expect(driver.get('/contacts/abc').status).toBe(404)
    expect(driver.get('/contacts/abc').headers['adaptix-version']).toBeUndefined()
    expect(driver.get('/contacts/abc').text).toContain('Requested URL not found')
  })
})

describe('do-not-contact', () => {
  test('is added and removed per channel', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'ravi@quay.test' })
    const added = driver.send('POST', `/contacts/${id}/dnc/email/add`, {
      reason: 3,
      comments: 'moved from old CRM',
    })
    expect(added.status).toBe(200)
    expect(added.json['contact']?.['doNotContact']).toEqual([
      { id: 1, reason: 3, comments: 'moved from old CRM', channel: 'email', channelId: null },
    ])
    expect(added.json['contact']?.['fields']).not.toHaveProperty('all')
    driver.send('POST', `/contacts/${id}/dnc/sms/add`)
    const removed = driver.send('POST', `/contacts/${id}/dnc/email/remove`)
    expect(removed.json['recordFound']).toBe(true)
    expect(removed.json['contact']?.['doNotContact']).toHaveLength(1)
    const again = driver.send('POST', `/contacts/${id}/dnc/email/remove`)
    expect([again.status, again.json['recordFound']]).toEqual([200, false])
  })

  test('refuses a reason that is no whole number and never overrides an unsubscription', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'ravi@quay.test' })
    const path = `/contacts/${id}/dnc/email/add`
    expect(driver.send('POST', path, { reason: 0 }).status).toBe(400)
    expect(driver.send('POST', path, { reason: 'Contacts::UNSUBSCRIBED' }).status).toBe(400)
    driver.send('POST', path, { reason: 1, comments: 'left' })
    const kept = driver.send('POST', path, { reason: 3, comments: 'other' })
    expect(kept.status).toBe(200)
    expect(kept.json['contact']?.['doNotContact']?.[0]).toMatchObject({
      reason: 1,
      comments: 'left',
    })
  })

  test('inline, reason 0 removes and an empty list does nothing', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'a@b.test', doNotContact: [{ channel: 'email' }] })
    const edit = (doNotContact: unknown) =>
      driver.send('PATCH', `/contacts/${id}/edit`, { doNotContact }).json['contact']
    expect(edit([])?.['doNotContact']?.[0]?.['reason']).toBe(3)
    expect(edit([{ channel: 'email', reason: 0 }])?.['doNotContact']).toEqual([])
  })

  test('in 2.16 an entry without reason leaves the contact contactable', () => {
    const driver = start({ version: '2.16' })
    const [id = 0] = create(driver, { email: 'a@b.test' })
    driver.send('POST', `/contacts/${id}/dnc/email/add`)
    expect(driver.simulator.snapshot()[0]?.optedOut).toEqual([])
    driver.send('POST', `/contacts/${id}/dnc/email/add`, { reason: 1 })
    expect(driver.simulator.snapshot()[0]?.optedOut).toEqual(['a@b.test'])
  })
})

describe('what else hangs on a contact', () => {
  test('points go up and down', () => {
    const driver = start()
    const [id = 0] = create(driver, {})
    const plus = driver.send('POST', `/contacts/${id}/points/plus/10`, { eventName: 'Score' })
    expect(plus.json).toEqual({ success: 1 })
    driver.send('POST', `/contacts/${id}/points/minus/4`)
    expect(valuesOf(driver, id)['points']).toBe(6)
    expect(driver.send('POST', '/contacts/99/points/plus/1').status).toBe(404)
  })

  test('UTM tags append, move lastActive, leave a device and go by id', () => {
    const driver = start()
    const [id = 0] = create(driver, {})
    const added = driver.send('POST', `/contacts/${id}/utm/add`, {
      utm_campaign: 'apicampaign',
      useragent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
      query: 'cid=abc&cond=new',
      lastActive: '2017-01-17T00:30:08+00:00',
    })
    const contact = added.json['contact']
    expect(contact?.['utmtags']?.[0]).toMatchObject({
      id: 1,
      utmCampaign: 'apicampaign',
      utmSource: null,
      query: { cid: 'abc', cond: 'new' },
    })
    expect(contact?.['lastActive']).toBe('2017-01-17T00:30:08+00:00')
    expect(driver.get(`/contacts/${id}/devices`).json).toMatchObject({
      total: 1,
      devices: [{ id: 1, device: 'desktop', deviceOsName: 'Windows', deviceOsPlatform: 'x64' }],
    })
    expect(driver.send('POST', `/contacts/${id}/utm/9/remove`).status).toBe(400)
    const removed = driver.send('POST', `/contacts/${id}/utm/1/remove`)
    expect(removed.json).toMatchObject({ recordFound: true, contact: { utmtags: [] } })
  })

  test('notes are listed newest first and need a contact', () => {
    const driver = start()
    const [id = 0] = create(driver, {})
    expect(driver.send('POST', '/notes/new', { text: 'x' }).status).toBe(400)
    const note = { lead: id, text: '<b>Call</b>', type: 'call', datetime: '2026-01-02 10:00:00' }
    expect(driver.send('POST', '/notes/new', note).status).toBe(201)
    driver.advance(60_000)
    driver.send('POST', '/notes/new', { lead: id, text: 'later' })
    const { json } = driver.get(`/contacts/${id}/notes`)
    expect(json['total']).toBe(2)
    expect(json['notes']?.[0]).toMatchObject({ text: 'later', type: 'general' })
    expect(json['notes']?.[1]).toEqual({
      id: 1,
      text: '<b>Call</b>',
      type: 'call',
      dateTime: '2026-01-02T10:00:00+00:00',
    })
  })

  test('activity tells what happened, of one contact and of all', () => {
    const driver = start()
    const [id = 0] = create(driver, { email: 'a@b.test' }, { email: 'b@b.test' })
    driver.advance(1000)
    driver.send('POST', `/contacts/${id}/dnc/email/add`)
    const one = driver.get(`/contacts/${id}/activity?filters[includeEvents][]=lead.donotcontact`)
    expect(one.json).toMatchObject({
      total: 1,
      page: 1,
      limit: 25,
      maxPages: 1,
      order: ['timestamp', 'DESC'],
      events: [{ event: 'lead.donotcontact', timestamp: '2026-03-01T09:15:01+00:00' }],
    })
    const all = driver.get('/contacts/activity?limit=2&page=2').json
    expect(all).toMatchObject({ total: 5, page: 2, maxPages: 3 })
    expect(all['events']?.[0]).toHaveProperty('contactId')
    expect(driver.get(`/contacts/${id}/events`).status).toBe(404)
    expect(start({ version: '2.16', start: 'people' }, 1).get('/contacts/1/events').status).toBe(
      200,
    )
  })

  test('a company name makes a company and its link; the set can be replaced', () => {
    const driver = start()
    const [id = 0] = create(driver, { company: 'Acme' })
    const rows = driver.get(`/contacts/${id}/companies`).json
    expect(rows).toMatchObject({
      total: 1,
      companies: [{ company_id: '1', companyname: 'Acme', is_primary: '1', score: '0' }],
    })
    const other = driver.send('POST', '/companies/new', { companyname: 'Beta' })
    expect(other.status).toBe(201)
    expect(driver.send('POST', `/companies/2/contact/${id}/add`).json).toEqual({ success: 1 })
    expect(driver.get(`/contacts/${id}/companies`).json['total']).toBe(2)
    driver.send('PATCH', `/contacts/${id}/edit`, { companies: [2] })
    expect(driver.get(`/contacts/${id}/companies`).json['companies']?.[0]).toMatchObject({
      company_id: '2',
      is_primary: '1',
    })
  })

  test('a company POST that matches wipes what it does not send', () => {
    const driver = start()
    const body = { companyname: 'Acme', companyphone: '1', companynumber_of_employees: 0 }
    driver.send('POST', '/companies/new', body)
    const again = driver.send('POST', '/companies/new', { companyname: 'acme' })
    expect(again.status).toBe(200)
    expect(again.json['company']?.['fields']?.['all']).toMatchObject({
      id: 1,
      companyname: 'acme',
      companyphone: null,
    })
    expect(driver.send('POST', '/companies/new', { companyname: 'Acme', force: 1 }).status).toBe(
      201,
    )
  })
})

describe('lists around contacts', () => {
  test('owners are a bare array by name', () => {
    expect(start().get('/contacts/list/owners').json).toEqual([
      { id: 1, firstName: 'Ada', lastName: 'Admin' },
      { id: 3, firstName: 'Nils', lastName: 'Owner' },
      { id: 2, firstName: 'Sync', lastName: 'Bot' },
    ])
  })

  test('fields are keyed by id and hold company fields too', () => {
    const fields = start().get('/contacts/list/fields').json
    expect(fields['6']).toEqual({
      id: 6,
      label: 'Email',
      alias: 'email',
      type: 'email',
      group: 'core',
      order: 6,
      object: 'lead',
    })
    const objects = Object.values(fields).map((field) => field['object'])
    expect(new Set(objects)).toEqual(new Set(['lead', 'company']))
  })

  test('users, stages, hooks and statistics answer', () => {
    const driver = start({}, 3)
    expect(driver.get('/users/self').json).toMatchObject({ id: 2, username: 'sync' })
    expect(driver.get('/users').json['total']).toBe(3)
    expect(driver.get('/stages').json['stages']?.[0]).toMatchObject({ id: 1, name: 'Interested' })
    driver.send('POST', '/stages/1/contact/1/add')
    expect(driver.get('/contacts/1').json['contact']?.['stage']).toMatchObject({ id: 1 })
    expect(driver.get('/hooks/triggers').text).toContain('adaptix.lead_post_save_new')
    driver.send('DELETE', '/contacts/2/delete')
    const log = driver.get(
      '/stats/audit_log?where[0][col]=action&where[0][expr]=eq&where[0][val]=delete',
    )
    expect(log.json).toMatchObject({ total: '1', stats: [{ object_id: '2', action: 'delete' }] })
    expect(start({ noStats: true }).get('/stats').status).toBe(404)
  })
})

describe('the account', () => {
  test('without contacts has standard fields and segments only', () => {
    const driver = start()
    expect(driver.simulator.snapshot()).toEqual([])
    expect(driver.get('/fields/contact?limit=0').json['total']).toBe(28)
    expect(driver.get('/tags').json).toEqual({ total: 0, tags: [] })
    expect(Number(driver.get('/segments').json['total'])).toBeGreaterThan(3)
    expect(start({ start: 'people' }).get('/fields/contact').json['total']).toBeGreaterThan(40)
  })

  test('of people is the same for the same seed, and the API tells what the snapshot knows', () => {
    const driver = start({}, 60)
    expect(start({}, 60).simulator.snapshot()).toEqual(driver.simulator.snapshot())
    for (const contact of driver.simulator.snapshot()) {
      const { json } = driver.get(`/contacts/${contact.id}`)
      const all = json['contact']?.['fields']?.['all']
      expect(all?.['email'] ?? null).toBe(contact.emails[0] ?? null)
      const tags = Object.values(json['contact']?.['tags'] ?? {}).map((tag) => tag['tag'])
      expect(tags).toEqual(contact.tags)
      const segments = driver.get(`/contacts/${contact.id}/segments`).json
      const names = Object.values(segments['lists'] ?? {}).map((list) => list['name'])
      expect(names.sort()).toEqual([...contact.groups].sort())
    }
  })

  test('is known by platform and alias, and tells reads from writes', () => {
    expect(adaptixSimulator).toMatchObject({ platform: 'adaptix', aliases: ['mautic'] })
    const { simulator, get, send } = start()
    expect(simulator.basePath).toBe('/api')
    get('/contacts')
    send('POST', '/contacts/new', {})
    expect(simulator.counts).toEqual({
      read: 1,
      write: 1,
      byOperation: { 'GET contacts': 1, 'POST contacts/new': 1 },
    })
    const request = { url: '/api/contacts/1/edit', headers: {}, body: '' }
    expect(simulator.isMutation({ ...request, method: 'GET' })).toBe(false)
    expect(simulator.isMutation({ ...request, method: 'PATCH' })).toBe(true)
    const token = { method: 'POST', url: '/oauth/v2/token', headers: {}, body: '' }
    expect(simulator.isMutation(token)).toBe(false)
  })
})
