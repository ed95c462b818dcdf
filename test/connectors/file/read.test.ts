import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { file } from '../../../connectors/file/connector.ts'
import { readOptions } from '../../../connectors/file/options.ts'
import { ConnectorError } from '../../../src/connector/error.ts'
import { remoteId } from '../../../src/model/id.ts'
import { kit, settingsOf, signal } from './bare.ts'
import { scanAll, sheet } from './sheet.ts'

function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../../connectors/file/fixtures', name))
}

async function refusal(work: Promise<unknown>): Promise<ConnectorError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ConnectorError) return error
  throw new Error('nothing was refused')
}

describe('an address book saved by Excel', () => {
  it('is read with its German headers, semicolons, byte order mark and quoted line ends', async () => {
    const reader = sheet('outlook.csv', fixture('outlook.csv')).reader()
    const { sightings, broken } = await scanAll(reader)
    expect(broken).toEqual([])
    expect(sightings[0]).toEqual({
      id: 'j.mueller@example.de',
      version: null,
      createdAt: null,
      updatedAt: null,
      fields: {
        prefix: 'Frau',
        givenName: 'Jörg-Änne',
        familyName: 'Müller',
        company: 'Müller & Söhne; GmbH',
        'emails.1': 'j.mueller@example.de',
        'phones.work': '+49 (0)711 123456-0',
        'phones.mobile': '0171/1234567',
        'addresses.main.line1': 'Königstr. 1',
        'addresses.main.postalCode': '01067',
        'addresses.main.city': 'Dresden',
        'addresses.main.country': 'Deutschland',
        birthday: '1980-02-29',
        'custom.Kundennummer': '000123',
        notes: 'Zeile eins\nZeile "zwei"',
      },
    })
    expect(sightings[1]?.id).toMatch(/^row-[0-9a-f]{16}$/)
    expect(await reader.check(signal)).toMatchObject({
      server: 'CSV, delimiter ";", 14 columns',
      contacts: 2,
      warnings: [{ message: 'there is no column "id"' }],
    })
  })

  it('also with its line that names the delimiter, and columns that have no name', async () => {
    const { sightings } = await scanAll(sheet('excel.csv', fixture('excel.csv')).reader())
    expect(sightings[0]?.fields).toEqual({
      'custom.Name': 'Ada',
      'emails.1': 'ada@example.com',
      'custom.Email': 'ada@home.example',
      'custom.Column 4': 'left over',
    })
  })
})

describe('an export of a CRM', () => {
  it('gives whole contacts, and every row that is none with its line and what to do', async () => {
    const there = sheet('crm.csv', fixture('crm-export.csv'))
    const { sightings, broken, pages } = await scanAll(there.reader())
    expect(sightings.map(({ id }) => id)).toEqual(['17', '18'])
    expect(sightings[0]).toMatchObject({
      createdAt: '2015-03-01T00:00:00Z',
      tags: ['Newsletter', 'VIP'],
      consents: [{ channel: 'email', address: null, state: 'refused', reason: 'Unsubscribed' }],
    })
    expect(sightings[1]).toMatchObject({
      createdAt: null,
      tags: [],
      fields: { createdAt: '2016-01-01', 'custom.Lead Source': "=cmd|' /C calc'!A0" },
      consents: [],
    })
    expect(broken.map(({ id, message }) => [id, message])).toEqual([
      ['line-4', 'line 4: "maybe" in the cell "consent.email" is no consent'],
      ['line-5', 'line 5: the row has 3 cells, the header 13'],
      ['line-6', 'line 6: the row has 14 cells, the header 13'],
      ['line-7', expect.stringContaining('line 7: Invalid Opening Quote')],
      ['line-8', 'line 8: the id 18 stands in an earlier row as well'],
    ])
    expect(broken.every(({ hint }) => hint !== '')).toBe(true)
    expect(pages.at(-1)?.isProven).toBe(false)
    expect(await there.reader().check(signal)).toMatchObject({
      contacts: 2,
      warnings: [{ message: '5 of 7 rows cannot be read' }],
    })
  })

  it('names fields, tags and owners; types are guessed only where every value is one', async () => {
    const catalog = await sheet('crm.csv', fixture('crm-export.csv')).reader().catalog(signal)
    const custom = catalog.fields.filter(({ path }) => path.startsWith('custom.'))
    expect(custom.map(({ label, type, options }) => [label, type, options])).toEqual([
      ['Lead Source', 'text', null],
      ['Wants catalogue', 'boolean', null],
      ['Contract end', 'date', null],
    ])
    const state = catalog.fields.find(({ native }) => native === 'State')
    expect(state).toMatchObject({ path: 'addresses.main.region', readable: true, writable: true })
    expect(catalog.fields.find(({ path }) => path === 'fax')).toMatchObject({ readable: false })
    expect(catalog.tags.map(({ key }) => key)).toContain('VIP')
  })

  it('digits stay texts, and long ones get the type of long texts', async () => {
    const rows = `Customer,Story,Zip four\n1,"a\nb",0123\n2,${'x'.repeat(300)},99\n`
    const catalog = await sheet('types.csv', rows).reader().catalog(signal)
    const custom = catalog.fields.filter(({ path }) => path.startsWith('custom.'))
    expect(custom.map(({ label, type }) => [label, type])).toEqual([
      ['Customer', 'text'],
      ['Story', 'longtext'],
      ['Zip four', 'text'],
    ])
  })
})

