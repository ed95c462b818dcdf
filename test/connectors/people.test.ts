/** The made-up account: repeatable, cheap, and messy in the ways that real accounts are. */
import { describe, expect, it } from 'vitest'
import { CUSTOM_FIELDS, GROUPS, type Person, people, TAGS } from '../../connectors/people.ts'

const crowd = [...people(1, 20_000)]
const emails = crowd.flatMap((person) => person.emails.map((email) => email.address))
const primary = crowd.flatMap((person) => person.emails.slice(0, 1))

function share(has: (person: Person) => boolean): number {
  return crowd.filter(has).length / crowd.length
}

describe('people', () => {
  it('are the same for the same seed and others for another', () => {
    expect([...people(7, 50)]).toEqual([...people(7, 50)])
    expect([...people(8, 50)]).not.toEqual([...people(7, 50)])
  })

  it('are numbered and created in order, on whole seconds, and changed no earlier', () => {
    let last = 0
    crowd.forEach((person, i) => {
      expect(person.number).toBe(i + 1)
      expect(person.createdAt % 1000).toBe(0)
      expect(person.createdAt).toBeGreaterThanOrEqual(last)
      expect(person.updatedAt).toBeGreaterThanOrEqual(person.createdAt)
      last = person.createdAt
    })
  })

  it('share addresses exactly and in another case, and miss some', () => {
    const exact = primary.length - new Set(primary.map((email) => email.address)).size
    const folded = new Set(primary.map((email) => email.address.toLowerCase())).size
    expect(exact / crowd.length).toBeGreaterThan(0.003)
    expect(exact / crowd.length).toBeLessThan(0.008)
    const otherCase = primary.length - folded - exact
    expect(otherCase / crowd.length).toBeGreaterThan(0.006)
    expect(otherCase / crowd.length).toBeLessThan(0.014)
    expect(share((person) => person.emails.length === 0)).toBeCloseTo(0.03, 2)
    expect(emails.some((address) => /[^ -~]/.test(address))).toBe(true)
    expect(emails.some((address) => address.includes("o'brien"))).toBe(true)
    expect(emails.some((address) => address.includes('+list'))).toBe(true)
  })

  it('refused, bounced, complained or never consented in lifelike shares', () => {
    const rate = (state: string) =>
      primary.filter((email) => email.consent === state).length / primary.length
    expect(rate('unsubscribed') + rate('manual')).toBeCloseTo(0.06, 2)
    expect(rate('bounced')).toBeCloseTo(0.03, 2)
    expect(rate('none')).toBeCloseTo(0.02, 2)
    expect(rate('complained')).toBeGreaterThan(0)
  })

  it('carry no tag, some, or thirty and more, all of them known', () => {
    const known = new Set(TAGS.map((tag) => tag.name))
    expect(crowd.every((person) => person.tags.every((name) => known.has(name)))).toBe(true)
    expect(share((person) => person.tags.length === 0)).toBeGreaterThan(0.05)
    expect(share((person) => person.tags.length >= 30)).toBeGreaterThan(0.01)
    expect(crowd.every((person) => person.groups.every((name) => GROUPS.includes(name)))).toBe(true)
  })

  it('fill every custom field, with options that exist', () => {
    for (const field of CUSTOM_FIELDS) {
      const values = crowd.flatMap((person) => person.custom[field.label] ?? [])
      expect(values.length, field.label).toBeGreaterThan(1000)
      if (field.options.length === 0) continue
      const chosen = new Set(values.flatMap((value) => value.split('\n')))
      expect([...chosen].sort()).toEqual([...field.options].sort())
    }
  })

  it.each<[string, (person: Person) => boolean]>([
    ['a decomposed name', (p) => p.familyName !== p.familyName.normalize('NFC')],
    ['an emoji in a name', (p) => /\p{Extended_Pictographic}/u.test(p.givenName)],
    ['a Chinese character', (p) => /\p{Script=Han}/u.test(p.familyName)],
    ['Arabic letters', (p) => /\p{Script=Arabic}/u.test(p.familyName)],
    ['29 February', (p) => p.birthday.endsWith('-02-29')],
    ['notes with CRLF', (p) => p.notes.includes('\r\n')],
    ['notes that end a CDATA section', (p) => p.notes.includes(']]>')],
    ['notes beyond 10,000 characters', (p) => p.notes.length > 10_000],
    ['a country that does not exist', (p) => p.addresses.some((a) => a.country === 'Freedonia')],
    ['a phone extension', (p) => p.phones.some((phone) => phone.extension !== '')],
    ['a phone with a zero in brackets', (p) => p.phones.some((ph) => /\(0\)/.test(ph.number))],
    ['a phone that is too short', (p) => p.phones.some((phone) => phone.number === '12')],
    ['the word null', (p) => p.givenName === 'null'],
    ['a zero value', (p) => p.custom['Credit limit'] === '0'],
    ['leading zeros', (p) => /^00/.test(p.custom['Customer number'] ?? '')],
    ['a trailing blank', (p) => p.givenName.endsWith(' ')],
    ['an over-long value', (p) => p.familyName.length > 300],
    ['a formula', (p) => (p.custom['Customer number'] ?? '').startsWith('=')],
  ])('contain %s', (_, has) => {
    expect(crowd.some(has)).toBe(true)
  })
})

describe('the vocabulary', () => {
  it('has tags with names that are hard to handle', () => {
    const names = TAGS.map((tag) => tag.name)
    expect(TAGS.length).toBeGreaterThanOrEqual(40)
    expect(names.filter((name) => name === 'VIP')).toHaveLength(2)
    expect(names).toContain('-unengaged')
    expect(names.some((name) => [...name].length === 60)).toBe(true)
    expect(names).toEqual(expect.arrayContaining(['Newsletter', 'newsletter']))
    expect(new Set(TAGS.map((tag) => `${tag.category}/${tag.name}`)).size).toBe(TAGS.length)
  })

  it('has one custom field of every type', () => {
    expect(new Set(CUSTOM_FIELDS.map((field) => field.type)).size).toBe(15)
    expect(CUSTOM_FIELDS).toHaveLength(15)
  })
})
