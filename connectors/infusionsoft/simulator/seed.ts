/** Fills an account with made-up people, their companies, tags, custom fields and consents. */
import { type Person, people } from '../../people.ts'
import { type Account, appendSmall, emailsOf, indexEmails, newRow } from './account.ts'
import { statusOf } from './consent.ts'
import { notesMax, slotOf } from './contact-columns.ts'
import type { Cell, ContactRow } from './contact-row.ts'
import { md5, userPassword } from './data-service.ts'
import { customCells, seedFields } from './seed-fields.ts'
import { seedNotes } from './seed-notes.ts'
import { seedSequences } from './seed-sequences.ts'
import { seedTags, tagsOf } from './seed-tags.ts'
import { formatPhone } from './stored.ts'
import { parseWall, wallOf } from './wall.ts'
import type { Tables } from './tables.ts'

export interface Contents {
  readonly seed: number
  readonly contacts: number
}

export function seedAccount(account: Account, tables: Tables, contents: Contents): void {
  seedUsers(account)
  seedFields(account, tables)
  if (account.quirks.emptyStart) return
  seedTags(account)
  for (const name of ['Google Ads', 'Referral', 'Trade show, Köln', 'Facebook & Instagram']) {
    appendSmall(account.leadSources, { Name: name })
  }
  const companies = new Map<string, ContactRow>()
  for (const person of people(contents.seed, contents.contacts)) {
    seedPerson(account, person, companies)
    // Somebody joins the staff later: user ids lie amid those of contacts.
    if (person.number === lateUserAfter) addUser(account, 'late.user@ferry.example', false)
  }
  seedSequences(account)
  seedNotes(account)
}

const lateUserAfter = 5
/** Every so many people an id is missing: somebody was deleted. */
const gapEvery = 53

function seedUsers(account: Account): void {
  addUser(account, 'owner@ferry.example', false)
  addUser(account, 'former@ferry.example', true)
  appendSmall(account.userGroups, { Name: 'Sales team' })
  appendSmall(account.userGroupMembers, { UserId: account.users[0]?.id, GroupId: 1, Admin: 1 })
}

function addUser(account: Account, email: string, isExpired: boolean): void {
  const start = wallOf(Date.UTC(2015, 0, 5, 15), account.quirks.timeZoneOffset)
  const row = newRow(account, 'user', { created: start, updated: start, by: 0 })
  row.cells.push(slotOf('FirstName'), 'Ferry', slotOf('LastName'), 'Tester', slotOf('Email'), email)
  account.passwords.set(row.id, { md5: md5(userPassword), isExpired })
}

function seedPerson(account: Account, person: Person, companies: Map<string, ContactRow>): void {
  const offset = account.quirks.timeZoneOffset
  const created = wallOf(person.createdAt, offset)
  const stamps = { created, updated: wallOf(person.updatedAt, offset), by: creatorOf(person) }
  if (person.number % gapEvery === 0) account.nextContactId++
  const company = companyOf(account, person, companies, created)
  const row = newRow(account, 'contact', stamps)
  row.company = company
  if (person.number % 3 === 0) row.owner = account.users[0]?.id ?? 0
  if (person.number % 5 === 0) row.leadSource = 1 + (person.number % account.leadSources.length)
  for (const [column, cell] of standardCells(person)) {
    // A blank is stored as empty text or as null, depending on where the record came from.
    if (cell !== '' || (person.number % 10 === 0 && keptEmpty.includes(column))) {
      row.cells.push(slotOf(column), cell)
    }
  }
  customCells(account, person, row)
  // A copy holds no spare room: most of the account's memory is in these lists.
  row.cells = row.cells.slice()
  row.tags = tagsOf(account, person, created, stamps.updated)
  indexEmails(account, row)
  for (const email of person.emails) seedStatus(account, email, wallOf(email.consentSince, offset))
}

const keptEmpty: readonly string[] = ['FirstName', 'City', 'JobTitle', 'Phone1']
const ADDRESSES = {
  main: ['Billing', 'StreetAddress1', 'StreetAddress2', ''],
  shipping: ['Shipping', 'Address2Street1', 'Address2Street2', '2'],
  other: ['Other', 'Address3Street1', 'Address3Street2', '3'],
} as const