describe('lines of NDJSON', () => {
  it('keep absent, empty and a value apart', async () => {
    const { sightings, broken } = await scanAll(
      sheet('p.ndjson', fixture('people.ndjson')).reader(),
    )
    expect(sightings[0]).toEqual({
      id: '1',
      version: null,
      createdAt: '2015-03-01T00:00:00Z',
      updatedAt: null,
      fields: {
        givenName: 'Ada',
        familyName: '',
        'emails.1': 'ada@example.com',
        'phones.mobile': null,
        'custom.Interests': ['Maths', 'Engines | steam'],
      },
      tags: ['VIP'],
      groups: [],
      consents: [
        {
          channel: 'email',
          address: 'ada@example.com',
          state: 'refused',
          reason: 'Spam',
          scope: null,
          since: '2020-01-01T00:00:00Z',
        },
      ],
    })
    expect(sightings[1]).toMatchObject({
      id: 'no.id@example.com',
      fields: { 'custom.Score': '12', 'custom.Wants catalogue': 'true' },
    })
    expect(sightings[1]).not.toHaveProperty('tags')
    expect(sightings[2]?.id).toMatch(/^row-/)
    expect(broken.map(({ message }) => message)).toEqual([
      'line 4: there is no field "firstname"',
      'line 5: the line is not JSON',
    ])
  })
})

describe('ids without a column for them', () => {
  it('are the first address, then the content, so that two people of one address stay two', async () => {
    const rows = [
      'Email,First name',
      'A@x.test,Ann',
      'a@x.test,Bob',
      ',Cid',
      ',Cid',
      ',Cid',
      '',
    ].join('\n')
    const there = sheet('twins.csv', rows)
    const { sightings } = await scanAll(there.reader())
    expect(sightings.map(({ fields }) => fields['givenName'])).toEqual([
      'Ann',
      'Bob',
      'Cid',
      'Cid',
      'Cid',
    ])
    const [ann, bob, ...cids] = sightings.map(({ id }) => id)
    expect(ann).toBe('a@x.test')
    expect(bob).toMatch(/^row-/)
    expect(cids[1]).toBe(`${cids[0]}-2`)
    expect(cids[2]).toBe(`${cids[0]}-3`)
    const again = await scanAll(there.reader())
    expect(again.sightings).toEqual(sightings)
    const ids = sightings.map(({ id }) => id)
    const fetched = await there.reader().fetch([...ids, remoteId('nobody')], signal)
    expect(fetched.map((each) => (each.kind === 'found' ? each.sighting : each.kind))).toEqual([
      ...sightings,
      'gone',
    ])
    const found = await there
      .reader()
      .find({ by: 'email', values: ['a@X.test', 'q@x.test'] }, signal)
    expect(found.map(({ id }) => id).sort()).toEqual([ann, bob].sort())
  })
})

