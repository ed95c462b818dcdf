import { describe, expect, it } from 'vitest'
import { infusionsoft } from '../../../connectors/infusionsoft/connector.ts'
import { decodeCall } from '../../../connectors/infusionsoft/reply.ts'
import { remoteId } from '../../../src/model/id.ts'
import type { FieldDraft } from '../../../src/model/vocabulary.ts'
import { type Bench, bench, NEVER } from './bench.ts'

function methods(on: Bench): string[] {
  return on.sent.map(({ body }) => decodeCall(body).method)
}
const draft = (more: Partial<FieldDraft>): FieldDraft => ({
  label: 'Shoe size',
  name: 'shoe',
  type: 'text',
  options: null,
  ...more,
})

function withoutToken(auth: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(auth).filter(([name]) => name !== 'accessToken'))
}

describe('the platform', () => {
  it('has a name, an alias and four ways to log in', () => {
    expect(infusionsoft).toMatchObject({ name: 'infusionsoft', aliases: ['keap'] })
    expect(infusionsoft.logins).toHaveLength(4)
  })

  it('says what it cannot', () => {
    const { capabilities } = bench().reader
    expect(capabilities.streams.groupings).toBeUndefined()
    expect(capabilities.streams.consents).toMatchObject({ since: 'moved' })
    expect(capabilities.consent).toMatchObject({ optIn: false, optOutReversible: false })
    expect(capabilities.groups).toMatchObject({ read: false, write: false })
  })
})

describe('check', () => {
  it('counts contacts, names the account, and warns of the end and of what a key may hide', async () => {
    const on = bench({ contacts: 30 })
    const report = await on.run(on.reader.check(NEVER))
    expect(report.account).toBe('api.infusionsoft.com/ferry123')
    expect(report.contacts).toBeGreaterThanOrEqual(30)
    const messages = report.warnings.map(({ message }) => message).join('\n')
    expect(messages).toContain('31 December 2026 (41 days left)')
    expect(messages).toContain('personal access token')
    expect(JSON.stringify(report)).not.toContain(Object.values(on.simulator.auth)[0])
    expect(on.simulator.counts.write).toBe(0)
  })

  it('takes the account from the configuration where it is named there', async () => {
    const on = bench({ account: 'ab123' })
    expect((await on.run(on.reader.check(NEVER))).account).toBe('api.infusionsoft.com/ab123')
  })

  it.each(['apiKey', 'accessToken', 'serviceKey', 'oauth'])('logs in by %s', async (login) => {
    const on = bench({ quirks: { login } })
    const report = await on.run(on.reader.check(NEVER))
    expect(report.contacts).toBeGreaterThan(0)
    expect(report.warnings.some(({ message }) => message.includes('Legacy'))).toBe(
      login === 'apiKey',
    )
  })

  it('sends the key where it belongs: a parameter on the legacy host, a header at the gateway', async () => {
    const legacy = bench({ quirks: { login: 'apiKey' } })
    await legacy.run(legacy.reader.check(NEVER))
    expect(decodeCall(legacy.sent[0]?.body ?? '').parameters[0]).toBe(
      legacy.simulator.auth['apiKey'],
    )
    const gateway = bench()
    await gateway.run(gateway.reader.check(NEVER))
    expect(decodeCall(gateway.sent[0]?.body ?? '').parameters[0]).toBe('x')
    expect(gateway.sent[0]?.headers['x-keap-api-key']).toBe(gateway.simulator.auth['serviceKey'])
    expect(gateway.sent.map(({ body }) => body).join()).not.toContain(
      gateway.simulator.auth['serviceKey'],
    )
    const user = gateway.sent.find(({ body }) => body.includes('getUserInfo'))
    expect(decodeCall(user?.body ?? '').parameters).toEqual([])
  })

  it.each([{ loginFault: false }, { loginFault: true }])(
    'refuses a wrong key as a login (%o)',
    async (quirks) => {
      const on = bench({ quirks, auth: { serviceKey: 'KeapAK-wrong' } })
      await expect(on.run(on.reader.check(NEVER))).rejects.toMatchObject({ kind: 'login' })
    },
  )

  it('refuses a connection without credentials, and with a zone that is none, before anything is sent', () => {
    expect(() => bench({ auth: { password: 'x' } })).toThrow(/auth must hold/)
    expect(() => bench({ timeZone: 'Mars/Olympus' })).toThrow(/not a time zone/)
  })
})

