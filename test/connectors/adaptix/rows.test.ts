/** Reading an answer contact by contact, by their shape, against parsing it whole: whatever the server sends, both say the same. */
import { describe, expect, it } from 'vitest'
import { rowReader } from '../../../connectors/adaptix/rows.ts'
import {
  isObject,
  parseContact,
  ReadContact,
  ShapeError,
} from '../../../connectors/adaptix/schema.ts'
import { CONTACT } from './fixtures.ts'
import { type Driver, start } from './simulator-driver.ts'

const PAGE = '/contacts?limit=40&orderBy=id&orderByDir=asc'

/** An answer with each contact as the connector sees it, or as what is wrong with it. */
function seen(answer: unknown): unknown {
  if (!isObject(answer)) return answer
  const rows = answer['contacts']
  if (rows === null || typeof rows !== 'object') return answer
  const contacts = Object.entries(rows).map(([key, row]) => [key, contactIn(row, key)])
  return { ...answer, contacts: [Array.isArray(rows), contacts] }
}

function contactIn(row: unknown, key: string): unknown {
  try {
    return parseContact(row, key)
  } catch (error) {
    if (error instanceof ShapeError) return error.message
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function shapes(answer: unknown): { readonly all: number; readonly byShape: number } {
  const rows = isObject(answer) ? Object.values(answer['contacts'] ?? {}) : []
  return { all: rows.length, byShape: rows.filter((row) => row instanceof ReadContact).length }
}

/** Numbers in [0, below), the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const RELEASES = ['2.16', '3.3', '4.4', '5.1', '5.2', '6.0', '7.0']
const PEOPLE = [
  { email: 'zoë+1@quay.test', firstname: 'Zoë "Z" \\ 🌻', city: 'a\u2028b\tc', tags: ['vip', 'É'] },
  { email: 'no@quay.test', doNotContact: [{ channel: 'email', reason: 3, comments: 'a "quote"' }] },
  { email: 'bad@quay.test', country: 'Türkiye' },
  { firstname: 'null', lastname: '}],"all":{', points: 12, owner: 1, attribution: '1.50' },
]

/** Every kind of answer with many contacts. */
function answersOf(driver: Driver): readonly string[] {
  const created = driver.send('POST', '/contacts/batch/new', PEOPLE)
  const ids = Object.values(created.json['contacts'] ?? {}).map((contact) => Number(contact['id']))
  const edits = ids.map((id, place) => ({ id, city: `city ${place}`, points: place }))
  return [
    created,
    driver.send('PATCH', '/contacts/batch/edit', [...edits, { id: 99_999, city: 'x' }]),
    driver.get(PAGE),
    driver.get(`${PAGE}&start=20`),
    driver.get(`${PAGE}&minimal=1`),
    driver.get(`${PAGE}&select[]=id&select[]=email&select[]=city`),
    driver.get(`${PAGE}&start=5000`),
    driver.send('POST', '/contacts/batch/new', []),
  ].map((reply) => reply.text)
}

describe('an answer read contact by contact', () => {
  for (const version of RELEASES) {
    for (const fullCells of [false, true]) {
      it(`says what the parser says: ${version}${fullCells ? ', full cells' : ''}`, () => {
        const driver = start({ version, fullCells }, 60)
        const reader = rowReader()
        for (const text of [...answersOf(driver), ...answersOf(driver)]) {
          const read = reader.read(Buffer.from(text))
          expect(seen(read)).toEqual(seen(JSON.parse(text)))
        }
        const page = shapes(reader.read(Buffer.from(driver.get(PAGE).text)))
        expect(page).toEqual({ all: 40, byShape: 40 })
      })
    }
  }

  for (const seed of [1, 2, 3]) {
    it(`says what the parser says, or nothing, when bytes are not what they were: seed ${seed}`, () => {
      const roll = dice(seed)
      const [created = '', , page = ''] = answersOf(start({}, 12))
      const reader = rowReader()
      let understood = 0
      for (const text of [created, page]) {
        reader.read(Buffer.from(text))
        for (let round = 0; round < 400; round += 1) {
          const bytes = Buffer.from(text)
          const at = roll(bytes.length)
          const odd = Buffer.from('"\\{}[],:nulltrue0-1e.\u0000\u001f \n\u007f\u00ff', 'latin1')
          bytes[at] = odd[roll(odd.length)] ?? 0
          const broken = roll(4) === 0 ? bytes.subarray(0, at) : bytes
          const read = reader.read(broken)
          if (read === undefined) continue
          understood += 1
          expect(seen(read)).toEqual(seen(parsed(broken.toString())))
        }
      }
      expect(understood).toBeGreaterThan(50)
    })
  }

  it('goes on learning where a contact now and then was odd', () => {
    const reader = rowReader()
    const odd = (id: number) => `"${id}":{"id":${id},"fields":{"core":{"x${id}":{"value":{}}}}}`
    const list = (rows: readonly string[]) => Buffer.from(`{"contacts":{${rows.join(',')}}}`)
    const driver = start({}, 60)
    for (let round = 0; round < 30; round += 1) {
      reader.read(Buffer.from(driver.get(PAGE).text))
      reader.read(list([odd(round + 1)]))
    }
    driver.person('POST', '/fields/contact/new', { label: 'Height', type: 'number' })
    const text = Buffer.from(driver.get(PAGE).text)
    expect(shapes(reader.read(text)).byShape).toBeGreaterThan(0)
    expect(shapes(reader.read(text))).toEqual({ all: 40, byShape: 40 })
  })

  it('leaves what is unusual to the parser', () => {
    const contact = JSON.stringify(CONTACT.contact)
    const unusual = [
      '',
      '<html>',
      '[]',
      `{"contacts":[${contact}]`,
      `{"contacts":[${contact}]} x`,
      `{"contacts":[${contact}],"contacts":[]}`,
      `{"contacts":{"47":${contact},"47":${contact}}}`,
      `{"contacts":{"a":${contact}}}`,
      `{"c\\u006fntacts":[${contact}]}`,
    ]
    for (const text of unusual) expect(rowReader().read(Buffer.from(text))).toBeUndefined()
  })

  it('takes no contact for another one: a label that differs, a value of another kind, a field twice', () => {
    const reader = rowReader()
    const row = (cells: string) =>
      `{"id":1,"fields":{"core":{${cells}},"all":{"id":"1","city":"Oslo"}},"tags":[]}`
    const city = '"city":{"id":"7","label":"City","type":"text","value":'
    const texts = [
      `${city}"Oslo"}`,
      `${city}null}`,
      `${city}["a","b"]}`,
      `${city}{"a":1}}`,
      `${city}"Oslo"},${city}"Bergen"}`,
      `${city.replace('"text"', '"html"')}"Oslo"}`,
      `${city.replace('"City"', '"Town"')}"Oslo"}`,
    ].map((cells) => `{"total":"1","contacts":{"1":${row(cells)}}}`)
    for (const text of [...texts, ...texts])
      expect(seen(reader.read(Buffer.from(text)))).toEqual(seen(JSON.parse(text)))
  })
})