describe('a scan', () => {
  const rows = (count: number) =>
    ['id,First name', ...Array.from({ length: count }, (_, at) => `${at},"a\r\nb"`)].join('\r\n')

  it('goes on from any position, as often as it is asked', async () => {
    const reader = sheet('many.csv', rows(25), { limits: { pageSize: 10 } }).reader()
    const { pages, sightings } = await scanAll(reader)
    expect(pages.map((page) => page.rows.length)).toEqual([10, 10, 5])
    expect(pages.map((page) => page.isProven)).toEqual([false, false, true])
    expect(sightings.map(({ id }) => Number(id))).toEqual(Array.from({ length: 25 }, (_, at) => at))
    for (const [place, page] of pages.slice(0, 2).entries()) {
      const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
      const other = await reader.scan({ ...request, position: page.next }, signal)
      expect(other).toEqual(pages[place + 1])
    }
  })

  it('of a file that ends with a full page has an empty last page', async () => {
    const reader = sheet('many.csv', rows(20), { limits: { pageSize: 10 } }).reader()
    const { pages } = await scanAll(reader)
    expect(pages.map((page) => page.rows.length)).toEqual([10, 10, 0])
  })

  it.each([
    ['grows', (path: string) => writeFileSync(path, rows(26))],
    [
      'is replaced by one like it',
      (path: string) => {
        writeFileSync(`${path}.new`, rows(25))
        renameSync(`${path}.new`, path)
      },
    ],
    [
      'is edited in place',
      (path: string) => {
        writeFileSync(path, rows(25).replace('a\r\nb', 'c\r\nd'))
        utimesSync(path, 1, 1)
      },
    ],
  ])('fails when the file %s on the way', async (_, move) => {
    const there = sheet('many.csv', rows(25), { limits: { pageSize: 10 } })
    const reader = there.reader()
    const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
    const first = await reader.scan({ ...request, position: null }, signal)
    move(there.path)
    const error = await refusal(reader.scan({ ...request, position: first.next }, signal))
    expect(error).toMatchObject({
      kind: 'scan',
      message: `${there.path} changed while it was read`,
    })
    expect(error.hint).toContain('run again')
    const { sightings } = await scanAll(reader)
    expect(sightings.length).toBeGreaterThanOrEqual(25)
  })

  it('sees mixed line ends, empty lines and a last row without one', async () => {
    const { sightings, broken } = await scanAll(
      sheet('mixed.csv', 'id,City\r\n1,A\n2,B\r3,C\r\n\r\n\n4,D').reader(),
    )
    expect([sightings.map(({ id }) => id), broken]).toEqual([['1', '2', '3', '4'], []])
  })

  it.each([
    ['a quote is never closed', 'id,City\n1,A\n2,"B\n3,C\n', 'line 3 is never closed'],
    ['it is UTF-16', Buffer.from('\ufeffid,City\n', 'utf16le'), 'not a text in UTF-8'],
    ['its header is Latin-1', Buffer.from('id,Straße\n', 'latin1'), 'not a text in UTF-8'],
  ])('stops where %s', async (_, content, message) => {
    const error = await refusal(scanAll(sheet('bad.csv', content).reader()))
    expect(error.kind).toBe('scan')
    expect(error.message).toContain(message)
    expect(error.hint).not.toBeNull()
  })

  it('a row in another encoding is broken alone', async () => {
    const content = Buffer.concat([
      Buffer.from('id,City\n1,'),
      Buffer.from('Köln', 'latin1'),
      Buffer.from('\n2,Köln\n'),
    ])
    const { sightings, broken } = await scanAll(sheet('latin.csv', content).reader())
    expect(sightings.map(({ fields }) => fields['addresses.main.city'])).toEqual(['Köln'])
    expect(broken[0]).toMatchObject({ message: 'line 2: the row is not UTF-8' })
  })

  it.each([',', ';', '\t', '|'])('finds the delimiter %j', async (delimiter) => {
    const text = [
      ['id', '"a, b; c"', 'City'].join(delimiter),
      ['1', '"x"', 'Y'].join(delimiter),
    ].join('\n')
    const { sightings } = await scanAll(sheet('d.csv', text).reader())
    expect(sightings[0]?.fields).toEqual({ 'custom.a, b; c': 'x', 'addresses.main.city': 'Y' })
  })

  it('a file that is not there is empty and said so, in a folder that is', async () => {
    const there = sheet('none.csv')
    const { sightings, pages } = await scanAll(there.reader())
    expect(sightings).toEqual([])
    expect(pages[0]?.notes).toEqual([`${there.path} does not exist yet`])
    const report = await there.reader().check(signal)
    expect(report.warnings[0]?.hint).toContain('check the path')
    const reader = file.open(settingsOf('/nowhere/at/all.csv'), kit)
    expect(await refusal(reader.check(signal))).toMatchObject({ kind: 'permission' })
  })
})

describe('options', () => {
  it.each([
    ['people.csv', {}, 'csv', null],
    ['people.TSV', {}, 'csv', '\t'],
    ['people.jsonl', {}, 'ndjson', null],
    ['people.data', { format: 'csv', delimiter: 'tab' }, 'csv', '\t'],
    ['people.txt', { format: 'ndjson' }, 'ndjson', null],
  ])('%s with %j', (name, options, format, delimiter) => {
    expect(readOptions(settingsOf(`/x/${name}`, { options }))).toMatchObject({ format, delimiter })
  })

  it.each([
    ['no path', { path: null }, 'names no file'],
    ['no format', { path: '/x/people.data' }, 'what kind of file'],
    ['a slip of the pen', { options: { delimeter: ';' } }, 'delimeter'],
    ['a separator that would not be seen', { options: { separator: ' ' } }, 'separator'],
  ])('with %s are refused with what to write', async (_, more, message) => {
    const settings = settingsOf('/x/people.csv', more)
    const error = await refusal(Promise.resolve().then(() => file.open(settings, kit)))
    expect(error.kind).toBe('unsupported')
    expect(error.message).toContain(message)
    expect(error.hint).not.toBeNull()
  })
})
