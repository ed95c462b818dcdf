/** Every operation that no sync needs, by name as `ferry call` runs it: what goes out is understood, and what comes back is what it says. */
import { describe, expect, it } from 'vitest'
import type { Writer } from '../../../src/connector/connector.ts'
import { script, signal, stage } from './account.ts'

type Answer = Readonly<Record<string, unknown>>

/** Runs operations one after the other on one account. */
function caller(writer: Writer) {
  return async (name: string, input: unknown = {}): Promise<Answer> =>
    (await writer.call(name, input, signal)) as Answer
}
function account(quirks: Readonly<Record<string, unknown>> = {}) {
  const { writer, simulator } = stage({ quirks: { start: 'people', ...quirks }, contacts: 4 })
  const call = caller(writer)
  const ids = simulator.snapshot().map(({ id }) => id)
  const person = (id: string) => {
    const found = simulator.snapshot().find((one) => one.id === id)
    if (found === undefined) throw new Error(`nobody has the id ${id}`)
    return found
  }
  return { call, ids, first: ids[0] ?? '', person }
}
/** With the key each stood under. */
function rows(list: Answer): readonly unknown[] {
  if (Array.isArray(list['rows'])) return list['rows']
  throw new Error(`no list: ${JSON.stringify(list).slice(0, 200)}`)
}

describe('fields', () => {
  it('are made, looked at, changed and deleted', async () => {
    const { call } = account()
    const made = await call('fields.create', { label: 'Shoe colour', type: 'text' })
    const id = String(made['id'])
    expect(await call('fields.get', { id })).toMatchObject({ label: 'Shoe colour', type: 'text' })
    await call('fields.edit', { id, label: 'Sock colour' })
    expect(await call('fields.get', { id })).toMatchObject({ label: 'Sock colour' })
    await call('fields.delete', { id })
    await expect(call('fields.get', { id })).rejects.toMatchObject({ kind: 'gone' })
  })
})

describe('tags', () => {
  it('are made, renamed and deleted', async () => {
    const { call } = account()
    const { id } = await call('tags.create', { tag: 'walker' })
    expect(await call('tags.edit', { id, tag: 'runner' })).toMatchObject({ tag: 'runner' })
    await call('tags.delete', { id })
    await expect(call('tags.edit', { id, tag: 'rider' })).rejects.toMatchObject({ kind: 'gone' })
  })
})

describe('segments', () => {
  it('are made, looked at, changed and deleted', async () => {
    const { call } = account()
    const { id } = await call('segments.create', { name: 'Walkers' })
    expect(await call('segments.get', { id })).toMatchObject({ name: 'Walkers' })
    expect(await call('segments.edit', { id, name: 'Runners' })).toMatchObject({ name: 'Runners' })
    expect(JSON.stringify(await call('segments.list'))).toContain('Runners')
    expect(JSON.stringify(await call('segments.visible'))).toContain('Runners')
    await call('segments.delete', { id })
    await expect(call('segments.get', { id })).rejects.toMatchObject({ kind: 'gone' })
  })

  it('take members one by one and many at once, and let them go', async () => {
    const { call, ids, first, person } = account()
    const { id } = await call('segments.create', { name: 'Walkers', alias: 'walkers' })
    const isIn = (contact: string) => person(contact).groups.length
    const before = ids.map(isIn)
    await call('segments.addContact', { id, contactId: first })
    expect(isIn(first)).toBe((before[0] ?? 0) + 1)
    await call('segments.removeContact', { id, contactId: first })
    expect(isIn(first)).toBe(before[0])
    await call('segments.addContacts', { id, ids: ids.map(Number) })
    expect(ids.map(isIn)).toEqual(before.map((count) => count + 1))
  })
})

describe('automations', () => {
  it('are looked at, take a contact and let it go', async () => {
    const { call, first } = account()
    const list = JSON.stringify(await call('automations.list'))
    const id = /"id":(\d+)/.exec(list)?.[1] ?? ''
    expect(String((await call('automations.get', { id }))['id'])).toBe(id)
    await call('automations.addContact', { id, contactId: first })
    expect(JSON.stringify(await call('contacts.automations', { id: first }))).toContain(
      `"id":${id}`,
    )
    await call('automations.removeContact', { id, contactId: first })
    expect(JSON.stringify(await call('contacts.automations', { id: first }))).not.toContain(
      `"id":${id},`,
    )
  })
})

describe('companies', () => {
  it('are made, looked at, changed, linked, unlinked and deleted', async () => {
    const { call, first } = account()
    const { id } = await call('companies.create', { companyname: 'Ferry & Sons' })
    expect(JSON.stringify(await call('companies.get', { id }))).toContain('Ferry & Sons')
    await call('companies.edit', { id, companycity: 'Kiel' })
    expect(JSON.stringify(await call('companies.list'))).toContain('Kiel')
    await call('companies.addContact', { id, contactId: first })
    expect(JSON.stringify(await call('contacts.companies', { id: first }))).toContain(
      'Ferry & Sons',
    )
    await call('companies.removeContact', { id, contactId: first })
    expect(JSON.stringify(await call('contacts.companies', { id: first }))).not.toContain(
      'Ferry & Sons',
    )
    await call('companies.createBatch', {
      companies: [{ companyname: 'Ferry Two' }, { companyname: 'Ferry Three' }],
    })
    expect(JSON.stringify(await call('companies.list'))).toContain('Ferry Three')
    await call('companies.delete', { id })
    await expect(call('companies.get', { id })).rejects.toMatchObject({ kind: 'gone' })
  })
})