function standardCells(person: Person): readonly (readonly [string, Cell])[] {
  const cells: [string, Cell][] = [
    ['Title', person.prefix],
    ['FirstName', cut(person.givenName)],
    ['MiddleName', person.middleName],
    ['LastName', cut(person.familyName)],
    ['Suffix', person.suffix],
    ['Nickname', person.nickname],
    ['JobTitle', person.jobTitle],
    ['ContactType', person.number % 7 === 0 ? 'Customer' : ''],
    ['Language', person.language],
    ['TimeZone', person.timeZone],
    ['Fax1', formatPhone(person.fax)],
    ['Website', person.website],
    ['ContactNotes', person.notes.slice(0, notesMax)],
    ['Company', person.company],
  ]
  person.emails.forEach((email, i) => {
    cells.push([i === 0 ? 'Email' : `EmailAddress${i + 1}`, email.address])
  })
  if (person.phones.length === 0) cells.push(['Phone1', ''])
  person.phones.forEach((phone, i) => {
    cells.push([`Phone${i + 1}`, formatPhone(phone.number)])
    cells.push([`Phone${i + 1}Type`, phone.type], [`Phone${i + 1}Ext`, phone.extension])
  })
  if (person.addresses.length === 0) cells.push(['City', ''])
  for (const address of person.addresses) {
    const [type, line1, line2, digit] = ADDRESSES[address.kind]
    const [postalCode = '', zipFour = ''] = splitZip(address.postalCode)
    cells.push([`Address${digit === '' ? '1' : digit}Type`, type], [line1, address.line1])
    cells.push(
      [line2, address.line2],
      [`City${digit}`, address.city],
      [`State${digit}`, address.region],
    )
    cells.push(
      [`PostalCode${digit}`, postalCode],
      [`ZipFour${digit === '' ? '1' : digit}`, zipFour],
    )
    cells.push([`Country${digit}`, address.country])
  }
  for (const [column, day] of [
    ['Birthday', person.birthday],
    ['Anniversary', person.anniversary],
  ] as const) {
    const wall = parseWall(day)
    if (wall !== null) cells.push([column, wall])
  }
  return cells
}

/** Two of three people who name a company are linked to its record; it is made with the first of them. */
function companyOf(
  account: Account,
  person: Person,
  companies: Map<string, ContactRow>,
  created: number,
): number {
  if (person.company === '' || person.number % 3 === 0) return 0
  const known = companies.get(person.company)
  if (known !== undefined) return known.id
  const row = newRow(account, 'company', { created, updated: created, by: creatorOf(person) })
  row.cells.push(
    slotOf('Company'),
    person.company,
    slotOf('Phone1'),
    `(555) 010-${1000 + companies.size}`,
  )
  if (companies.size % 4 === 0) {
    row.cells.push(slotOf('Email'), `office${companies.size}@company.example`)
    indexEmails(account, row)
    for (const email of emailsOf(row)) statusOf(account, email, created).type = 'SingleOptIn'
  }
  companies.set(person.company, row)
  return row.id
}

/** CreatedBy is a user, or -1 for the API, or 0 for nobody. */
function creatorOf(person: Person): number {
  return [1, -1, 0][person.number % 3] ?? 0
}

const STATUS_TYPES = {
  granted: ['SingleOptIn', 'SingleOptIn', 'SingleOptIn', 'UnengagedMarketable'],
  double: ['DoubleOptin', 'Confirmed'],
  none: ['NonMarketable', 'NonMarketable', 'UnengagedNonMarketable', 'Lockdown'],
  bounced: ['HardBounce', 'Bounce', 'Invalid'],
  complained: ['Feedback', 'Spam'],
  unsubscribed: ['ListUnsubscribe', 'ListUnsubscribe', 'Manual'],
  manual: ['Admin', 'Manual'],
} as const
const STRICTNESS: readonly string[] = [
  ...STATUS_TYPES.granted,
  ...STATUS_TYPES.double,
  ...STATUS_TYPES.none,
  ...STATUS_TYPES.bounced,
  ...STATUS_TYPES.complained,
  ...STATUS_TYPES.unsubscribed,
  ...STATUS_TYPES.manual,
]

/** The strictest state wins where people share an address. */
function seedStatus(account: Account, email: Person['emails'][number], since: number): void {
  const isNew = account.statuses.length
  const row = statusOf(account, email.address, since)
  const types = STATUS_TYPES[email.consent]
  const type = types[row.id % types.length] ?? types[0]
  if (isNew < account.statuses.length || STRICTNESS.indexOf(type) > STRICTNESS.indexOf(row.type)) {
    row.type = type
  }
}

/** Longer text was cut when it was typed in. */
function cut(text: string): string {
  return text.length > 255 ? text.slice(0, 255) : text
}

function splitZip(postalCode: string): readonly string[] {
  return /^\d{5}-\d{4}$/.test(postalCode) ? postalCode.split('-') : [postalCode]
}
