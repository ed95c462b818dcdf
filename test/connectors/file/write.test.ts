import { chmodSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { file } from '../../../connectors/file/connector.ts'
import type { Consent } from '../../../src/model/consent.ts'
import { remoteId } from '../../../src/model/id.ts'
import type { FieldDraft } from '../../../src/model/vocabulary.ts'
import { change, kit, settingsOf, signal } from './bare.ts'
import { scanAll, sheet } from './sheet.ts'

const NO: Consent = {
  channel: 'email',
  address: 'ada@example.com',
  state: 'refused',
  reason: 'Spam',
  scope: null,
  since: '2020-01-01T00:00:00Z',
}
function draft(label: string, type: FieldDraft['type'] = 'text'): FieldDraft {
  return { label, name: label.toLowerCase(), type, options: null }
}

describe.each(['people.csv', 'people.ndjson'])('a new file %s', (name) => {
  it('holds what was written once the writer is closed; only declarations lie beside it', async () => {
    const there = sheet(name)
    const writer = there.writer()
    const options = [{ value: 'b | c', label: 'Both' }]
    const made = await writer.createField({ ...draft('Plan Level', 'choices'), options }, signal)
    expect(made).toMatchObject({ path: 'custom.Plan Level', label: 'Plan Level', type: 'choices' })
    expect(
      await writer.createField({ ...draft('Plan Level', 'choices'), options }, signal),
    ).toMatchObject({ path: made.path })
    const other = await writer.createField(draft('Plan Level'), signal)
    expect(other.path).toBe('custom.Plan Level (2)')
    await writer.createTag({ name: 'Nobody yet', category: null }, signal)
    const fields = {
      givenName: 'Ada',
      'emails.1': 'ada@example.com',
      'custom.Plan Level': ['a', 'b | c'],
      'custom.ferry_key': 'keap:1',
      createdAt: '2015-03-01T00:00:00Z',
    }
    const outcomes = await writer.write(
      [
        change('p:1', { fields, tags: ['VIP', 'new'], groups: ['G'], consents: [NO] }),
        change('p:2', { fields: { givenName: '=1+1', notes: 'two\nlines "quoted"' } }),
      ],
      signal,
    )
    expect(outcomes.map((each) => each.kind === 'done' && each.wasCreated)).toEqual([true, true])
    expect(there.files()).toEqual([`${name}.ferry-log`])
    const before = await scanAll(there.reader())
    await writer.close()
    expect(there.files()).toEqual([name, `${name}.ferry.json`])
    const reader = there.reader()
    const after = await scanAll(reader)
    expect(after.sightings.map(({ id }) => id)).toEqual(before.sightings.map(({ id }) => id))
    expect(after.sightings[0]).toMatchObject({
      id: 'keap:1',
      createdAt: '2015-03-01T00:00:00Z',
      fields,
      tags: ['VIP', 'new'],
      groups: ['G'],
      consents: [NO],
    })
    expect(after.sightings[1]?.fields).toMatchObject({
      givenName: '=1+1',
      notes: 'two\nlines "quoted"',
    })
    const catalog = await reader.catalog(signal)
    expect(catalog.tags.map(({ key }) => key)).toEqual(['Nobody yet', 'VIP', 'new'])
    expect(catalog.fields.find(({ path }) => path === made.path)).toMatchObject({
      type: 'choices',
      options,
    })
    for (const probe of [
      { by: 'email', values: ['ADA@example.com'] },
      { by: 'marker', path: 'custom.ferry_key', values: ['keap:1', 'keap:2'] },
    ] as const) {
      expect((await reader.find(probe, signal)).map(({ id }) => id)).toEqual(['keap:1'])
    }
    expect(statSync(there.path).mode & 0o777).toBe(0o600)
  })

  it('a create that comes twice meets itself: by its marker, and without one by its key', async () => {
    const there = sheet(name)
    const batch = [
      change('p:1', { fields: { givenName: 'Ada', 'custom.ferry_key': 'keap:1' } }),
      change('p:2', { fields: { givenName: 'Bob' } }),
    ]
    const first = there.writer()
    const one = await first.write(batch, signal)
    const two = await first.write(batch, signal)
    await first.close()
    const second = there.writer()
    const renamed = { ...batch[0], key: 'another plan' } as (typeof batch)[0]
    const three = await second.write([renamed, batch[1] as (typeof batch)[0]], signal)
    await second.close()
    const ids = (outcomes: typeof one) =>
      outcomes.map((each) => (each.kind === 'done' ? each.id : null))
    expect(ids(two)).toEqual(ids(one))
    expect(ids(three)).toEqual(ids(one))
    expect(three.map((each) => each.kind === 'done' && each.wasCreated)).toEqual([false, false])
    expect((await scanAll(there.reader())).sightings).toHaveLength(2)
  })

  it('updates, removes and finds contacts wherever they stand', async () => {
    const there = sheet(name)
    const first = there.writer()
    const people = ['a', 'b', 'c'].map((key) =>
      change(key, {
        fields: { 'emails.1': `${key}@x.test`, 'custom.ferry_key': key, fax: '1' },
        tags: ['T', 'U'],
      }),
    )
    await first.write(people, signal)
    await first.close()
    const writer = there.writer()
    const updated = await writer.write(
      [
        change('u1', {
          id: 'a',
          fields: { 'emails.1': 'mid@x.test', fax: null },
          tags: ['V'],
          untag: ['T'],
          consents: [NO],
        }),
        change('u2', { id: 'nobody', fields: { fax: '2' } }),
      ],
      signal,
    )
    expect(updated.map(({ kind }) => kind)).toEqual(['done', 'gone'])
    const again = change('u3', {
      id: 'a',
      fields: { 'emails.1': 'new@x.test', fax: '3' },
      consents: [{ ...NO, state: 'granted' }],
    })
    await writer.write([again], signal)
    const removed = await writer.remove([remoteId('b'), remoteId('nobody')], signal)
    expect(removed.map(({ kind }) => kind)).toEqual(['done', 'gone'])
    for (const reader of [there.reader(), writer, 'closed'] as const) {
      if (reader === 'closed') await writer.close()
      const from = reader === 'closed' ? there.reader() : reader
      const { sightings } = await scanAll(from)
      expect(sightings.map(({ id }) => id)).toEqual(['a', 'c'])
      expect(sightings[0]).toMatchObject({
        fields: { 'emails.1': 'new@x.test', fax: '3' },
        tags: ['U', 'V'],
        consents: [{ ...NO, state: 'granted' }],
      })
      const fetched = await from.fetch([remoteId('b'), remoteId('c')], signal)
      expect(fetched.map(({ kind }) => kind)).toEqual(['gone', 'found'])
      const values = ['a@x.test', 'new@x.test', 'b@x.test']
      expect((await from.find({ by: 'email', values }, signal)).map(({ id }) => id)).toEqual(['a'])
      expect(await from.find({ by: 'email', values: ['mid@x.test', 'b@x.test'] }, signal)).toEqual(
        [],
      )
    }
  })

  it('a reader that looked before sees what a writer wrote after', async () => {
    const there = sheet(name)
    const reader = there.reader()
    const look = async (email: string) =>
      (await reader.find({ by: 'email', values: [email] }, signal)).length
    expect(await look('a@x.test')).toBe(0)
    const writer = there.writer()
    await writer.write([change('a', { fields: { 'emails.1': 'a@x.test' } })], signal)
    expect(await look('a@x.test')).toBe(1)
    await writer.write([change('b', { fields: { 'emails.1': 'b@x.test' } })], signal)
    expect(await look('b@x.test')).toBe(1)
    await writer.close()
    expect([await look('a@x.test'), await look('b@x.test')]).toEqual([1, 1])
  })
})

describe('a CSV that people made', () => {
  const TEXT =
    'Email;Customer;"Odd ""one"""\nada@example.com;=A1;"x;y"\nbob@example.com;2;\ntoo;short\n4;5;6;7;8\n;;nobody\n'

  it('keeps every byte of the rows that nobody wrote to, behind which the new cells stand', async () => {
    const there = sheet('people.csv', TEXT)
    const before = await scanAll(there.reader())
    const writer = there.writer()
    const update = change('u', {
      id: 'bob@example.com',
      fields: { givenName: 'Bob', 'custom.Customer': '-2' },
      tags: ['T'],
    })
    await writer.write([update], signal)
    await writer.close()
    const nobody = before.sightings[2]?.id
    expect(there.text().split('\n')).toEqual([
      'Email;Customer;"Odd ""one""";ferry_id;givenName;tags',
      'ada@example.com;=A1;"x;y";ada@example.com;;',
      "bob@example.com;'-2;;bob@example.com;Bob;T",
      'too;short',
      '4;5;6;7;8',
      `;;nobody;${nobody};;`,
      '',
    ])
    const after = await scanAll(there.reader())
    expect(after.sightings.map(({ id }) => id)).toEqual(before.sightings.map(({ id }) => id))
    expect(after.broken.map(({ message }) => message)).toEqual([
      'line 4: the row has 2 cells, the header 6',
      'line 5: the row has 5 cells, the header 6',
    ])
  })

  it('a row of too many cells does not fit by accident once there are more columns', async () => {
    const there = sheet('people.csv', 'id,City\n1,A\n2,B,C,D\n')
    const writer = there.writer()
    await writer.write([change('u', { id: '1', fields: { givenName: 'Ada', fax: '1' } })], signal)
    await writer.close()
    const { broken } = await scanAll(there.reader())
    expect(broken).toHaveLength(1)
    expect(there.text()).toContain('2,B,C,D,\n')
  })

  it('keeps its words about consent; what they cannot say goes into a column of its own', async () => {
    const there = sheet(
      'people.csv',
      'id,Email,consent.email\n1,a@x.test,Unsubscribed\n2,b@x.test,yes\n',
    )
    const writer = there.writer()
    const about = { ...NO, address: 'b@x.test' }
    const batch = [
      change('u1', { id: '1', fields: { fax: '1' } }),
      change('u2', { id: '2', consents: [about] }),
    ]
    await writer.write(batch, signal)
    await writer.close()
    const { sightings } = await scanAll(there.reader())
    expect(
      sightings.map(({ consents }) => consents?.map(({ state, reason }) => [state, reason])),
    ).toEqual([
      [['refused', 'Unsubscribed']],
      [
        ['granted', 'yes'],
        ['refused', 'Spam'],
      ],
    ])
    expect(there.text()).toContain('1,a@x.test,Unsubscribed,1,')
  })

  it('stamps changes where it has a column for it', async () => {
    const there = sheet(
      'people.csv',
      'id,updatedAt\n1,2020-01-01T00:00:00Z\n2,2020-01-01T00:00:00Z\n',
    )
    const writer = there.writer()
    await writer.write([change('u', { id: '1', fields: { fax: '1' } })], signal)
    await writer.close()
    const { sightings } = await scanAll(there.reader())
    expect(sightings.map(({ updatedAt }) => updatedAt)).toEqual([
      '2026-11-02T10:00:00Z',
      '2020-01-01T00:00:00Z',
    ])
  })

  it('keeps its mode, its line ends, its byte order mark and its place behind a link', async () => {
    const there = sheet('people.csv', '\ufeffid\tCity\r\n1\tA')
    chmodSync(there.path, 0o640)
    const link = join(dirname(there.path), 'link.csv')
    symlinkSync(there.path, link)
    const writer = file.openForWriting(settingsOf(link), kit)
    await writer.write([change('u', { id: '1', fields: { 'addresses.main.city': 'B' } })], signal)
    await writer.close()
    expect(there.text()).toBe('\ufeffid\tCity\r\n1\tB\r\n')
    expect(statSync(there.path).mode & 0o777).toBe(0o640)
    expect(there.files()).toEqual(['link.csv', 'people.csv'])
  })

  it('a new one is as the options say', async () => {
    const options = { delimiter: ';', bom: false, formulaGuard: false, separator: '/' }
    const there = sheet('new.csv', null, { options })
    const writer = there.writer()
    await writer.write(
      [change('a', { fields: { givenName: '+1', 'custom.ferry_key': 'k' }, tags: ['a/b', 'c'] })],
      signal,
    )
    await writer.close()
    expect(there.text()).toBe(
      'id;givenName;ferry_key;tags;groups;consents\r\nk;+1;k;a\\/b / c;;\r\n',
    )
  })
})

describe('a line of NDJSON that nobody wrote to', () => {
  it('stays as it is, but for the id that it is known by', async () => {
    const lines = [
      '{"id":"1","fields":{"custom.n":12.50}}',
      ' {"fields":{"emails.1":"A@x.test"}} ',
      '{}',
      'not json',
    ]
    const there = sheet('p.ndjson', lines.join('\n'))
    const before = await scanAll(there.reader())
    const writer = there.writer()
    await writer.write([change('c', { fields: { 'custom.ferry_key': 'k' } })], signal)
    await writer.close()
    const [first, second, third, fourth] = there.text().split('\n')
    expect([first, second, fourth]).toEqual([
      lines[0],
      ' {"fields":{"emails.1":"A@x.test"},"id":"a@x.test"}',
      lines[3],
    ])
    expect(third).toBe(`{"id":"${before.sightings[2]?.id}"}`)
    const after = await scanAll(there.reader())
    expect(after.sightings.slice(0, 3)).toEqual(before.sightings)
  })
})

describe('a file that somebody edits while writes wait in the log', () => {
  it('is not read until a person decided', async () => {
    const there = sheet('people.csv', 'id,City\n1,A\n')
    const writer = there.writer()
    await writer.write([change('u', { id: '1', fields: { fax: '1' } })], signal)
    writeFileSync(there.path, 'id,City\n1,Berlin\n')
    await expect(scanAll(there.reader())).rejects.toMatchObject({
      kind: 'scan',
      message: expect.stringContaining('was changed while writes of an earlier run waited'),
      hint: expect.stringContaining('delete the log'),
    })
    await expect(writer.close()).rejects.toMatchObject({ kind: 'scan' })
    expect(there.text()).toBe('id,City\n1,Berlin\n')
    unlinkSync(`${there.path}.ferry-log`)
    expect((await scanAll(there.reader())).sightings).toHaveLength(1)
  })
})

describe('what else a writer is asked', () => {
  it('adds options to a field, and refuses what a file has no word for', async () => {
    const there = sheet('p.csv')
    const writer = there.writer()
    const field = await writer.createField(draft('Plan', 'choice'), signal)
    const options = [{ value: 'a', label: 'A' }]
    expect(await writer.addOptions(field, options, signal)).toMatchObject({ options })
    const group = await writer.createGroup({ name: 'G' }, signal)
    await expect(writer.join(group, { add: [], remove: [] }, signal)).rejects.toMatchObject({
      kind: 'unsupported',
    })
    await expect(writer.call('x', {}, signal)).rejects.toMatchObject({ kind: 'unsupported' })
    await writer.close()
    expect(there.text()).toBe('\ufeffid,Plan,tags,groups,consents\r\n')
    const kept = JSON.parse(readFileSync(`${there.path}.ferry.json`, 'utf8'))
    expect(kept).toEqual({
      version: 1,
      fields: { 'custom.Plan': { type: 'choice', options } },
      tags: [],
      groups: ['G'],
    })
    expect(await there.reader().inventory(signal)).toEqual([])
  })

  it('a folder that cannot be written to stops the account', async () => {
    const writer = file.openForWriting(settingsOf('/nowhere/people.csv'), kit)
    await expect(writer.write([change('a', {})], signal)).rejects.toMatchObject({
      kind: 'permission',
      hint: expect.stringContaining('path'),
    })
    await writer.close()
  })
})