describe('contacts', () => {
  it('are made and deleted', async () => {
    const { call } = account()
    const { id } = await call('contacts.create', { firstname: 'New', email: 'new@example.com' })
    expect(JSON.stringify(await call('contacts.get', { id }))).toContain('new@example.com')
    await call('contacts.delete', { id })
    await expect(call('contacts.get', { id })).rejects.toMatchObject({ kind: 'gone' })
  })

  it('are replaced, alone and in batches: what is not sent is emptied', async () => {
    const { call, ids, first } = account()
    await call('contacts.replace', { id: first, firstname: 'Only', email: 'only@example.com' })
    const alone = await call('contacts.get', { id: first })
    expect(JSON.stringify(alone)).toContain('only@example.com')
    expect(alone).toMatchObject({ fields: { all: { firstname: 'Only', lastname: null } } })
    const second = ids[1] ?? ''
    await call('contacts.replaceBatch', { contacts: [{ id: second, firstname: 'Batch' }] })
    expect(await call('contacts.get', { id: second })).toMatchObject({
      fields: { all: { firstname: 'Batch', lastname: null } },
    })
  })

  it('are opted out and the opt-out is taken back', async () => {
    const { call, first, person } = account()
    const before = person(first).optedOut
    await call('contacts.addDoNotContact', { id: first, channel: 'sms', reason: 3 })
    const doNotContact = (await call('contacts.get', { id: first }))['doNotContact']
    expect(doNotContact).toEqual(
      expect.arrayContaining([expect.objectContaining({ channel: 'sms' })]),
    )
    await call('contacts.removeDoNotContact', { id: first, channel: 'sms' })
    expect(person(first).optedOut).toEqual(before)
  })

  it('are given UTM tags and points, and lose them again', async () => {
    const { call, first } = account()
    const points = async () => Number((await call('contacts.get', { id: first }))['points'])
    const before = await points()
    await call('contacts.addPoints', { id: first, points: 7 })
    expect(await points()).toBe(before + 7)
    await call('contacts.subtractPoints', { id: first, points: 3 })
    expect(await points()).toBe(before + 4)
    const tagged = await call('contacts.addUtmTags', { id: first, utm_campaign: 'spring' })
    const [utm] = tagged['utmtags'] as readonly { readonly id: number }[]
    expect(JSON.stringify(utm)).toContain('spring')
    const left = await call('contacts.removeUtmTags', { id: first, utmId: utm?.id })
    expect(left['utmtags']).toEqual([])
  })

  it('are given notes', async () => {
    const { call, first } = account()
    await call('notes.create', { lead: first, text: 'called about the boat' })
    expect(JSON.stringify(await call('contacts.notes', { id: first }))).toContain('about the boat')
  })

  it('of an old server tell their events', async () => {
    const { call, first } = account({ version: '2.16' })
    expect(await call('contacts.events', { id: first })).toHaveProperty('events')
  })
})

describe('what is only looked at', () => {
  it.each([
    ['users.self', {}, 'id'],
    ['hooks.triggers', {}, 'triggers'],
  ])('%s', async (name, input, key) => {
    expect(await account().call(name, input)).toHaveProperty(key)
  })

  it.each([
    ['stages.list', {}],
    ['hooks.list', {}],
    ['stats.list', { table: 'audit_log' }],
  ])('%s', async (name, input) => {
    expect(Array.isArray(rows(await account().call(name, input)))).toBe(true)
  })

  it.each([
    'forms.list',
    'emails.list',
    'pages.list',
    'assets.list',
    'points.list',
    'messages.list',
  ])('%s, as the documents show the answer', async (name) => {
    const word = name.split('.')[0] ?? ''
    const item = { id: 3, name: 'Spring', isPublished: true }
    const { writer, sent } = script(() => ({ total: '1', [word]: { 3: item } }))
    expect(rows(await caller(writer)(name, { limit: 5 }))).toEqual([['3', item]])
    expect(sent).toHaveLength(1)
    expect(sent[0]?.path).toContain(`/${word}?`)
    expect(sent[0]?.effect).toBe('read')
  })
})

describe('an operation by a wrong name or with a wrong input', () => {
  it('is not sent', async () => {
    const { writer, sent } = script(() => ({}))
    await expect(writer.call('contacts.fly', {}, signal)).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(writer.call('contacts.get', { id: 'x' }, signal)).rejects.toMatchObject({
      kind: 'invalid',
    })
    expect(sent).toEqual([])
  })
})
