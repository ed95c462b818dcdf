/** What the server would do to a value is told beforehand, and the simulated server then does just that. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptedRegion, acceptedZone } from '../../../connectors/adaptix/places.ts'
import { emailTrouble, makeRules } from '../../../connectors/adaptix/rules.ts'
import type { Fit } from '../../../src/connector/connector.ts'
import type { FieldValue, ValueType } from '../../../src/model/field.ts'
import type { FieldDefinition } from '../../../src/model/vocabulary.ts'
import { signal, stage } from './account.ts'
import { creation } from './changes.ts'

const modern = { profile: { clears: true, emoji: true }, regions: [], required: [] }
const rules = makeRules(modern)

function field(type: ValueType, path = `custom.${type}`): FieldDefinition {
  return {
    path,
    native: type,
    label: type,
    type,
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
}
const fitted = (type: ValueType, value: FieldValue, path?: string): Fit =>
  rules.fit(field(type, path), value)
interface Expected {
  readonly kind: Fit['kind']
  readonly value: FieldValue | undefined
}
const LOST: Expected = { kind: 'loss', value: undefined }

describe('values', () => {
  it.each<[ValueType, FieldValue, Expected]>([
    ['text', 'Ana', { kind: 'ok', value: 'Ana' }],
    ['text', '  Ana ', { kind: 'ok', value: 'Ana' }],
    ['text', '0', LOST],
    ['text', '00.4', LOST],
    ['text', '-0.9', LOST],
    ['text', '0049 89', { kind: 'ok', value: '0049 89' }],
    ['text', '0049', { kind: 'ok', value: '0049' }],
    ['text', '10', { kind: 'ok', value: '10' }],
    ['text', '<b>Ana</b>', { kind: 'loss', value: 'Ana' }],
    ['text', '1 < 2', { kind: 'loss', value: '1  2' }],
    ['text', 'R&amp;D', { kind: 'loss', value: 'R&D' }],
    ['text', '<br>', LOST],
    ['longtext', 'a\r\nb', { kind: 'ok', value: 'a\r\nb' }],
    ['html', '<p>Hi</p>', { kind: 'ok', value: '<p>Hi</p>' }],
    ['html', '<p onclick="x()">Hi</p><script>y()</script>', { kind: 'loss', value: '<p>Hi</p>' }],
    ['number', '0', LOST],
    ['number', '0.75', LOST],
    ['number', '12.50', { kind: 'ok', value: '12.50' }],
    ['number', '12abc', LOST],
    ['boolean', 'false', { kind: 'ok', value: 'false' }],
    ['boolean', null, LOST],
    ['date', '2026-03-01', { kind: 'ok', value: '2026-03-01' }],
    ['date', '19720230', LOST],
    ['date', '1972-02-30', LOST],
    ['date', 'March 3, 2026', LOST],
    ['datetime', '2026-03-01T09:15:00Z', { kind: 'ok', value: '2026-03-01T09:15:00Z' }],
    ['datetime', '2026-03-01T09:15:42Z', { kind: 'loss', value: '2026-03-01T09:15:00Z' }],
    ['datetime', 'soon', LOST],
    ['time', '09:15', { kind: 'ok', value: '09:15' }],
    ['time', '00:30', LOST],
    ['choice', '0', LOST],
    ['choices', ['a', 'b|c'], { kind: 'loss', value: ['a'] }],
    ['choices', ['b|c'], LOST],
    ['choices', ['0'], LOST],
    ['country', 'Germany', { kind: 'ok', value: 'Germany' }],
    ['country', 'DE', { kind: 'ok', value: 'Germany' }],
    ['country', 'Czechia', { kind: 'ok', value: 'Czech Republic' }],
    ['country', 'Türkiye', { kind: 'ok', value: 'Turkey' }],
    ['country', 'U.S.A.', { kind: 'ok', value: 'United States' }],
    ['country', 'Atlantis', LOST],
    ['country', 'Kosovo', LOST],
    ['region', 'massachusetts', { kind: 'ok', value: 'Massachusetts' }],
    ['region', 'Québec', { kind: 'ok', value: 'Quebec' }],
    ['region', 'AZ', { kind: 'ok', value: 'Arizona' }],
    ['region', 'WA', { kind: 'ok', value: 'WA' }],
    ['region', '東京都', LOST],
    ['timezone', 'Europe/Berlin', { kind: 'ok', value: 'Europe/Berlin' }],
    ['timezone', 'US/Eastern', { kind: 'ok', value: 'America/New_York' }],
    ['timezone', 'Mars/Base', LOST],
    ['language', 'en-US', { kind: 'ok', value: 'en_US' }],
    ['language', 'English', LOST],
    ['text', null, { kind: 'ok', value: null }],
  ])('%s %j', (type, value, expected) => {
    expect(fitted(type, value)).toMatchObject(expected)
  })

  it('take zero points, which are reached by subtracting', () => {
    expect(fitted('number', '0', 'points')).toEqual({ kind: 'ok', value: '0' })
    expect(fitted('number', '12.6', 'points')).toMatchObject({ kind: 'loss', value: '12' })
    expect(fitted('text', 'Joe Smith', 'owner')).toMatchObject(LOST)
    expect(fitted('text', '3', 'owner')).toEqual({ kind: 'ok', value: '3' })
  })

  it('cannot be emptied before version 3', () => {
    const old = makeRules({ ...modern, profile: { clears: false, emoji: false } })
    expect(old.fit(field('text'), null)).toMatchObject(LOST)
    expect(old.fit(field('text'), 'Party 🎉')).toMatchObject({ kind: 'loss', value: 'Party' })
    expect(old.fit(field('text'), '🎉')).toMatchObject(LOST)
    expect(old.fitTag('VIP 🌟')).toMatchObject({ kind: 'loss', value: 'VIP' })
    expect(fitted('text', 'Party 🎉')).toEqual({ kind: 'ok', value: 'Party 🎉' })
  })

  it('take further regions that the connection names', () => {
    const more = makeRules({ ...modern, regions: ['Tōkyō-to'] })
    expect(more.fit(field('region'), 'Tōkyō-to')).toEqual({ kind: 'ok', value: 'Tōkyō-to' })
    const any = makeRules({ ...modern, regions: 'any' })
    expect(any.fit(field('region'), 'Narnia')).toEqual({ kind: 'ok', value: 'Narnia' })
  })

  it('are fitted once: fitting again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom<ValueType>('text', 'longtext', 'html'),
        (text, type) => {
          const first = fitted(type, `${text}&lt;<b>`)
          if (first.kind === 'reject' || first.value === undefined || first.value === null) return
          expect(fitted(type, first.value)).toEqual({ kind: 'ok', value: first.value })
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('tags', () => {
  it.each([
    ['VIP', { kind: 'ok', value: 'VIP' }],
    ['-unengaged', LOST],
    [' -x', LOST],
    ['Coupon -20%', { kind: 'ok', value: 'Coupon -20%' }],
    ['Clicked <summer> link', { kind: 'loss', value: 'Clicked  link' }],
    ['x'.repeat(200), { kind: 'loss', value: 'x'.repeat(191) }],
    ['  ', LOST],
  ])('%s', (name, expected) => {
    expect(rules.fitTag(name)).toMatchObject(expected)
  })
})

describe('whole records', () => {
  it.each([
    'josé@x.test',
    'a b@x.test',
    'a,b@x.test',
    'a@b',
    'a&b@x.test',
    `${'a'.repeat(190)}@x.test`,
  ])('with the address %s are refused, as e-mail and as record', (email) => {
    expect(emailTrouble(email)).not.toBeNull()
    expect(fitted('email', email, 'emails.1').kind).toBe('reject')
    expect(fitted('email', email)).toMatchObject(LOST)
    expect(rules.refuse('update', { 'emails.1': email })?.cause).toMatch(/address/)
  })

  it.each(["o'hara@x.test", 'UPPER+tag@X.test', 'a.b-c_d@sub.x-y.test', ' trimmed@x.test '])(
    'with %s pass',
    (email) => {
      expect(rules.refuse('create', { 'emails.1': email })).toBeNull()
      expect(fitted('email', email, 'emails.1')).toEqual({ kind: 'ok', value: email.trim() })
    },
  )

  it('need the required fields on creation only', () => {
    const strict = makeRules({
      ...modern,
      required: [{ ...field('text', 'custom.plan'), label: 'Plan' }],
    })
    expect(strict.refuse('create', { givenName: 'Ana' })).toMatchObject({
      cause: 'Plan is required there',
    })
    expect(strict.refuse('create', { 'custom.plan': 'gold' })).toBeNull()
    expect(strict.refuse('update', { givenName: 'Ana' })).toBeNull()
  })
})

describe('places', () => {
  it('leave a code unsettled where countries share it', () => {
    expect(acceptedRegion('NSW')).toEqual({ name: 'New South Wales' })
    expect(acceptedRegion('nt')).toBe('unsure')
    expect(acceptedRegion('')).toBeNull()
  })

  it('know the old names of zones', () => {
    expect(acceptedZone('Asia/Calcutta')).toBe('Asia/Kolkata')
    expect(acceptedZone('EST')).toBeNull()
  })
})

describe('against the server', () => {
  it('what fits is stored as it was told, and nothing is refused', async () => {
    const { writer, simulator } = stage()
    const catalog = await writer.catalog(signal)
    const wanted: Record<string, string> = {
      givenName: '<b>Ana</b> & Co',
      familyName: '0.5',
      'addresses.main.country': 'Deutschland',
      'addresses.main.region': 'bayern',
      'addresses.main.city': 'a < b',
      timeZone: 'US/Pacific',
      language: 'de-AT',
      points: '12.7',
    }
    const fields: Record<string, FieldValue> = {}
    for (const [path, value] of Object.entries(wanted)) {
      const definition = catalog.fields.find((known) => known.path === path)
      if (definition === undefined) throw new Error(`no field ${path}`)
      const found = writer.rules.fit(definition, value)
      if (found.kind !== 'reject' && found.value !== undefined) fields[path] = found.value
    }
    const [outcome] = await writer.write([creation('ana@x.test', { fields })], signal)
    expect(outcome).toMatchObject({ kind: 'done', wasCreated: true })
    expect(simulator.snapshot()[0]?.fields).toMatchObject({
      firstname: 'Ana & Co',
      country: 'Germany',
      state: 'Bayern',
      city: 'a  b',
      timezone: 'America/Los_Angeles',
      preferred_locale: 'de_AT',
      points: '12',
    })
    expect(simulator.snapshot()[0]?.fields).not.toHaveProperty('lastname')
  })
})
