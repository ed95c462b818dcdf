/** The tables that the data service shows, over one account. Rights and columns are those of the table reference. */
import { type Account, foldEmail, holdersOf, smallById, type StatusRow } from './account.ts'
import { EMAIL_COLUMNS, standardColumns } from './contact-columns.ts'
import type { ContactRow } from './contact-row.ts'
import { customColumn, FORMS } from './custom-column.ts'
import { smallTables } from './small-tables.ts'
import { byName, type Column, column, eachOf, type SmallRow, type Table } from './table.ts'
import type { Wall } from './wall.ts'

export interface Tables {
  readonly byName: ReadonlyMap<string, Table<unknown>>
  readonly contact: Table<ContactRow>
  readonly company: Table<ContactRow>
  readonly users: Table<ContactRow>
  addCustomColumn(field: SmallRow): void
  dropCustomColumn(field: SmallRow): void
}

export function tablesOf(account: Account): Tables {
  const standard = standardColumns((id) => smallById(account.leadSources, id)?.['Name'])
  const contactColumns = byName(standard)
  const companyColumns = byName(standard.filter((one) => !/^lead ?source/i.test(one.name)))
  const contact: Table<ContactRow> = {
    ...sharedTable('Contact', account.contacts, contactColumns),
    keysOf: (name, text) =>
      isEmailColumn(name) && text.trim() !== '' ? holdersOf(account, text) : null,
  }
  const company: Table<ContactRow> = {
    ...sharedTable('Company', account.contacts, companyColumns),
    size: () => account.contacts.reduce((sum, row) => sum + (row.kind === 'company' ? 1 : 0), 0),
    each: (from, skip, visit) => eachCompany(account.contacts, from, skip, visit),
  }
  const users = sharedTable('User', account.users, userColumns(standard))
  const columnsOf = (field: SmallRow) => {
    if (field['FormId'] === FORMS.Contact) return contactColumns
    return field['FormId'] === FORMS.Company ? companyColumns : null
  }
  const all: readonly Table<unknown>[] = [
    contact,
    company,
    { ...users, rights: 'R' },
    assignments(account, standard),
    statuses(account),
    ...smallTables(account),
  ]
  return {
    byName: new Map(all.map((table) => [table.name, table])),
    contact,
    company,
    users,
    addCustomColumn(field) {
      const added = customColumn(field, account.quirks)
      columnsOf(field)?.set(added.name, added)
    },
    dropCustomColumn(field) {
      columnsOf(field)?.delete(`_${field['Name']}`)
    },
  }
}

const idOf = (row: ContactRow) => row.id

function isEmailColumn(name: string): boolean {
  return EMAIL_COLUMNS.some((one) => one === name)
}

function sharedTable(
  name: string,
  rows: readonly ContactRow[],
  columns: ReadonlyMap<string, Column<ContactRow>>,
): Table<ContactRow> {
  return {
    name,
    rights: 'AEDR',
    columns,
    key: 'Id',
    size: () => rows.length,
    each: (from, skip, visit) => eachOf(rows, idOf, { from, skip }, visit),
    keep: (row) => row,
    keysOf: () => null,
    identity: idOf,
  }
}

function eachCompany(
  rows: readonly ContactRow[],
  from: number,
  skip: number,
  visit: (row: ContactRow) => boolean,
): void {
  let left = skip
  eachOf(rows, idOf, { from, skip: 0 }, (row) => {
    if (row.kind !== 'company') return true
    return left-- > 0 || visit(row)
  })
}

function userColumns(
  standard: readonly Column<ContactRow>[],
): ReadonlyMap<string, Column<ContactRow>> {
  const names =
    'Id FirstName LastName Email EmailAddress2 EmailAddress3 Phone1 Phone1Type Phone1Ext Phone2 Phone2Type Phone2Ext StreetAddress1 StreetAddress2 City State PostalCode ZipFour1 Title Suffix Nickname SpouseName'.split(
      ' ',
    )
  return byName([
    ...standard.filter((one) => names.includes(one.name)).map((one) => ({ ...one, rights: 'R' })),
    column<ContactRow>('Signature', 'text', () => undefined),
    column<ContactRow>('HTMLSignature', 'text', () => undefined),
    column<ContactRow>('GlobalUserId', 'int', (row) => 700_000 + row.id),
    column<ContactRow>('Partner', 'flag', () => 0),
  ])
}

/** A tag on a contact. There is no Id; every standard contact column is joined under a dotted name. */
interface Assignment {
  contact: ContactRow
  tag: number
  created: Wall
}

function assignments(account: Account, standard: readonly Column<ContactRow>[]): Table<Assignment> {
  const relics = ['CustomField', 'CustomDate', 'CustomDbl'].flatMap((name) =>
    Array.from({ length: name === 'CustomField' ? 10 : 5 }, (_, i) => `Contact.${name}${i + 1}`),
  )
  return {
    name: 'ContactGroupAssign',
    rights: 'R',
    columns: byName<Assignment>([
      column('ContactId', 'id', (row) => row.contact.id),
      column('GroupId', 'id', (row) => row.tag),
      column('ContactGroup', 'text', (row) => smallById(account.tags, row.tag)?.['GroupName']),
      column('DateCreated', 'stamp', (row) => row.created),
      ...standard.map((one) => ({
        ...one,
        name: `Contact.${one.name}`,
        rights: 'R',
        read: (row: Assignment) => one.read(row.contact),
      })),
      ...relics.map((name) => column<Assignment>(name, 'text', () => undefined)),
    ]),
    key: 'ContactId',
    size: () => account.contacts.reduce((sum, row) => sum + row.tags.length / 2, 0),
    each: (from, skip, visit) => eachAssignment(account.contacts, from, skip, visit),
    keep: (row) => ({ ...row }),
    keysOf: () => null,
    identity: (row) => row.contact.id * 100_003 + row.tag,
  }
}

function eachAssignment(
  contacts: readonly ContactRow[],
  from: number,
  skip: number,
  visit: (row: Assignment) => boolean,
): void {
  let left = skip
  let cursor: Assignment | null = null
  eachOf(contacts, idOf, { from, skip: 0 }, (contact) => {
    const { tags } = contact
    if (left >= tags.length / 2) {
      left -= tags.length / 2
      return true
    }
    for (let i = left * 2; i < tags.length; i += 2) {
      cursor ??= { contact, tag: 0, created: 0 }
      cursor.contact = contact
      cursor.tag = tags[i] ?? 0
      cursor.created = tags[i + 1] ?? 0
      if (!visit(cursor)) return false
    }
    left = 0
    return true
  })
}

function statuses(account: Account): Table<StatusRow> {
  return {
    name: 'EmailAddStatus',
    rights: 'R',
    columns: byName<StatusRow>([
      column('Id', 'id', (row) => row.id),
      column('Email', 'text', (row) => row.email),
      column('Type', 'text', (row) => row.type),
      column('DateCreated', 'stamp', (row) => row.created),
      column('LastSentDate', 'stamp', (row) => row.lastSent),
      column('LastOpenDate', 'stamp', () => undefined),
      column('LastClickDate', 'stamp', () => undefined),
    ]),
    key: 'Id',
    size: () => account.statuses.length,
    each: (from, skip, visit) => eachOf(account.statuses, (row) => row.id, { from, skip }, visit),
    keep: (row) => row,
    keysOf(name, text) {
      if (name !== 'Email') return null
      const row = account.statusByEmail.get(foldEmail(text))
      return row === undefined ? [] : [row.id]
    },
    identity: (row) => row.id,
  }
}
