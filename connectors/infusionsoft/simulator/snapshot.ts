/** The truth for oracles: contacts alive, in the platform's words. */
import type { SimulatedContact } from '../../../src/connector/simulator.ts'
import { emailsOf, foldEmail, smallById } from './account.ts'
import { isMarketable } from './consent.ts'
import { type ContactRow, tagIds } from './contact-row.ts'
import type { Context } from './context.ts'
import type { Column } from './table.ts'
import { stampText } from './wall.ts'

/** Without company records and users. Dates as `YYYYMMDDTHH:MM:SS`, numbers as text, null left out, empty text kept. */
export function snapshot(context: Context): readonly SimulatedContact[] {
  const { account, tables } = context
  const columns = [...tables.contact.columns.values()]
  return account.contacts
    .filter((row) => row.kind === 'contact')
    .map((row) => ({
      id: String(row.id),
      fields: fieldsOf(columns, row),
      tags: tagIds(row).map((id) => String(smallById(account.tags, id)?.['GroupName'] ?? id)),
      groups: [],
      emails: emailsOf(row),
      optedOut: emailsOf(row).filter(
        (address) => !isMarketable(account.statusByEmail.get(foldEmail(address))?.type),
      ),
    }))
}

function fieldsOf(
  columns: readonly Column<ContactRow>[],
  row: ContactRow,
): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const column of columns) {
    const cell = column.read(row)
    if (cell === undefined) continue
    const isTime = column.kind === 'date' || column.kind === 'stamp'
    fields[column.name] = isTime && typeof cell === 'number' ? stampText(cell) : String(cell)
  }
  return fields
}
