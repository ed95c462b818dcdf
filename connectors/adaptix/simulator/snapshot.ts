/** The truth about every contact, for oracles. */
import type { SimulatedContact } from '../../../src/connector/simulator.ts'
import type { Account } from './account.ts'
import { emailOf, isOptedOut } from './consent.ts'
import { rawValue } from './contact-view.ts'
import { cellsOf, type ContactRow } from './contacts.ts'
import { publishedLead } from './field-set.ts'
import { isMember } from './membership.ts'

export function takeSnapshot(account: Account): readonly SimulatedContact[] {
  const contacts: SimulatedContact[] = []
  for (const id of account.contacts.ids) {
    const row = account.contacts.rows[id]
    if (row !== undefined) contacts.push(snapshotOf(account, row))
  }
  return contacts
}

function snapshotOf(account: Account, row: ContactRow): SimulatedContact {
  const values = cellsOf(row)
  const fields: Record<string, string> = {}
  for (const field of publishedLead(account.fields)) {
    const text = rawValue(row, values, field)
    if (text !== '') fields[field.alias] = text
  }
  const email = emailOf(account, row)
  const blocked = email === '' ? row.dnc.filter((one) => one.reason !== 0) : []
  return {
    id: String(row.id),
    fields,
    tags: row.tags.flatMap((id) => account.tags.get(id)?.name ?? []),
    groups: [...account.segments.values()]
      .filter((segment) => isMember(account, segment, row))
      .map((segment) => segment.name),
    emails: email === '' ? [] : [email],
    optedOut: email !== '' && isOptedOut(row) ? [email] : blocked.map((entry) => entry.channel),
  }
}
