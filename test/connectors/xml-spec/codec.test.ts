/** Canonical fields out and in again, three states, hostile texts. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  contactId,
  decodeContact,
  encodeContact,
  partsOfId,
} from '../../../connectors/xml-spec/codec.ts'
import { readMarkup } from '../../../connectors/xml-spec/markup.ts'
import { OPERATIONS } from '../../../connectors/xml-spec/operations.ts'
import { readReply } from '../../../connectors/xml-spec/reply.ts'
import { rules } from '../../../connectors/xml-spec/rules.ts'
import { readContactList } from '../../../connectors/xml-spec/schema.ts'
import type { UserField } from '../../../connectors/xml-spec/answers.ts'
import { standardDefinitions, TEXT_FIELDS } from '../../../connectors/xml-spec/standard-fields.ts'
import { userFields } from '../../../connectors/xml-spec/user-fields.ts'
import type { FieldPath, Fields, FieldValue } from '../../../src/model/field.ts'
import type { Sighting } from '../../../src/model/sighting.ts'

const FIELDS = userFields([
  known('1', 'Animal', 'Select'),
  known('2', 'Sports', 'Checkbox'),
  known('3', 'Story', 'Text'),
  known('4', 'Short', 'ShortText'),
  known('5', 'Since', 'Date'),
  known('6', 'Odd', 'Slider'),
  known('7', 'Twin', 'ShortText', '4'),
  known('8', 'Twin', 'ShortText', 'All'),
  known('9', 'Bio', 'ShortText'),
])

describe('round trip', () => {
  const plain = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .map((text) => rules.fit(text_('text'), text))
    .map((fit) => (fit.kind === 'reject' ? '' : String(fit.value)))
    .filter((text) => text.trim() !== '')
  const date = fc
    .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10))
  const option = plain.map((text) => text.replaceAll(',', ' ').trim()).filter((text) => text !== '')
  const arbitraries: Record<FieldPath, fc.Arbitrary<FieldValue>> = {
    ...Object.fromEntries(
      TEXT_FIELDS.map(({ path, type }) => [path, type === 'date' ? date : plain]),
    ),
    'custom.Animal': plain.map((text) => text.trim()),
    'custom.Sports': fc.uniqueArray(option, { minLength: 1, maxLength: 4 }),
    'custom.Story': plain.map((text) => `${text}\n${text}\t"<&>'`),
    'custom.Short': plain,
    'custom.Since': date,
    'custom.Odd': plain,
    'custom.Twin#7': plain,
    'custom.Twin#8': plain,
    'custom.Bio#9': plain,
    'custom.SecondaryCompanies': fc.uniqueArray(option, { minLength: 1, maxLength: 3 }),
  }
  const someFields = fc.record(arbitraries, { requiredKeys: [] })

  test('what is written comes back as it was', () => {
    fc.assert(
      fc.property(someFields, (fields) => {
        const given = Object.fromEntries(
          Object.entries(fields).filter(([, value]) => value !== undefined),
        ) as Fields
        const seen = decoded(stored(given)).fields
        for (const [path, value] of Object.entries(given))
          expect([path, seen[path]]).toEqual([path, value])
      }),
      { numRuns: 200 },
    )
  })

  test('no text breaks out of its element', () => {
    const hostile = `</Notes></Contact><Contact><Email>x@y.z</Email>]]>"'&lt;<!-- \u0000\u000b\ud800`
    for (const { path, type } of TEXT_FIELDS) {
      if (type === 'date') continue
      const [contact, ...others] = readContactList(
        readMarkup(stored({ [path]: hostile }), { mends: false }).root,
      ).contacts
      expect(others).toEqual([])
      expect(Object.keys(contact?.texts ?? {})).toHaveLength(1)
    }
  })

  test('ids, criteria and request ids survive any text in attributes', () => {
    const hostile = `a"b'c<d>&amp;\n\t e`
    const markup = OPERATIONS.DeleteContacts.encode({
      contacts: [{ email: hostile, request_id: hostile }],
    })
    const item = readMarkup(markup, { mends: false }).root.children[0]?.children[0]
    expect(item?.attributes).toEqual({ email: hostile, request_id: hostile })
  })

  test('an id holds account and number, and nothing else is one', () => {
    expect(partsOfId(contactId('91234', '77'))).toEqual({ account: '91234', id: '77' })
    for (const text of ['77', '91234/', '/77', '1/2/3', ''])
      expect(partsOfId(text as ReturnType<typeof contactId>)).toBeNull()
  })
})

describe('three states', () => {
  test('an element that is missing is not known, an empty one is empty', () => {
    const { fields } = decoded(
      answer('<Contact_id>1</Contact_id><Firstname>A</Firstname><Lastname></Lastname><Email/>'),
    )
    expect(fields).toEqual({ givenName: 'A', familyName: null, 'emails.1': null })
  })

  test('blanks alone are nothing', () => {
    expect(
      decoded(answer('<Contact_id>1</Contact_id><Notes>  </Notes>')).fields['notes'],
    ).toBeNull()
  })

  test('a user-defined field that the list leaves out has no value; without a list nothing is known', () => {
    const told = decoded(
      answer('<Contact_id>1</Contact_id><UserDefinedFields></UserDefinedFields>'),
    )
    expect(told.fields['custom.Animal']).toBeNull()
    const untold = decoded(answer('<Contact_id>1</Contact_id>'))
    expect(Object.keys(untold.fields)).toEqual([])
  })

  test('lists that are missing are not told, empty ones say none', () => {
    const untold = decoded(answer('<Contact_id>1</Contact_id>'))
    expect([untold.tags, untold.groups, untold.consents]).toEqual([undefined, undefined, undefined])
    const none = decoded(
      answer('<Contact_id>1</Contact_id><Tags/><Groups/><Unsubscribed>0</Unsubscribed>'),
    )
    expect([none.tags, none.groups, none.consents]).toEqual([[], [], []])
  })

  test('null empties on an update and is left out of a create', () => {
    const empties = { notes: null, 'custom.Animal': null, 'custom.Sports': null }
    const update = encodeContact(empties, { userFields: FIELDS, op: 'update', current: null })
    expect(update).toEqual({
      kind: 'parts',
      parts: {
        Notes: '',
        UserDefinedFields: [
          { fieldname: 'Animal', value: '' },
          { fieldname: 'Sports', value: '' },
        ],
      },
    })
    const create = encodeContact(empties, { userFields: FIELDS, op: 'create', current: null })
    expect(create).toEqual({ kind: 'parts', parts: {} })
  })
})

describe('what cannot be written as it is meant', () => {
  test.each([
    ['birthday', '19720230', 'is not a day that exists'],
    ['custom.Since', 'soon', 'is not a day that exists'],
    ['custom.Sports', ['Judo', 'Football, indoor'], 'comma'],
    ['custom.Nothing', 'x', 'is no field of this account'],
    ['emails.2', 'x@y.z', 'is no field of this account'],
  ] as const)('%s %j is a problem', (path, value, message) => {
    const encoded = encodeContact(
      { [path]: value },
      { userFields: FIELDS, op: 'update', current: null },
    )
    expect(encoded).toEqual({ kind: 'problem', path, message: expect.stringContaining(message) })
  })

  test('secondary companies are added and taken away one by one', () => {
    const current = { fields: { 'custom.SecondaryCompanies': ['A', 'B'] } } as unknown as Sighting
    const encoded = encodeContact(
      { 'custom.SecondaryCompanies': ['B', 'C'] },
      { userFields: FIELDS, op: 'update', current },
    )
    expect(encoded).toEqual({
      kind: 'parts',
      parts: {
        SecondaryCompanies: [{ CompanyName: 'A', remove: true }, { CompanyName: 'C' }],
      },
    })
  })
})

describe('rules', () => {
  test.each([
    [text_('text'), 'plain', { kind: 'ok', value: 'plain' }],
    [text_('text'), '', { kind: 'ok', value: null }],
    [text_('text'), 'a\u0000b', { kind: 'loss', value: 'ab', cause: expect.any(String) }],
    [
      text_('date'),
      '1972-02-30',
      { kind: 'loss', value: undefined, cause: 'not a day that exists' },
    ],
    [
      text_('choice'),
      'a,b',
      { kind: 'loss', value: undefined, cause: expect.stringContaining('comma') },
    ],
    [text_('choices'), ['a', 'b,c'], { kind: 'loss', value: ['a'], cause: expect.any(String) }],
    [text_('choices'), ['a', 'b'], { kind: 'ok', value: ['a', 'b'] }],
    [{ ...text_('choice'), path: 'custom.new:x' }, 'a,b', { kind: 'ok', value: 'a,b' }],
  ] as const)('%#', (definition, value, fit) => {
    expect(rules.fit(definition, value)).toEqual(fit)
  })

  test('tags lose what they cannot keep, and must have a name', () => {
    expect(rules.fitTag('VIP')).toEqual({ kind: 'ok', value: 'VIP' })
    expect(rules.fitTag(' VIP\n2 ')).toMatchObject({ kind: 'loss', value: 'VIP 2' })
    expect(rules.fitTag('\u0000')).toMatchObject({ kind: 'reject' })
  })

  test('a new contact of which nothing is left is refused', () => {
    expect(rules.refuse('create', { notes: null })).not.toBeNull()
    expect(rules.refuse('create', { 'phones.main': '1' })).toBeNull()
    expect(rules.refuse('update', {})).toBeNull()
  })
})

test('standard fields are defined once, and lead scores only when asked for', () => {
  const paths = standardDefinitions(true).map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(standardDefinitions(false).some(({ path }) => path.includes('Score'))).toBe(false)
})

function known(id: string, name: string, type: string, group = 'All'): UserField {
  return { id, name, group, type, possibleValues: [], editable: 'Hidden', updated: null }
}

function text_(type: 'text' | 'date' | 'choice' | 'choices') {
  return {
    path: 'custom.x',
    native: 'x',
    label: 'x',
    type,
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
}

/** What the server would show of a contact that was added like this. */
function stored(fields: Fields): string {
  const encoded = encodeContact(fields, { userFields: FIELDS, op: 'create', current: null })
  if (encoded.kind === 'problem') throw new Error(`${encoded.path} ${encoded.message}`)
  const markup: string = OPERATIONS.AddContacts.encode({ contacts: [encoded.parts] })
  return markup
    .replace('<AddContactsRequest>', '<GetContactsResponse>')
    .replace('</AddContactsRequest>', '</GetContactsResponse>')
    .replace(/<Contact request_id="[^"]*">/, '<Contact><Contact_id>1</Contact_id>')
    .replace(/<UserDefinedField (fieldname|fieldnum)="([^"]*)">(.*?)<\/UserDefinedField>/gs, shown)
}

function shown(_whole: string, by: string, key: string, value: string): string {
  const name = by === 'fieldname' ? key : 'Twin'
  const id = by === 'fieldnum' ? key : '0'
  const label = id === '9' ? 'Bio' : name
  return `<UserDefinedField><UserFieldID>${id}</UserFieldID><FieldName>${label}</FieldName><FieldValue>${value}</FieldValue></UserDefinedField>`
}

function answer(inner: string): string {
  return `<GetContactsResponse><Result>Success</Result><Contacts><Contact>${inner}</Contact></Contacts></GetContactsResponse>`
}

function decoded(body: string): Sighting {
  const [contact] = readContactList(readReply(body).root).contacts
  if (contact === undefined) throw new Error('no contact')
  const read = decodeContact(contact, {
    zone: 'UTC',
    account: '5',
    userFields: FIELDS,
    note: () => undefined,
  })
  if (read.kind === 'broken') throw new Error(read.message)
  return read.sighting
}
