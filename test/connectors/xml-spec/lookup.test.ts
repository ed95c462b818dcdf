/** Looking people up, listing what there is, and telling an operator what to know. */
import { describe, expect, test } from 'vitest'
import type { RemoteId } from '../../../src/model/id.ts'
import { creation, own, scanAll, scripted, SIGNAL, sightingsIn, world } from './connection.ts'

describe('fetching', () => {
  test('one entry per id, in that order, as the scan shows them', async () => {
    const at = world({}, { contacts: 10 })
    const scanned = sightingsIn(await scanAll(at, 'contacts'))
    const ids = [own(1007), own(1002), own(4711), own(1007), 'nonsense' as RemoteId]
    const fetched = await at.run((writer) => writer.fetch(ids, SIGNAL))
    expect(fetched.map(({ kind, id }) => [kind, id])).toEqual([
      ['found', own(1007)],
      ['found', own(1002)],
      ['gone', own(4711)],
      ['found', own(1007)],
      ['gone', 'nonsense'],
    ])
    expect(fetched[0]).toMatchObject({ sighting: scanned.get(own(1007)) })
  })

  test.each(['list', 'error'])('nobody found as %s is gone', async (emptyResult) => {
    const at = world({ emptyResult }, { contacts: 5 })
    expect(await at.run((writer) => writer.fetch([own(4711)], SIGNAL))).toEqual([
      { kind: 'gone', id: own(4711) },
    ])
  })

  test('many ids of a small account cost pages, not a request each', async () => {
    const at = world(
      {},
      { contacts: 120, settings: { limits: { requestsPerSecond: 1000, pageSize: 50 } } },
    )
    const ids = [...sightingsIn(await scanAll(at, 'contacts')).keys()] as RemoteId[]
    const before = at.reads('GetContacts')
    const fetched = await at.run((writer) => writer.fetch([...ids.slice(0, 60), own(4711)], SIGNAL))
    expect(fetched.filter(({ kind }) => kind === 'found')).toHaveLength(60)
    expect(fetched.at(-1)).toEqual({ kind: 'gone', id: own(4711) })
    expect(at.reads('GetContacts') - before).toBeLessThan(20)
  })

  test('somebody else in the answer proves nothing', async () => {
    const { writer } = scripted(
      () =>
        '<GetContactsResponse><Result>Success</Result><Contacts><Contact><Contact_id>1</Contact_id><AccountNumber>91234</AccountNumber></Contact><Contact><Contact_id>2</Contact_id><AccountNumber>91234</AccountNumber></Contact></Contacts></GetContactsResponse>',
    )
    const [fetched] = await writer.fetch([own(7)], SIGNAL)
    expect(fetched?.kind).toBe('inconclusive')
  })

  test('a refusal is inconclusive, a refused login stops everything', async () => {
    const refusing = (text: string) =>
      scripted(
        () =>
          `<GetContactsResponse><Result>Error</Result><ErrorText>${text}</ErrorText></GetContactsResponse>`,
      ).writer
    const [fetched] = await refusing('No access to account 5').fetch([own(7)], SIGNAL)
    expect(fetched?.kind).toBe('inconclusive')
    await expect(refusing('Invalid auth token').fetch([own(7)], SIGNAL)).rejects.toMatchObject({
      kind: 'login',
    })
  })
})

