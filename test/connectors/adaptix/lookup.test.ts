/** A look-up says what became of a contact, and finds nobody but the one asked for. */
import { describe, expect, it } from 'vitest'
import { remoteId } from '../../../src/model/id.ts'
import { script, signal, stage } from './account.ts'
import { CONTACT } from './fixtures.ts'

const ids = (...numbers: number[]) => numbers.map((number) => remoteId(String(number)))

describe('fetch', () => {
  it('tells found, merged and gone, in the order asked for', async () => {
    const { reader, simulator, ask, requests } = stage({ contacts: 12 })
    simulator.mergeContacts('4', '9')
    ask('DELETE', '/contacts/7/delete')
    const fetched = await reader.fetch(ids(11, 4, 7, 2), signal)
    expect(fetched.map(({ kind, id }) => `${id} ${kind}`)).toEqual([
      '11 found',
      '4 merged',
      '7 gone',
      '2 found',
    ])
    expect(fetched[1]).toMatchObject({ into: { id: '9' } })
    expect(requests.map(({ url }) => url.split('?')[0])).toEqual([
      '/api/contacts',
      '/api/contacts/4',
      '/api/contacts/7',
    ])
  })

  it('needs one request for two hundred', async () => {
    const { reader, requests } = stage({ contacts: 200 })
    const all = Array.from({ length: reader.capabilities.fetchMax }, (_, at) =>
      remoteId(String(at + 1)),
    )
    const fetched = await reader.fetch(all, signal)
    expect(fetched.every(({ kind }) => kind === 'found')).toBe(true)
    expect(requests).toHaveLength(1)
  })

  it('shows contacts with tags and opt-outs, as a scan does', async () => {
    const { reader } = stage({ contacts: 5 })
    const page = await reader.scan(
      { stream: 'contacts', since: null, overlapMs: 0, position: null, fields: [] },
      signal,
    )
    const fetched = await reader.fetch(ids(3), signal)
    const scanned = page.rows.find((row) => row.kind === 'contact' && row.sighting.id === '3')
    expect(fetched[0]).toMatchObject({
      kind: 'found',
      sighting: (scanned as { sighting: object }).sighting,
    })
  })

  it.each([
    [403, '{"errors":[{"code":403,"message":"no"}]}', 'inconclusive'],
    [500, '{"errors":[{"code":500,"message":"no"}]}', 'inconclusive'],
    [404, '<h1>Not found</h1>', 'inconclusive'],
    [404, '{"errors":[{"code":404,"message":"Item was not found.","details":[]}]}', 'gone'],
  ])('a %i %s for one contact is %s', async (status, body, kind) => {
    const { reader } = script(({ operation }) =>
      operation === 'contacts.list' ? { total: '0', contacts: [] } : { status, body },
    )
    expect(await reader.fetch(ids(5), signal)).toMatchObject([{ kind, id: '5' }])
  })

  it('asks one by one when the list fails or shows what nobody asked for', async () => {
    for (const list of [
      { status: 500, body: '{}' },
      { total: '2', contacts: { 1: { id: 1 }, 2: { id: 2 } } },
    ]) {
      const { reader, sent } = script(({ operation }) =>
        operation === 'contacts.list' ? list : CONTACT,
      )
      expect(await reader.fetch(ids(47), signal)).toMatchObject([{ kind: 'found', id: '47' }])
      expect(sent.map(({ operation }) => operation)).toEqual(['contacts.list', 'contacts.get'])
    }
  })

  it('stops where the login has ended', async () => {
    const { reader } = script(() => ({
      status: 401,
      body: '{"errors":[{"code":401,"message":"no"}]}',
    }))
    await expect(reader.fetch(ids(1), signal)).rejects.toMatchObject({ kind: 'login' })
  })
})

