/** Any operation by name: reading ones anywhere, writing ones only when it is said, and never where ferry.yaml forbids it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { PLATFORMS } from '../../connectors/index.ts'
import { operationsOf } from '../../connectors/operations.ts'
import { type TwoAccounts, twoAccounts } from '../app/two-accounts.ts'
import { tell } from './session.ts'

const open: TwoAccounts[] = []
function accounts(more = ''): TwoAccounts {
  const one = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 5, more },
    to: { platform: 'adaptix', contacts: 5, more },
  })
  open.push(one)
  return one
}
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

const TAG = ['call', 'target', 'tags.create', '--input', '{"tag":"by hand"}']

describe('an operation that reads', () => {
  it('answers what the platform answers', async () => {
    const two = accounts()
    const [first] = two.to.snapshot()
    const got = await tell(two, [
      'call',
      'target',
      'contacts.get',
      '--input',
      `{"id":${first?.id}}`,
    ])
    expect(got.code).toBe(0)
    expect(got.document).toMatchObject({ connection: 'target', operation: 'contacts.get' })
    expect(String(got.document['result']?.['id'])).toBe(first?.id)
    expect(JSON.parse(got.text)).toEqual(got.document['result'])
  })

  it('speaks the words of each platform', async () => {
    const two = accounts()
    const [first] = two.from.snapshot()
    const input = `{"contactId":${first?.id},"selectedFields":["Id"]}`
    const got = await tell(two, ['call', 'source', 'ContactService.load', '--input', input])
    expect(got.document['result']).toEqual({ Id: Number(first?.id) })
  })

  it('works on a connection that is marked readOnly', async () => {
    const got = await tell(accounts(', readOnly: true'), ['call', 'target', 'tags.list'])
    expect(got.failure).toBeNull()
    expect(got.code).toBe(0)
  })

  it('takes its input from a file', async () => {
    const two = accounts()
    const path = join(two.folder, 'input.json')
    writeFileSync(path, '{"text":"from a file"}')
    const got = await tell(two, ['call', 'source', 'DataService.echo', '--input', `@${path}`])
    expect(got.document['result']).toBe('from a file')
  })

  it('shows people as far as the mask allows', async () => {
    const two = accounts()
    const first = two.to.snapshot().find(({ emails }) => emails.length > 0)
    const [email = ''] = first?.emails ?? []
    const args = ['call', 'target', 'contacts.get', '--input', `{"id":${first?.id}}`]
    expect((await tell(two, args)).text).toContain(email)
    const hidden = await tell(two, args, { mask: 'full' })
    expect(hidden.text).not.toContain(email)
    expect(JSON.stringify(hidden.document)).not.toContain(email)
  })
})

describe('an operation that writes', () => {
  it('is not sent unless it is said', async () => {
    const two = accounts()
    const got = await tell(two, TAG)
    expect(got.failure).toMatchObject({
      code: 2,
      kind: 'usage',
      hint: expect.stringContaining('--yes'),
    })
    expect(two.to.counts.write).toBe(0)
  })

  it('is sent with --yes, and the audit knows of it', async () => {
    const two = accounts()
    const got = await tell(two, TAG, { yes: true })
    expect(got.failure).toBeNull()
    expect(two.to.counts.write).toBe(1)
    const app = await two.open()
    const [entry] = await app.store.audit.list(1)
    await app.close()
    expect(entry).toMatchObject({
      what: 'operation called',
      data: { connection: 'target', operation: 'tags.create', keys: ['tag'] },
    })
  })

  it('is refused on a connection that is marked readOnly, --yes or not', async () => {
    const two = accounts(', readOnly: true')
    const got = await tell(two, TAG, { yes: true })
    expect(got.code).toBe(3)
    expect(got.failure).toMatchObject({
      kind: 'read-only',
      message: 'target is marked readOnly in ferry.yaml: tags.create would write there',
    })
    expect(two.to.counts.write).toBe(0)
  })
})

describe('a sync to a connection that is marked readOnly', () => {
  it('may be planned and is never applied', async () => {
    const two = accounts(', readOnly: true')
    expect((await tell(two, ['plan', 'move'])).code).toBe(0)
    for (const args of [
      ['sync', 'move'],
      ['migrate', 'move'],
    ]) {
      const got = await tell(two, args, { yes: true })
      expect(got.failure).toMatchObject({ code: 3, kind: 'read-only' })
    }
    expect(two.to.counts.write + two.from.counts.write).toBe(0)
  })
})

describe('what is written wrongly', () => {
  it.each([
    [['call', 'target', 'contact.get'], 'did you mean "contacts.get"?'],
    [['call', 'target'], 'ferry call target --list'],
    [['call', 'target', 'contacts.get'], 'id'],
    [['call', 'target', 'contacts.get', '--input', '{"idd":1}'], 'did you mean "id"?'],
    [['call', 'target', 'contacts.get', '--input', '{id:1}'], 'in quotes'],
    [['call', 'target', 'contacts.get', '--input', '[1]'], '"id": 5'],
    [['call', 'target', 'contacts.get', '--input', '@nowhere.json'], 'Name a file'],
  ])('%j is told with what helps', async (args, hint) => {
    const two = accounts()
    const got = await tell(two, args)
    expect(got.failure).toMatchObject({ code: 2, hint: expect.stringContaining(hint) })
    expect(two.to.counts.read + two.to.counts.write).toBe(0)
  })

  it('is told of connections too', async () => {
    const got = await tell(accounts(), ['call', 'targt', 'contacts.get'])
    expect(got.failure?.message).toContain('did you mean "target"?')
  })
})

describe('the list', () => {
  it('says of every operation what it does, whether it writes and what goes in', async () => {
    const got = await tell(accounts(), ['call', 'source', '--list'])
    expect(got.text).toContain('ContactService.load')
    expect(got.text).toMatch(
      /^ContactService\.merge +write +Merges two contacts.*\n +contactId: id, duplicateContactId: id$/m,
    )
    expect(got.document[0]).toMatchObject({ name: expect.any(String), effect: expect.any(String) })
  })

  /** A file has no server to ask for anything. */
  const servers = PLATFORMS.filter(({ logins }) => logins.some((keys) => keys.length > 0))
  it.each(servers.map(({ name }) => name))(
    'of %s is there, each name once and explained',
    (platform) => {
      const all = operationsOf(platform)
      expect(all.length).toBeGreaterThan(15)
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
      expect(all.filter(({ about }) => about === '')).toEqual([])
    },
  )

  it('names the types of inputs as people write them', () => {
    const create = operationsOf('adaptix').find(({ name }) => name === 'fields.create')
    expect(create).toMatchObject({ effect: 'write', takesMore: true })
    expect(create?.input).toContainEqual({ name: 'label', type: 'text', isRequired: true })
    expect(create?.input.find(({ name }) => name === 'type')?.type).toContain('text | textarea')
    const page = operationsOf('xml-spec').find(({ name }) => name === 'GetContacts')
    expect(page?.input).toContainEqual({
      name: 'get_all',
      type: 'true or false',
      isRequired: false,
    })
  })
})