describe('an OAuth login', () => {
  it('renews its token once for everybody who waits, and keeps the new one first', async () => {
    const auth = withoutToken(bench({ quirks: { login: 'oauth' } }).simulator.auth)
    const on = bench({ contacts: 60, quirks: { login: 'oauth', tokenLifeSeconds: 600 }, auth })
    await on.run(Promise.all([on.reader.inventory(NEVER), on.reader.inventory(NEVER)]))
    const tokens = () => on.sent.filter(({ url }) => url.startsWith('/token')).length
    expect(tokens()).toBe(1)
    expect([...on.vault.kept.values()][0]).toHaveProperty('refreshToken')
    await on.clock.advance(601_000)
    await on.run(on.reader.inventory(NEVER))
    expect(tokens()).toBe(2)
  })

  it('renews when the server refuses the token it was given, once', async () => {
    const probe = bench({ quirks: { login: 'oauth' } })
    const on = bench({
      quirks: { login: 'oauth' },
      auth: { ...probe.simulator.auth, accessToken: 'spent' },
    })
    const report = await on.run(on.reader.check(NEVER))
    expect(report.contacts).toBeGreaterThan(0)
    expect(on.sent[0]?.headers['authorization']).toBe('Bearer spent')
    expect(on.sent.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1)
  })

  it('renews once though many calls were refused at the same time', async () => {
    const on = bench({
      quirks: { login: 'oauth' },
      auth: { ...bench({ quirks: { login: 'oauth' } }).simulator.auth, accessToken: 'spent' },
    })
    await on.run(on.reader.inventory(NEVER))
    expect(on.sent.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1)
    expect(
      on.sent.filter((one) => one.headers['authorization'] === 'Bearer spent').length,
    ).toBeGreaterThan(1)
  })

  it('works on a dry run too', async () => {
    const on = bench({ quirks: { login: 'oauth' } })
    await on.run(on.reader.check(NEVER))
    expect(on.simulator.counts.write).toBe(0)
  })

  it('ends when the refresh token is refused', async () => {
    const on = bench({
      quirks: { login: 'oauth' },
      auth: { clientId: 'a', clientSecret: 'b', refreshToken: 'c' },
    })
    await expect(on.run(on.reader.check(NEVER))).rejects.toMatchObject({ kind: 'login' })
  })
})