describe('find by e-mail', () => {
  it('knows no case, keeps plus and apostrophe, and passes by look-alikes', async () => {
    const { reader, ask } = stage()
    for (const email of ["O'Hara+news@x.test", 'ohara@x.test', 'Jose@x.test', 'twin@x.test']) {
      ask('POST', '/contacts/new', { email })
    }
    const find = async (...values: string[]) =>
      (await reader.find({ by: 'email', values }, signal)).map(({ fields }) => fields['emails.1'])
    expect(await find("o'hara+NEWS@x.test")).toEqual(["O'Hara+news@x.test"])
    expect(await find('josé@x.test')).toEqual([])
    expect(await find('nobody@x.test', 'twin@x.test', 'twin@x.test')).toEqual(['twin@x.test'])
    expect(await find('')).toEqual([])
  })

  it('shows every twin, page after page', async () => {
    const { reader } = script(
      ({ path }) => {
        const after = Number(new URLSearchParams(path.split('?')[1]).get('where[0][val]'))
        const left = [1, 2, 3, 4, 5].filter((id) => id > after)
        const rows = left.slice(0, 2).map((id) => ({ id, fields: { all: { email: 'A@x.test' } } }))
        return { total: String(left.length), contacts: rows }
      },
      { limits: { pageSize: 2 } },
    )
    const found = await reader.find({ by: 'email', values: ['a@x.test'] }, signal)
    expect(found.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('fails rather than overlook a contact that cannot be shown', async () => {
    const { reader } = script(() => ({ total: '1', contacts: { 5: { id: 5, fields: 'x' } } }))
    await expect(reader.find({ by: 'email', values: ['a@x.test'] }, signal)).rejects.toMatchObject({
      kind: 'unknown',
    })
  })

  it('goes in chunks that a url can hold', async () => {
    const { reader, requests } = stage()
    const values = Array.from(
      { length: 100 },
      (_, at) => `${'long-address-'.repeat(8)}${at}@x.test`,
    )
    await reader.find({ by: 'email', values }, signal)
    expect(requests.length).toBeGreaterThan(1)
    for (const { url } of requests) expect(url.length).toBeLessThan(6000)
  })
})

describe('find by marker', () => {
  it('takes the exact value only', async () => {
    const { reader, ask } = stage()
    ask('POST', '/fields/contact/new', { label: 'Ferry key', alias: 'ferry_key', type: 'text' })
    ask('POST', '/contacts/new', { email: 'a@x.test', ferry_key: 'Key,1' })
    ask('POST', '/contacts/new', { email: 'b@x.test', ferry_key: 'key,1' })
    const find = (...values: string[]) =>
      reader.find({ by: 'marker', path: 'custom.ferry_key', values }, signal)
    expect((await find('Key,1', 'other')).map(({ id }) => id)).toEqual(['1'])
  })

  it('is not to be had for phones, nor for fields that do not exist', async () => {
    const { reader } = stage()
    await expect(reader.find({ by: 'phone', values: ['1'] }, signal)).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(
      reader.find({ by: 'marker', path: 'emails.2', values: ['1'] }, signal),
    ).rejects.toMatchObject({ kind: 'unsupported' })
    expect(reader.capabilities.find).toEqual(['email', 'marker'])
  })
})

describe('a server that does not filter', () => {
  it('is searched, and asked one by one', async () => {
    const { reader, sent } = script(
      ({ path, operation }) => {
        if (operation === 'contacts.get') return CONTACT
        const query = new URLSearchParams(path.split('?')[1])
        const start = Number(query.get('start') ?? 0)
        const rows = [1, 2, 3].slice(start, start + Number(query.get('limit')))
        return {
          total: '3',
          contacts: rows.map((id) => ({ id, fields: { all: { email: `p${id}@x.test` } } })),
        }
      },
      { limits: { pageSize: 2 } },
    )
    let position: string | null = null
    do {
      const page = await reader.scan(
        { stream: 'contacts', since: null, overlapMs: 0, fields: [], position },
        signal,
      )
      position = page.next
    } while (position !== null)
    const found = await reader.find({ by: 'email', values: ['P2@x.test'] }, signal)
    expect(found.map(({ id }) => id)).toEqual(['2'])
    expect(decodeURIComponent(sent.at(-1)?.path ?? '')).toContain('search=email:P2@x.test')
    expect(await reader.fetch(ids(47), signal)).toMatchObject([{ kind: 'found' }])
  })
})
