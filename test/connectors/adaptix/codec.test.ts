/** Contacts come out in our words and go back in theirs, and what went there and back is what it was. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeContact,
  encodeConsent,
  encodeWrite,
  missingOptOuts,
} from '../../../connectors/adaptix/codec.ts'
import { definitionsOf, fieldBody } from '../../../connectors/adaptix/fields.ts'
import { aliasOf, pathOf, STANDARD_ALIASES } from '../../../connectors/adaptix/names.ts'
import { fieldSchema, parseContact } from '../../../connectors/adaptix/schema.ts'
import {
  columnTime,
  decodeValue,
  encodeValue,
  instantOf,
  valueTypeOf,
} from '../../../connectors/adaptix/values.ts'
import type { ContactWrite } from '../../../src/connector/connector.ts'
import type { Consent } from '../../../src/model/consent.ts'
import { type FieldValue, STANDARD_FIELDS, type ValueType } from '../../../src/model/field.ts'
import { norm } from '../../../src/model/norm.ts'
import { change, optOut, tag } from './changes.ts'
import { CONTACT } from './fixtures.ts'

const decoding = { typeOf: () => null, modifiedMoves: true }
const TYPES: Readonly<Record<string, ValueType>> = {
  shoe_size: 'number',
  opt_in: 'boolean',
  topics: 'choices',
  plan: 'choice',
  next_call: 'datetime',
  birthday: 'date',
  wake_up: 'time',
  story: 'longtext',
}
const encoding = {
  typeOf: (alias: string) => TYPES[alias] ?? null,
  zone: 'UTC',
  spellTag: (name: string) => name,
}

describe('the documented contact', () => {
  const sighting = decodeContact(parseContact(CONTACT.contact), decoding)

  it('has its fields at our paths, typed', () => {
    expect(sighting.fields).toMatchObject({
      prefix: 'Mr',
      givenName: 'Jim',
      'emails.1': 'jim@his-site.com',
      points: '10',
      owner: '1',
      'socials.facebook': null,
      'custom.opt_in': 'true',
      'custom.topics': ['news', 'beta'],
      'custom.next_call': '2026-03-01T09:15:00Z',
      'custom.birthday': '1972-02-29',
      'custom.shoe_size': '42.5',
      createdAt: '2015-07-21T17:27:12Z',
    })
    expect(sighting.fields).not.toHaveProperty('familyName')
  })

  it('tells its moments in UTC and its version verbatim', () => {
    expect(sighting.createdAt).toBe('2015-07-21T17:27:12Z')
    expect(sighting.updatedAt).toBe('2015-07-21T19:12:03Z')
    expect(sighting.version).toBe('2015-07-21T14:12:03-05:00')
  })

  it('carries tags and opt-outs, and does not tell groups', () => {
    expect(sighting.tags).toEqual(['aTag', 'bTag'])
    expect(sighting.consents).toEqual([
      {
        channel: 'email',
        address: null,
        state: 'undeliverable',
        reason: 'Mailbox & quota',
        scope: null,
        since: null,
      },
    ])
    expect(sighting).not.toHaveProperty('groups')
  })

  it('has no version where stamps do not move, and its creation as the last change where it never changed', () => {
    const contact = parseContact({
      id: 1,
      dateAdded: '2026-01-12T07:40:05+00:00',
      dateModified: null,
    })
    expect(decodeContact(contact, decoding)).toMatchObject({ updatedAt: '2026-01-12T07:40:05Z' })
    expect(decodeContact(contact, { ...decoding, modifiedMoves: false }).version).toBeNull()
  })
})

describe('names', () => {
  it('go both ways, and every standard one is a path of ours', () => {
    for (const [alias, path] of Object.entries(STANDARD_ALIASES)) {
      expect(aliasOf(path)).toBe(alias)
      expect(pathOf(alias)).toBe(path)
      expect(STANDARD_FIELDS).toHaveProperty([path])
    }
    expect(pathOf('plan_level')).toBe('custom.plan_level')
    expect(pathOf('constructor')).toBe('custom.constructor')
    expect(aliasOf('emails.2')).toBeNull()
  })
})

describe('values', () => {
  it.each<[ValueType, unknown, FieldValue]>([
    ['boolean', 0, 'false'],
    ['boolean', '1', 'true'],
    ['boolean', true, 'true'],
    ['number', 42.5, '42.5'],
    ['number', '42.50', '42.50'],
    ['choices', 'a|b', ['a', 'b']],
    ['choices', ['a', 'b'], ['a', 'b']],
    ['choices', '', null],
    ['date', '2026-03-01', '2026-03-01'],
    ['date', '0000-00-00', null],
    ['date', '19720230', '19720230'],
    ['datetime', '2026-03-01 09:15:00', '2026-03-01T09:15:00Z'],
    ['datetime', '2026-03-01T09:15:00-05:00', '2026-03-01T14:15:00Z'],
    ['time', '09:15:00', '09:15:00'],
    ['text', '', null],
    ['text', null, null],
    ['text', 0, '0'],
  ])('%s %j is %j', (type, raw, value) => {
    expect(decodeValue(type, raw as string)).toEqual(value)
  })

  it('write datetimes as wall times, in the zone the connection names', () => {
    expect(encodeValue('datetime', '2026-07-01T09:15:30Z', 'UTC')).toBe('2026-07-01 09:15:30')
    expect(encodeValue('datetime', '2026-07-01T09:15:30Z', 'Europe/Berlin')).toBe(
      '2026-07-01 11:15:30',
    )
    expect(encodeValue('datetime', 'some day', 'UTC')).toBe('some day')
    expect(encodeValue('time', '09:15', 'UTC')).toBe('09:15:00')
    expect(encodeValue('boolean', 'false', 'UTC')).toBe(false)
    expect(encodeValue('choices', ['a'], 'UTC')).toEqual(['a'])
    expect(columnTime('2026-03-01T09:15:00Z')).toBe('2026-03-01 09:15:00')
    expect(instantOf('nonsense')).toBeNull()
    for (const stamp of [
      '2026-03-01 09:15:00',
      '2026-03-01T09:15:00+00:00',
      '2026-03-01T10:15:00+01:00',
    ])
      expect(instantOf(stamp)).toBe('2026-03-01T09:15:00Z')
    expect(instantOf('2026-03-31T23:59:59Z')).toBe('2026-03-31T23:59:59Z')
    expect(instantOf('2026-03-01T25:00:00Z')).toBeNull()
  })

  it('are the instants that they say on every day of the calendar, and of none', () => {
    for (const year of ['2023', '2024'])
      for (let day = 0; day < 13 * 33; day += 1) {
        const [month, date] = [Math.floor(day / 33), day % 33].map((part) =>
          String(part).padStart(2, '0'),
        )
        const stamp = `${year}-${month}-${date}T09:15:00+00:00`
        const ms = Date.parse(stamp)
        const said = Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
        expect([stamp, instantOf(stamp)]).toEqual([stamp, said])
      }
  })

  it('survive the way there and back, whatever they are', () => {
    const instant = fc
      .integer({ min: 0, max: 4_000_000_000 })
      .map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`)
    const texts = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
    const samples: Record<string, fc.Arbitrary<FieldValue>> = {
      text: texts,
      longtext: texts,
      number: fc.integer().map(String),
      boolean: fc.constantFrom('true', 'false'),
      date: instant.map((text) => text.slice(0, 10)),
      datetime: instant,
      time: instant.map((text) => text.slice(11, 19)),
      choice: texts,
      choices: fc.uniqueArray(
        texts.filter((text) => !text.includes('|')),
        { minLength: 1, maxLength: 5 },
      ),
    }
    for (const [name, sample] of Object.entries(samples)) {
      const type = name as ValueType
      fc.assert(
        fc.property(sample, (value) => {
          if (value === null) return
          const sent = encodeValue(type, value, 'UTC')
          // A server stores several choices joined, and answers with that.
          const stored = Array.isArray(sent) ? sent.join('|') : sent
          expect(norm(type, decodeValue(type, stored as string))).toBe(norm(type, value))
        }),
        { numRuns: 200 },
      )
    }
  })
})

describe('a write', () => {
  it('sends aliases with typed values, and nothing that is not in it', () => {
    const { body } = encodeWrite(
      change({
        fields: {
          givenName: 'Ana',
          owner: '3',
          points: '12',
          'custom.opt_in': 'false',
          'custom.topics': ['news'],
          'custom.next_call': '2026-03-01T09:15:00Z',
        },
      }),
      encoding,
    )
    expect(body).toEqual({
      firstname: 'Ana',
      owner: 3,
      points: '12',
      opt_in: false,
      topics: ['news'],
      next_call: '2026-03-01 09:15:00',
    })
  })

  it('empties with the flag on an edit, and never on a create', () => {
    const fields = { 'addresses.main.city': null, givenName: 'Ana' }
    expect(encodeWrite(change({ fields }), encoding).body).toEqual({
      city: '',
      firstname: 'Ana',
      overwriteWithBlank: true,
    })
    const create = encodeWrite(change({ op: 'create', id: null, fields }), encoding)
    expect(create.body).toEqual({ firstname: 'Ana' })
    expect(create.hasBlanks).toBe(false)
  })

  it('takes an owner away with null and sends no zero points', () => {
    const payload = encodeWrite(change({ fields: { owner: null, points: '0' } }), encoding)
    expect(payload.body).toEqual({ owner: null })
    expect(payload.zeroPoints).toBe(true)
  })

  it('adds tags as the account spells them and removes them as the contact does', () => {
    const current = decodeContact(parseContact({ id: 47, tags: ['vip', 'old'] }), decoding)
    const { body } = encodeWrite(
      change({
        tags: { add: [tag('NEWS'), tag('news')], remove: [tag('VIP'), tag('old')] },
        current,
      }),
      { ...encoding, spellTag: (name) => (name.toLowerCase() === 'news' ? 'News' : name) },
    )
    expect(body).toEqual({ tags: ['News', '-vip', '-old'] })
  })

  it('sends no empty lists', () => {
    expect(encodeWrite(change(), encoding).body).toEqual({})
  })

  it('carries an opt-out with its reason, and takes none back from somebody new', () => {
    const granted: Consent = { ...optOut, state: 'granted' }
    expect(encodeWrite(change({ consents: [optOut] }), encoding).body).toEqual({
      doNotContact: [{ channel: 'email', reason: 3, comments: 'asked by phone' }],
    })
    expect(encodeWrite(change({ consents: [granted] }), encoding).body).toMatchObject({
      doNotContact: [{ reason: 0 }],
    })
    expect(
      encodeWrite(change({ op: 'create', id: null, consents: [granted] }), encoding).body,
    ).toEqual({})
    expect(encodeConsent({ ...optOut, state: 'undeliverable' })).toMatchObject({ reason: 2 })
    expect(encodeConsent({ ...optOut, state: 'unknown' })).toBeNull()
    expect(encodeConsent({ ...optOut, channel: 'post' })).toBeNull()
  })

  it('knows which opt-outs an answer does not show', () => {
    expect(missingOptOuts([optOut], [])).toHaveLength(1)
    expect(missingOptOuts([optOut], undefined)).toHaveLength(1)
    expect(missingOptOuts([optOut], [{ ...optOut, state: 'undeliverable' }])).toHaveLength(0)
  })

  it('settles a region code by the country that travels, or else by the one that is there', () => {
    const typed = {
      ...encoding,
      typeOf: (alias: string): ValueType => (alias === 'state' ? 'region' : 'text'),
    }
    const region = (fields: Record<string, string>, current: ContactWrite['current'] = null) =>
      encodeWrite(change({ fields: { 'addresses.main.region': 'WA', ...fields }, current }), typed)
        .body['state']
    const seen = decodeContact(
      parseContact({ id: 47, fields: { all: { country: 'Australia' } } }),
      decoding,
    )
    expect(region({ 'addresses.main.country': 'United States' })).toBe('Washington')
    expect(region({}, seen)).toBe('Western Australia')
    expect(region({})).toBeUndefined()
  })

  it('refuses a field that the platform does not have', () => {
    expect(() => encodeWrite(change({ fields: { 'emails.2': 'x@y.test' } }), encoding)).toThrow(
      'emails.2',
    )
  })
})

describe('the field catalogue', () => {
  const field = (more: object) =>
    fieldSchema.parse({
      id: 1,
      label: 'Plan',
      alias: 'plan',
      type: 'select',
      object: 'lead',
      ...more,
    })

  it('reads options in every shape', () => {
    const expected = [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ]
    const pairs = [
      { label: 'A', value: 'a' },
      { label: 'B', value: 'b' },
    ]
    for (const list of [pairs, { 0: pairs[0], 1: pairs[1] }, { a: 'A', b: 'B' }]) {
      expect(definitionsOf([field({ properties: { list } })])[0]?.options).toEqual(expected)
    }
    expect(
      definitionsOf([field({ properties: { list: 'a|b' } })])[0]?.options?.map((o) => o.value),
    ).toEqual(['a', 'b'])
    expect(definitionsOf([field({ properties: [] })])[0]?.options).toEqual([])
  })

  it('leaves out company fields, unpublished ones and the last visit, and adds what stands beside fields', () => {
    const definitions = definitionsOf([
      field({ object: 'company' }),
      field({ isPublished: false }),
      field({ alias: 'last_active', type: 'datetime' }),
    ])
    expect(definitions.map(({ path }) => path)).toEqual(['owner', 'points', 'createdAt'])
    expect(definitions.find(({ path }) => path === 'createdAt')?.writable).toBe(false)
  })

  it.each([
    [{ type: 'text' }, 191],
    [{ type: 'text', charLengthLimit: 64 }, 64],
    [{ type: 'text', alias: 'description' }, 16_383],
    [{ type: 'textarea' }, 16_383],
    [{ type: 'tel' }, 191],
    [{ type: 'select' }, null],
    [{ type: 'email' }, null],
  ])('%j holds %s characters', (more, maxLength) => {
    expect(definitionsOf([field(more)])[0]?.maxLength).toBe(maxLength)
  })

  it('maps every type of theirs, and takes unknown ones for text', () => {
    expect(valueTypeOf('multiselect')).toBe('choices')
    expect(valueTypeOf('hologram')).toBe('text')
  })

  it('drafts a field with what its type needs', () => {
    const draft = {
      label: 'Größe (cm)',
      name: 'Größe (cm) as told by the customer',
      type: 'boolean' as const,
      options: null,
    }
    expect(fieldBody(draft, true)).toMatchObject({
      label: 'Größe (cm)',
      alias: 'gro_e_cm_as_told_by_the_c',
      type: 'boolean',
      properties: { yes: 'Yes', no: 'No' },
    })
    const choice = { ...draft, type: 'choice' as const, options: [{ value: 'a', label: 'A' }] }
    expect(fieldBody(choice, true)).toMatchObject({
      type: 'select',
      properties: { list: [{ label: 'A', value: 'a' }] },
    })
    expect(fieldBody({ ...draft, type: 'text' }, true)).toMatchObject({ charLengthLimit: 191 })
    expect(fieldBody({ ...draft, type: 'text' }, false)).not.toHaveProperty('charLengthLimit')
  })
})