describe('the catalog', () => {
  it('holds standard fields, fields of contacts alone, tags with categories, owners', async () => {
    const on = bench({ contacts: 60 })
    const catalog = await on.run(on.reader.catalog(NEVER))
    expect(new Set(catalog.fields.map(({ path }) => path)).size).toBe(catalog.fields.length)
    expect(new Set(catalog.fields.map(({ native }) => native)).size).toBe(catalog.fields.length)
    expect(catalog.fields.find(({ native }) => native === 'FirstName')).toMatchObject({
      path: 'givenName',
    })
    const types = new Set(
      catalog.fields.filter(({ path }) => path.startsWith('custom._')).map(({ type }) => type),
    )
    for (const type of [
      'text',
      'number',
      'boolean',
      'date',
      'datetime',
      'choice',
      'choices',
    ] as const)
      expect(types, type).toContain(type)
    expect(catalog.tags.some(({ category }) => category !== null)).toBe(true)
    expect(catalog.owners.length).toBeGreaterThan(0)
    expect(catalog.groups).toEqual([])
    const forms = on.sent.filter(({ body }) => body.includes('DataFormField'))
    expect(
      forms.every(({ body }) =>
        JSON.stringify(decodeCall(body).parameters[4]).includes('"FormId":-1'),
      ),
    ).toBe(true)
  })

  it('does with less where the account has no such tables', async () => {
    const tables = ['ContactGroupCategory', 'User', 'DataFormField']
    const on = bench({ contacts: 30, quirks: { missingTables: tables } })
    const catalog = await on.run(on.reader.catalog(NEVER))
    expect(catalog.tags.length).toBeGreaterThan(0)
    expect(catalog.owners).toEqual([])
    expect(on.warnings).toHaveLength(3)
  })

  it('does without the staff where the login may not see it', async () => {
    const on = bench({ contacts: 30, quirks: { forbiddenTables: ['User'] } })
    expect((await on.run(on.reader.catalog(NEVER))).owners).toEqual([])
    expect(on.warnings).toHaveLength(1)
  })

  it.each(['ContactGroup', 'ContactGroupCategory', 'DataFormField'])(
    'refuses to go on without %s: tags and custom fields would be lost unseen',
    async (table) => {
      const on = bench({ contacts: 30, quirks: { forbiddenTables: [table] } })
      await expect(on.run(on.reader.catalog(NEVER))).rejects.toMatchObject({ kind: 'permission' })
    },
  )
})

describe('the inventory', () => {
  it('counts what cannot move, and says null for what cannot be counted', async () => {
    const on = bench({
      contacts: 60,
      quirks: { missingTables: ['Campaign'], forbiddenTables: ['ActionSequence'] },
    })
    const items = await on.run(on.reader.inventory(NEVER))
    const counts = new Map(items.map(({ name, count }) => [name, count]))
    expect(counts.get('Follow-up sequences')).toBeNull()
    expect(counts.get('Action sets')).toBeNull()
    expect(counts.get('Steps of follow-up sequences')).toBeGreaterThan(0)
    expect(
      counts.get('Company records, which travel with name, address, phone and website'),
    ).toBeGreaterThan(0)
  })
})

describe('fetch', () => {
  it('gives one answer per id, in that order, with one request for those that exist', async () => {
    const on = bench({ contacts: 40 })
    const ids = on.simulator
      .snapshot()
      .slice(0, 12)
      .map(({ id }) => remoteId(id))
      .reverse()
    // As in every run: a list has shown by then how many rows this server gives.
    const { fields } = await on.run(on.reader.catalog(NEVER))
    const all = { stream: 'contacts', since: null, overlapMs: 0, position: null, fields } as const
    await on.run(on.reader.scan(all, NEVER))
    const before = on.sent.length
    const fetched = await on.run(on.reader.fetch(ids, NEVER))
    expect(fetched.map(({ id }) => id)).toEqual(ids)
    expect(fetched.every(({ kind }) => kind === 'found')).toBe(true)
    const tables = on.sent.slice(before).map(({ body }) => decodeCall(body).parameters[1])
    expect(tables).toEqual(['Contact', 'ContactGroupAssign'])
  })

  it('proves each absence by itself', async () => {
    const on = bench({ contacts: 40 })
    const [first, second] = on.simulator.snapshot().map(({ id }) => remoteId(id))
    if (first === undefined || second === undefined) throw new Error('nobody')
    await on.run(on.writer.remove([first], NEVER))
    const ids = [first, second, remoteId('999999'), remoteId('nonsense')]
    const fetched = await on.run(on.reader.fetch(ids, NEVER))
    expect(fetched.map(({ kind }) => kind)).toEqual(['gone', 'found', 'gone', 'gone'])
  })

  it('says nothing about existence when the server cannot say', async () => {
    const probe = bench({ contacts: 40 })
    const id = remoteId(probe.simulator.snapshot()[5]?.id ?? '')
    const on = bench({ contacts: 40, quirks: { poisonContact: Number(id) } })
    expect(await on.run(on.reader.fetch([id], NEVER))).toMatchObject([{ kind: 'inconclusive', id }])
    const closed = bench({ contacts: 40, quirks: { forbiddenTables: ['Contact'] } })
    expect(await closed.run(closed.reader.fetch([id], NEVER))).toMatchObject([
      { kind: 'inconclusive' },
    ])
  })

  it('asks one by one where the server caps its pages', async () => {
    const on = bench({ contacts: 40, quirks: { pageSizeCap: 5 } })
    const people = on.simulator.snapshot().slice(0, 12)
    const ids = people.map(({ id }) => remoteId(id))
    const fetched = await on.run(on.reader.fetch(ids, NEVER))
    expect(fetched.every(({ kind }) => kind === 'found')).toBe(true)
    // Whose tags are on a page that came short has them all the same.
    const tags = fetched.map((entry) => (entry.kind === 'found' ? entry.sighting.tags?.length : 0))
    expect(tags).toEqual(people.map((person) => person.tags.length))
    expect(people.flatMap((person) => person.tags).length).toBeGreaterThan(5)
  })

  it('does not count company records as people', async () => {
    const on = bench({ contacts: 40 })
    const rows = await on.run(
      on.writer.call(
        'DataService.query',
        { table: 'Company', limit: 1, page: 0, queryData: {}, selectedFields: ['Id'] },
        NEVER,
      ),
    )
    const id = remoteId(String((rows as { Id: number }[])[0]?.Id))
    expect(await on.run(on.reader.fetch([id], NEVER))).toEqual([{ kind: 'gone', id }])
  })
})

