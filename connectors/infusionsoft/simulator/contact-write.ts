/** Adding, changing, removing and merging rows of Contact and Company. */
import {
  contactById,
  emailsOf,
  indexEmails,
  newRow,
  removeRow,
  appendSmall,
  unindexEmails,
} from './account.ts'
import type { Rpc } from './call.ts'
import { statusOf } from './consent.ts'
import { type Cell, type ContactRow, giveTag, writeCell } from './contact-row.ts'
import type { Context } from './context.ts'
import { Fault } from './fault.ts'
import { columnNamed } from './rows.ts'
import { stored } from './stored.ts'
import type { Column, Table } from './table.ts'

/** Who the API acts as, in CreatedBy and LastUpdatedBy. */
const apiUser = -1

type Values = ReadonlyMap<string, Rpc>
type Assignment = readonly [column: Column<ContactRow>, cell: Cell | undefined]

export function addContact(context: Context, table: Table<ContactRow>, values: Values): number {
  const changes = checked(context, table, values, 'A')
  const { account } = context
  const now = account.wall()
  const kind = table === context.tables.company ? 'company' : 'contact'
  const row = newRow(account, kind, { created: now, updated: now, by: apiUser })
  apply(context, row, changes)
  context.watch.created(row.id)
  return row.id
}

/** Columns of which nothing is written; see `ContactService.addWithDupCheck`. */
export type Skip = (column: Column<ContactRow>) => boolean

export function updateContact(
  context: Context,
  table: Table<ContactRow>,
  row: ContactRow,
  values: Values,
  skip: Skip = () => false,
): void {
  if (row.id === context.account.quirks.poisonContact) {
    throw new Fault(4, `could not save Contact ${row.id}`)
  }
  const changes = checked(context, table, values, 'E').filter(([column]) => !skip(column))
  apply(context, row, changes)
  touch(context, row)
}

/** Fault 5 for ids that are not there, users included. */
export function existing(context: Context, table: Table<ContactRow>, id: number): ContactRow {
  const row = contactById(context.account, id)
  if (row === undefined || (table === context.tables.company && row.kind !== 'company')) {
    throw new Fault(5, `No ${table.name} with Id ${id}`)
  }
  return row
}

export function deleteContact(context: Context, row: ContactRow): void {
  const { account } = context
  removeRow(account, row)
  for (const rows of [account.campaignees, account.contactActions]) {
    for (let i = rows.length - 1; i >= 0; i--) {
      if (rows[i]?.['ContactId'] === row.id) rows.splice(i, 1)
    }
  }
}

/** The first survives: its own values stay, gaps are filled from the second, tags are united. The second disappears. */
export function mergeContacts(context: Context, winner: ContactRow, loser: ContactRow): void {
  const { account } = context
  deleteContact(context, loser)
  unindexEmails(account, winner)
  for (let i = 0; i < loser.cells.length; i += 2) {
    const [slot, cell] = [Number(loser.cells[i]), loser.cells[i + 1]]
    const at = winner.cells.findIndex((one, j) => j % 2 === 0 && one === slot)
    if (at < 0 || winner.cells[at + 1] === '') writeCell(winner, slot, cell)
  }
  for (let i = 0; i < loser.tags.length; i += 2) {
    giveTag(winner, loser.tags[i] ?? 0, loser.tags[i + 1] ?? 0)
  }
  indexEmails(account, winner)
  touch(context, winner)
}

export function touch(context: Context, row: ContactRow): void {
  row.updated = context.account.wall()
  row.updatedBy = apiUser
}

/** Everything is checked before anything is written. Faults 10, 8, 12, 4. */
function checked(
  context: Context,
  table: Table<ContactRow>,
  values: Values,
  right: 'A' | 'E',
): readonly Assignment[] {
  const changes: Assignment[] = []
  for (const [name, value] of values) {
    const column = columnNamed(table, name, right)
    const result = stored(column, value, context.account.quirks)
    if (result.kind === 'set') changes.push([column, result.cell])
  }
  return changes
}

function apply(context: Context, row: ContactRow, changes: readonly Assignment[]): void {
  const { account } = context
  unindexEmails(account, row)
  for (const [column, cell] of changes) {
    if (column.slot === null) applyLink(context, row, column.name, cell)
    else writeCell(row, column.slot, cell)
  }
  indexEmails(account, row)
  for (const address of emailsOf(row)) statusOf(account, address, account.wall())
}

function applyLink(context: Context, row: ContactRow, name: string, cell: Cell | undefined): void {
  switch (name) {
    case 'OwnerID':
      row.owner = Number(cell ?? 0)
      return
    case 'CompanyID':
    case 'AccountId':
      row.company = row.kind === 'company' ? row.id : Number(cell ?? 0)
      return
    case 'LeadSourceId':
      row.leadSource = Number(cell ?? 0)
      return
    case 'Leadsource':
      row.leadSource = leadSourceNamed(context, String(cell ?? ''))
      return
    default:
      throw new Fault(8, name)
  }
}

function leadSourceNamed(context: Context, name: string): number {
  if (name === '') return 0
  const { leadSources } = context.account
  const known = leadSources.find((one) => one['Name'] === name)
  return (known ?? appendSmall(leadSources, { Name: name })).Id
}