describe('finding', () => {
  test('by e-mail, whatever the case, each once', async () => {
    const at = world({}, { contacts: 30 })
    const [someone] = at.simulator.snapshot().filter(({ fields }) => fields['Email'] !== '')
    const email = someone?.fields['Email'] ?? ''
    const found = await at.run((writer) =>
      writer.find(
        { by: 'email', values: [email.toUpperCase(), email, 'nobody@example.test', ' '] },
        SIGNAL,
      ),
    )
    expect(found.map(({ id }) => id)).toEqual([own(someone?.id ?? '')])
  })

  test('a server that ignores the criterion is found out', async () => {
    const { writer } = scripted((xml) => {
      const name = /^<(\w+)Request/.exec(xml)?.[1] ?? ''
      const contacts =
        '<Contacts><Contact><Contact_id>1</Contact_id><Email>other@example.test</Email></Contact></Contacts>'
      return `<${name}Response><Result>Success</Result>${name === 'GetContacts' ? contacts : ''}</${name}Response>`
    })
    await expect(
      writer.find({ by: 'email', values: ['x@y.example'] }, SIGNAL),
    ).rejects.toMatchObject({
      kind: 'scan',
    })
  })

  test('by marker, by reading everybody, and only where that is wanted', async () => {
    const at = world({}, { contacts: 50 })
    const field = await at.run((writer) =>
      writer.createField(
        { label: 'ferry_key', name: 'ferry_key', type: 'text', options: null },
        SIGNAL,
      ),
    )
    const outcomes = await at.run((writer) =>
      writer.write(
        ['keap:1', 'keap:2', 'keap:22'].map((mark) =>
          creation(mark, { fields: { givenName: 'M', [field.path]: mark } }),
        ),
        SIGNAL,
      ),
    )
    const found = await at.run((writer) =>
      writer.find({ by: 'marker', path: field.path, values: ['keap:2', 'keap:9'] }, SIGNAL),
    )
    expect(found.map(({ id }) => id)).toEqual([
      outcomes[1]?.kind === 'done' ? outcomes[1].id : null,
    ])
    expect(at.open({ options: { findByMarker: false } }).capabilities.find).toEqual(['email'])
    await expect(
      at.run((writer) => writer.find({ by: 'marker', path: 'custom.none', values: ['x'] }, SIGNAL)),
    ).rejects.toMatchObject({ kind: 'unsupported' })
  })

  test('not by phone', async () => {
    const at = world()
    await expect(
      at.run((writer) => writer.find({ by: 'phone', values: ['1'] }, SIGNAL)),
    ).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

describe('the catalogue', () => {
  test('has all fields, groups and used tags', async () => {
    const at = world({}, { contacts: 80 })
    const catalog = await at.run((writer) => writer.catalog(SIGNAL))
    const used = new Set(at.simulator.snapshot().flatMap(({ tags }) => tags))
    expect(catalog.tags.map(({ key }) => key)).toEqual([...used].sort())
    expect(catalog.groups.length).toBeGreaterThan(3)
    expect(catalog.owners).toEqual([])
    const byPath = new Map(catalog.fields.map((field) => [field.path, field]))
    expect(byPath.size).toBe(catalog.fields.length)
    expect(byPath.get('emails.1')).toMatchObject({ native: 'Email', writable: true })
    expect(byPath.get('createdAt')).toMatchObject({ writable: false })
    const scanned = sightingsIn(await scanAll(at, 'contacts'))
    for (const { fields } of scanned.values())
      for (const path of Object.keys(fields)) expect(byPath.has(path)).toBe(true)
    const choice = catalog.fields.find(({ type }) => type === 'choice')
    expect(choice?.options?.length).toBeGreaterThan(1)
  })

  test('without tags where they are not wanted, and then costs two requests', async () => {
    const at = world({}, { contacts: 80, settings: { options: { listTags: false } } })
    const catalog = await at.run((writer) => writer.catalog(SIGNAL))
    expect(catalog.tags).toEqual([])
    expect(at.reads('GetContacts')).toBe(0)
    expect(at.simulator.counts.read).toBe(3)
  })
})

describe('the check', () => {
  test('tells the account and how many contacts it has', async () => {
    const at = world({}, { contacts: 80 })
    const report = await at.run((writer) => writer.check(SIGNAL))
    expect(report).toMatchObject({ account: 'api.example.test/91234', contacts: 80, server: null })
    expect(report.warnings).toEqual([])
  })

  test.each([
    [{}, { timeZone: null }, 'in which zone'],
    [{ sharedAccounts: { 92000: 3 } }, {}, 'shared account(s): 92000'],
    [{ permission: 'power' }, {}, 'are in no group'],
    [{}, { options: { addOrUpdate: true } }, 'overwrites'],
  ])('warns: %j %j', async (quirks, settings, words) => {
    const at = world(quirks, { contacts: 80, settings })
    const { warnings } = await at.run((writer) => writer.check(SIGNAL))
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(words)])
  })

  test('an account that the login does not reach is an error', async () => {
    const at = world({}, { contacts: 5, settings: { account: '555' } })
    await expect(at.run((writer) => writer.check(SIGNAL))).rejects.toMatchObject({
      kind: 'permission',
    })
  })

  test('what cannot move is listed', async () => {
    const at = world({}, { contacts: 40 })
    const inventory = await at.run((writer) => writer.inventory(SIGNAL))
    expect(inventory.find(({ kind }) => kind === 'companies')?.count).toBeGreaterThan(0)
    expect(inventory.find(({ kind }) => kind === 'workflows')?.count).toBeNull()
  })

  test('calls that a server does not know do no harm', async () => {
    const { writer } = scripted((xml) => {
      const name = /^<(\w+)Request/.exec(xml)?.[1] ?? ''
      if (name === 'GetContacts')
        return '<GetContactsResponse><Result>Success</Result><Contacts/></GetContactsResponse>'
      return `<Response><Result>Error</Result><ErrorText>Unknown request ${name}</ErrorText></Response>`
    })
    expect(await writer.check(SIGNAL)).toMatchObject({
      account: 'api.example.test/91234',
      contacts: 0,
    })
    expect(
      (await writer.inventory(SIGNAL)).find(({ kind }) => kind === 'companies')?.count,
    ).toBeNull()
  })
})