describe('find', () => {
  it('finds everybody who has an address, in any of the three fields and any case', async () => {
    const on = bench({ contacts: 300 })
    const people = on.simulator.snapshot()
    const addresses = people.flatMap(({ emails }) => emails).slice(0, 15)
    const wanted = new Set(addresses.map((address) => address.toLowerCase()))
    const found = await on.run(
      on.reader.find(
        { by: 'email', values: addresses.map((one) => ` ${one.toUpperCase()}`) },
        NEVER,
      ),
    )
    const expected = people.filter(({ emails }) =>
      emails.some((one) => wanted.has(one.toLowerCase())),
    )
    expect(new Set(found.map(({ id }) => String(id)))).toEqual(
      new Set(expected.map(({ id }) => id)),
    )
  })

  it('checks equality itself: a % finds nobody', async () => {
    const on = bench({ contacts: 100 })
    expect(await on.run(on.reader.find({ by: 'email', values: ['%', '', '%@%'] }, NEVER))).toEqual(
      [],
    )
  })

  it('finds by a marker field', async () => {
    const on = bench({ contacts: 60 })
    const marker = await on.run(on.writer.createField(draft({ label: 'ferry_key' }), NEVER))
    const write = (value: string) => ({
      key: value,
      op: 'create' as const,
      id: null,
      fields: { givenName: value, [marker.path]: value },
      tags: { add: [], remove: [] },
      groups: { add: [], remove: [] },
      consents: [],
      current: null,
    })
    await on.run(on.writer.write([write('run-1'), write('run-2'), write('RUN-1')], NEVER))
    const probe = { by: 'marker', path: marker.path, values: ['run-1', 'run-3'] } as const
    const found = await on.run(on.reader.find(probe, NEVER))
    expect(found.map(({ fields }) => fields['givenName'])).toEqual(['run-1'])
  })

  it('cannot find by phone or by a field that is not there', async () => {
    const on = bench()
    for (const probe of [
      { by: 'phone', values: ['1'] },
      { by: 'marker', path: 'custom._No', values: ['1'] },
    ] as const)
      await expect(on.run(on.reader.find(probe, NEVER))).rejects.toMatchObject({
        kind: 'unsupported',
      })
  })
})

