/** Every shape that a version gives the same thing is read as the same thing. */
import { describe, expect, it } from 'vitest'
import { list } from '../../../connectors/adaptix/answers.ts'
import { profileFromHeaders, profileOf } from '../../../connectors/adaptix/profile.ts'
import { byId, encodeQuery, isOneOf } from '../../../connectors/adaptix/query.ts'
import {
  fieldSchema,
  itemAt,
  parseContact,
  rowsOf,
  ShapeError,
} from '../../../connectors/adaptix/schema.ts'
import { parseServerError } from '../../../connectors/adaptix/server-error.ts'
import { ANSWERS, CONTACT, LIST } from './fixtures.ts'

describe('a contact', () => {
  it('is read from the documented answer', () => {
    const contact = parseContact(CONTACT.contact)
    expect(contact).toMatchObject({
      id: '47',
      dateAdded: '2015-07-21T12:27:12-05:00',
      points: '10',
      owner: { id: '1', name: 'Joe Smith' },
      tags: ['aTag', 'bTag'],
      doNotContact: [{ channel: 'email', reason: 2, comments: 'Mailbox &amp; quota' }],
    })
    const { columns, values } = contact.cells
    const aliases = columns.map(({ alias }) => alias)
    const topics = aliases.indexOf('topics')
    expect(columns[topics]).toEqual({ alias: 'topics', type: 'multiselect' })
    expect(values[topics]).toBe('news|beta')
    expect(aliases).not.toContain('id')
  })

  it('is read from the documented list, where entries may be short', () => {
    const { total, rows } = list('contacts').parse(LIST)
    expect(total).toBe(3118)
    expect(rows.map(([key, raw]) => parseContact(raw, key).id)).toEqual(['901', '905'])
  })

  it('takes its id from the key it stands under, and has none otherwise', () => {
    expect(parseContact({ points: 1 }, '12').id).toBe('12')
    expect(() => parseContact({ points: 1 })).toThrow(ShapeError)
    expect(() => parseContact({ id: 'abc' })).toThrow(ShapeError)
  })

  it('reads tags, opt-outs and groups of fields as lists or objects, and [] as an empty group', () => {
    const contact = parseContact({
      id: '5',
      fields: { core: [], all: { id: '5', city: 'Oslo' } },
      tags: { '0': { tag: 'one' }, '7': 'two' },
      doNotContact: { '1': { channel: 'sms', reason: '3' } },
    })
    expect(contact.tags).toEqual(['one', 'two'])
    expect(contact.doNotContact).toEqual([
      { channel: 'sms', reason: 3, comments: null, dateAdded: null },
    ])
    expect(contact.cells).toEqual({ columns: [{ alias: 'city', type: null }], values: ['Oslo'] })
  })

  it('tells not told from empty', () => {
    const bare = parseContact({ id: 1 })
    expect([bare.tags, bare.doNotContact, bare.owner, bare.points]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    const empty = parseContact({ id: 1, tags: [], doNotContact: [], owner: null })
    expect([empty.tags, empty.doNotContact, empty.owner]).toEqual([[], [], null])
  })

  it('leaves the fields of its company out', () => {
    const cell = { value: 'x', type: 'text', object: 'company' }
    const { cells } = parseContact({ id: 1, fields: { core: { companyname: cell } } })
    expect(cells).toEqual({ columns: [], values: [] })
  })
})

describe('lists', () => {
  it('are empty in every spelling', () => {
    for (const answer of [ANSWERS['emptyList'], ANSWERS['emptyListBefore4']])
      expect(list('contacts').parse(answer)).toEqual({ total: 0, rows: [] })
    for (const nothing of [null, undefined, '', false, [], {}]) expect(rowsOf(nothing)).toEqual([])
  })

  it('are refused when there is none', () => {
    expect(list('contacts').safeParse({ total: 1, contacts: 'none', page: 1 }).success).toBe(false)
  })
})

describe('batch answers', () => {
  it('are read by position, as arrays and as objects with holes', () => {
    const { contacts, errors } = ANSWERS['batchCreate'] ?? {}
    expect(itemAt(contacts, 0)).toEqual({ id: 907 })
    expect(itemAt(contacts, 1)).toBeUndefined()
    expect(itemAt(errors, 1)).toMatchObject({ code: 400 })
    expect(itemAt([{ id: 1 }], 0)).toEqual({ id: 1 })
  })
})

describe('errors', () => {
  it('are read in all three shapes', () => {
    expect(parseServerError(ANSWERS['notUnique'])).toMatchObject({
      code: 422,
      details: { email: 'This field must be unique.' },
      isDetailed: true,
    })
    expect(parseServerError({ error: { code: 404, message: 'gone' } })).toMatchObject({ code: 404 })
    expect(
      parseServerError({ error: 'invalid_grant', error_description: 'expired' }),
    ).toMatchObject({
      type: 'invalid_grant',
      message: 'expired',
    })
  })

  it('are not seen in a batch that has some', () => {
    expect(parseServerError(ANSWERS['batchCreate'])).toBeNull()
    expect(parseServerError(ANSWERS['emptyList'])).toBeNull()
  })
})

describe('fields', () => {
  it('are read from the short list and from the full one, with numbers and flags as text', () => {
    const short = fieldSchema.parse(rowsOf(ANSWERS['fields'])[0])
    expect(short).toMatchObject({ id: 6, alias: 'email', object: 'lead' })
    const full = fieldSchema.parse({
      id: '9',
      label: 'Plan',
      alias: 'plan',
      type: 'select',
      isRequired: '1',
      isUniqueIdentifier: 0,
      isPublished: true,
      charLengthLimit: '64',
      properties: [],
    })
    expect(full).toMatchObject({
      id: 9,
      isRequired: true,
      isUniqueIdentifier: false,
      charLengthLimit: 64,
    })
  })
})

describe('queries', () => {
  it('write one page of a walk up the ids as the documents print it', () => {
    expect(encodeQuery(byId('900', 2))).toBe(
      'where%5B0%5D%5Bcol%5D=id&where%5B0%5D%5Bexpr%5D=gt&where%5B0%5D%5Bval%5D=900&orderBy=id&orderByDir=asc&limit=2',
    )
  })

  it('never compare with a single value, and quote what holds a comma', () => {
    expect(isOneOf('email', ["o'hara@x.test"]).val).toBe("o'hara@x.test,o'hara@x.test")
    expect(isOneOf('city', ['Oslo', 'Bo, Ås', 'say "hi"']).val).toBe('Oslo,"Bo, Ås","say ""hi"""')
  })

  it('keep a plus, write flags as numbers and leave out what is not given', () => {
    expect(
      encodeQuery({ search: 'a+b', minimal: true, start: undefined, select: ['id', 'email'] }),
    ).toBe('search=a%2Bb&minimal=1&select%5B%5D=id&select%5B%5D=email')
  })
})

describe('versions', () => {
  it('are read from either header, and decide', () => {
    expect(profileFromHeaders({ 'adaptix-version': '4.4.9' })).toMatchObject({
      product: 'Adaptix',
      batchEditIsSafe: true,
    })
    expect(profileFromHeaders({ 'mautic-version': '3.3.1-dev' })).toMatchObject({
      product: 'Mautic',
      batchEditIsSafe: false,
    })
    expect(profileFromHeaders({})).toBeNull()
  })

  it.each([
    [
      '2.16.5',
      { clears: false, batchEditIsSafe: true, dncInline: false, emoji: false, hasEvents: true },
    ],
    ['3.2.4', { clears: true, batchEditIsSafe: true, dncInline: true }],
    ['3.2.5', { batchEditIsSafe: false }],
    [
      '4.0.0',
      { batchEditIsSafe: true, modifiedMoves: true, dncMovesModified: true, countCacheMs: 0 },
    ],
    ['5.1.1', { charLengthLimit: true, dncMovesModified: true, countCacheMs: 5000 }],
    ['5.2-dev', { dncMovesModified: false, modifiedMoves: true }],
    ['6.0.3', { modifiedMoves: false, modifiedAtCreation: true }],
    ['7.0.0', { modifiedMoves: false }],
    [
      null,
      {
        batchEditIsSafe: false,
        modifiedMoves: false,
        dncInline: false,
        countCacheMs: 5000,
        emoji: false,
      },
    ],
  ])('%s', (version, facts) => {
    expect(profileOf(version, null)).toMatchObject(facts)
  })
})
