/** Statistics tables: raw rows, every value a text. The audit log is the only feed of deletions. */
import { type Account, unpackMembership, userName } from './account.ts'
import { type Answer, json, notFound } from './answer.ts'
import { sqlDate } from './dates.ts'
import { isNumeric, toInt } from './php.ts'
import type { Call, Routes } from './routes.ts'
import { numberColumn, page, textColumn, type Column } from './small-list.ts'

export const STATS_ROUTES: Routes = {
  'GET stats': () => json(200, { availableTables: Object.keys(TABLES), tableColumns: columnsOf() }),
  'GET stats/:table': readTable,
}

type Row = Readonly<Record<string, string>>

const limitDefault = 100

function readTable({ account, query, params }: Call): Answer {
  const name = params[0] ?? ''
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined
  if (table === undefined) throw notFound()
  const columns: Record<string, Column<Row>> = {}
  for (const column of table.columns) {
    const isNumber = column === 'id' || column.endsWith('_id')
    columns[column] = isNumber
      ? numberColumn((row) => (isNumeric(row[column] ?? '') ? Number(row[column]) : null))
      : textColumn((row) => row[column] ?? null)
  }
  const limit = query['limit'] === undefined ? limitDefault : toInt(query['limit'])
  const { total, rows } = page<Row>(
    account,
    { ...query, limit, search: '' },
    { rows: table.read(account), columns, searched: () => '' },
  )
  return json(200, { total: String(total), stats: rows })
}

interface Table {
  readonly columns: readonly string[]
  readonly read: (account: Account) => readonly Row[]
}

const TABLES: Readonly<Record<string, Table>> = {
  audit_log: {
    columns: [
      'id',
      'user_id',
      'user_name',
      'bundle',
      'object',
      'object_id',
      'action',
      'date_added',
    ],
    read: (account) =>
      account.audit.map((entry, position) => ({
        id: String(position + 1),
        user_id: String(entry.user),
        user_name: userName(account, entry.user) ?? '',
        bundle: 'lead',
        object: 'lead',
        object_id: String(entry.contact),
        action: entry.action,
        date_added: sqlDate(entry.at),
      })),
  },
  lead_lists_leads: {
    columns: ['leadlist_id', 'lead_id', 'date_added', 'manually_removed', 'manually_added'],
    read: (account) =>
      [...account.segments.values()].flatMap((segment) =>
        [...segment.members].map(([contact, packed]) => {
          const membership = unpackMembership(packed)
          return {
            leadlist_id: String(segment.id),
            lead_id: String(contact),
            date_added: sqlDate(membership.dateAdded),
            manually_removed: membership.manuallyRemoved ? '1' : '0',
            manually_added: membership.manuallyAdded ? '1' : '0',
          }
        }),
      ),
  },
  campaign_leads: {
    columns: ['campaign_id', 'lead_id', 'date_added'],
    read: (account) =>
      [...account.automations.values()].flatMap((automation) =>
        [...automation.members].map(([contact, at]) => ({
          campaign_id: String(automation.id),
          lead_id: String(contact),
          date_added: sqlDate(at),
        })),
      ),
  },
  lead_donotcontact: {
    columns: ['id', 'lead_id', 'date_added', 'reason', 'channel', 'comments'],
    read: (account) =>
      ofContacts(account, (row) =>
        row.dnc.map((entry) => ({
          id: String(entry.id),
          lead_id: String(row.id),
          date_added: sqlDate(entry.dateAdded),
          reason: String(entry.reason),
          channel: entry.channel,
          comments: entry.comments,
        })),
      ),
  },
  lead_utmtags: {
    columns: ['id', 'lead_id', 'date_added'],
    read: (account) =>
      ofContacts(account, (row) =>
        row.utm.map((utm) => ({
          id: String(utm.id),
          lead_id: String(row.id),
          date_added: sqlDate(utm.dateAdded),
        })),
      ),
  },
  companies_leads: {
    columns: ['company_id', 'lead_id', 'date_added', 'is_primary'],
    read: (account) =>
      ofContacts(account, (row) =>
        row.companies.map((company) => ({
          company_id: String(company),
          lead_id: String(row.id),
          date_added: sqlDate(row.dateAdded),
          is_primary: row.primaryCompany === company ? '1' : '0',
        })),
      ),
  },
}

type ContactOf = Account['contacts']['rows'][number]

function ofContacts(
  account: Account,
  read: (row: NonNullable<ContactOf>) => readonly Row[],
): readonly Row[] {
  return account.contacts.ids.flatMap((id) => {
    const row = account.contacts.rows[id]
    return row === undefined ? [] : read(row)
  })
}

function columnsOf(): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, table.columns]))
}