describe('creating vocabulary', () => {
  it('makes a field under the name that the server gives it, and makes it only once', async () => {
    const on = bench({ contacts: 20 })
    const field = await on.run(on.writer.createField(draft({ label: 'Shoe size (EU)' }), NEVER))
    expect(field).toMatchObject({
      path: 'custom._ShoesizeEU',
      label: 'Shoe size (EU)',
      type: 'text',
    })
    const again = await on.run(on.writer.createField(draft({ label: ' shoe  SIZE (eu)' }), NEVER))
    expect(again).toEqual(field)
    expect(methods(on).filter((one) => one === 'DataService.addCustomField')).toHaveLength(1)
    const number = await on.run(
      on.writer.createField(draft({ label: 'Shoe size (EU)', type: 'number' }), NEVER),
    )
    expect(number).toMatchObject({ path: 'custom._ShoesizeEU0', type: 'number' })
  })

  it('gives a field its options, and more later', async () => {
    const on = bench({ contacts: 20 })
    const options = ['S', 'M', 'L'].map((value) => ({ value, label: value }))
    const field = await on.run(on.writer.createField(draft({ type: 'choices', options }), NEVER))
    expect(field.options?.map(({ value }) => value)).toEqual(['S', 'M', 'L'])
    const more = [
      { value: 'M', label: 'M' },
      { value: 'XL', label: 'XL' },
    ]
    const wider = await on.run(on.writer.addOptions(field, more, NEVER))
    expect(wider.options?.map(({ value }) => value)).toEqual(['S', 'M', 'L', 'XL'])
    const catalog = await on.run(on.reader.catalog(NEVER))
    expect(catalog.fields.find(({ path }) => path === field.path)).toEqual(wider)
  })

  it('makes every kind of field', async () => {
    const on = bench({ contacts: 5 })
    for (const type of [
      'text',
      'longtext',
      'number',
      'boolean',
      'date',
      'datetime',
      'choice',
      'choices',
      'email',
      'phone',
      'url',
      'country',
    ] as const) {
      const options = type.startsWith('choice') ? [{ value: 'a', label: 'a' }] : null
      const field = await on.run(
        on.writer.createField(draft({ label: `F ${type}`, type, options }), NEVER),
      )
      expect(field.type).toBe(type === 'country' ? 'text' : type)
    }
  })

  it('does not make a field twice because the list of fields cannot be read', async () => {
    const on = bench({ quirks: { forbiddenTables: ['DataFormField'] } })
    await expect(on.run(on.writer.createField(draft({}), NEVER))).rejects.toMatchObject({
      kind: 'permission',
    })
    expect(on.simulator.counts.write).toBe(0)
  })

  it('says what to do where no header exists', async () => {
    const on = bench({ quirks: { missingTables: ['DataFormGroup'] } })
    await expect(on.run(on.writer.createField(draft({}), NEVER))).rejects.toMatchObject({
      kind: 'unsupported',
      hint: expect.stringContaining('by hand'),
    })
  })

  it('makes a tag with its category, once', async () => {
    const on = bench({ contacts: 20 })
    const wish = { name: '100% ~new~ & <hot>', category: 'Brand new' }
    const tag = await on.run(on.writer.createTag(wish, NEVER))
    expect(tag).toMatchObject(wish)
    expect(await on.run(on.writer.createTag(wish, NEVER))).toEqual(tag)
    const other = await on.run(on.writer.createTag({ ...wish, category: null }, NEVER))
    expect(other.key).not.toBe(tag.key)
    const odd = await on.run(on.writer.createTag({ name: '~null~', category: null }, NEVER))
    expect(await on.run(on.writer.createTag({ name: '~null~', category: null }, NEVER))).toEqual(
      odd,
    )
    const { tags } = await on.run(on.reader.catalog(NEVER))
    expect(tags.find(({ key }) => key === tag.key)).toEqual(tag)
  })

  it('has no groups', async () => {
    const on = bench()
    const group = { key: '1', name: 'g', description: null, writable: true }
    await expect(on.writer.createGroup({ name: 'g' }, NEVER)).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(on.writer.join(group, { add: [], remove: [] }, NEVER)).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})
