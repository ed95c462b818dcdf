import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConsentState, isOptedOut, isStricter, stricter } from '../../src/model/consent.ts'
import { countryCode, countryName } from '../../src/model/country.ts'
import { isEmail, normEmail } from '../../src/model/email.ts'
import { STANDARD_FIELDS, unitOf } from '../../src/model/field.ts'
import { digest, digestOfLines, hashText, newHashKey, pseudonym } from '../../src/model/hash.ts'

describe('an e-mail address', () => {
  it.each([
    ['anna@example.com', true],
    ["o'brien+x@mail.example.co.uk", true],
    ['jürgen@exämple.de', true],
    ['a@b.c', true],
    ['anna@example', false],
    ['anna@@example.com', false],
    ['anna@example.com.', false],
    ['@example.com', false],
    ['anna@', false],
    ['anna @example.com', false],
    ['anna@example.com\r\nBcc: all@example.com', false],
    ['<anna@example.com>', false],
    ['anna@example.com,otto@example.com', false],
    [`${'a'.repeat(250)}@b.c`, true],
    [`${'a'.repeat(251)}@b.c`, false],
    ['', false],
  ])('%j is one: %s', (text, expected) => {
    expect(isEmail(text)).toBe(expected)
  })

  it('has one form for comparing', () => {
    expect(normEmail(' Anna@Example.COM\n')).toBe('anna@example.com')
    expect(normEmail('JU\u0308RGEN@example.com')).toBe(normEmail('jürgen@example.com'))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(normEmail(normEmail(text))).toBe(normEmail(text))
      }),
    )
  })
})

const STATES: readonly ConsentState[] = ['granted', 'unknown', 'none', 'undeliverable', 'refused']

describe('consent', () => {
  it('is ordered from granted to refused', () => {
    for (const [place, state] of STATES.entries()) {
      for (const [other, than] of STATES.entries()) {
        expect(isStricter(state, than), `${state} than ${than}`).toBe(place > other)
        expect(stricter(state, than)).toBe(place >= other ? state : than)
      }
    }
  })

  it('forbids mail to those who refused, bounced or never agreed, not to those of whom nothing is known', () => {
    expect(STATES.filter(isOptedOut)).toEqual(['none', 'undeliverable', 'refused'])
  })
})

describe('a hash', () => {
  it('is equal where key and text are, and nowhere else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        expect(hashText('key', text)).toBe(hashText('key', text))
        expect(hashText('key', text)).toMatch(/^[\w-]{16}$/)
        if (text !== other) expect(hashText('key', text)).not.toBe(hashText('key', other))
        expect(hashText('key', text)).not.toBe(hashText('other key', text))
      }),
    )
  })

  it('has a secret of its own in every store', () => {
    const keys = Array.from({ length: 100 }, newHashKey)
    expect(new Set(keys).size).toBe(100)
    expect(keys.every((key) => /^[\w-]{22}$/.test(key))).toBe(true)
  })

  it('of a document can be checked by anybody, a pseudonym cannot', () => {
    expect(digest('plan')).toBe('64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b525')
    for (const texts of [[], [''], ['plan'], ['a', 'ü\n', '', 'z'.repeat(9_000)]])
      expect(digestOfLines(texts)).toBe(digest(texts.join('\n')))
    expect(pseudonym('a', 'anna@example.com')).toMatch(/^[\w-]{10}$/)
    expect(pseudonym('a', 'anna@example.com')).not.toBe(pseudonym('b', 'anna@example.com'))
  })
})

describe('a country', () => {
  it('is found by code and by name in several languages, and told in English', () => {
    expect(['de', 'DEU', 'Deutschland', 'Alemania'].map(countryCode)).toEqual([
      'DE',
      'DE',
      'DE',
      'DE',
    ])
    expect([countryName('DE'), countryName('ZZ')]).toEqual(['Germany', null])
  })

  it.each(['', '  ', 'Narnia', 'zz', 'zzz', 'constructor', '__proto__', 'tostring'])(
    'is not %j',
    (text) => {
      expect(countryCode(text)).toBeNull()
    },
  )
})

describe('a unit', () => {
  it('is an address with all its parts, a number with its extension, and else a field by itself', () => {
    expect(unitOf('addresses.main.city')).toBe('addresses.main')
    expect(unitOf('addresses.shipping.line1')).toBe('addresses.shipping')
    expect(unitOf('phones.work.extension')).toBe('phones.work')
    expect(unitOf('phones.work')).toBe('phones.work')
    expect(unitOf('custom.extension')).toBe('custom.extension')
    const alone = Object.keys(STANDARD_FIELDS).filter((path) => !path.startsWith('addresses.'))
    expect(alone.map(unitOf)).toEqual(alone)
  })
})
