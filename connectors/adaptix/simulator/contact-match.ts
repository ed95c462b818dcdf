/** Which contact a body means, and which other one stands in its way: the unique fields. */
import type { Account } from './account.ts'
import { type ContactRow, cellAt, idsHolding } from './contacts.ts'
import type { FieldInput } from './field-input.ts'
import { type Field, publishedLead } from './field-set.ts'
import { since } from './quirks.ts'
import { fold } from './text.ts'

/** Another contact that holds one of the unique values, as the validator sees it: unsent fields count with their stored value. */
export function clash(
  account: Account,
  values: ReadonlyMap<Field, string>,
  own: ContactRow | null,
): { readonly alias: string; readonly row: ContactRow } | null {
  for (const field of publishedLead(account.fields)) {
    if (!field.isUniqueIdentifier || field.column < 0) continue
    const stored = own === null ? '' : cellAt(own, field.column)
    const value = values.get(field) ?? stored
    // Before 5.0 only a change of the value is looked at, and never while creating.
    const isLax = !since(account.quirks, '5.1')
    if (value === '' || (isLax && (own === null || fold(value) === fold(stored)))) continue
    const other = newest(account, idsHolding(account.contacts, field.column, value), own)
    if (other !== null) return { alias: field.alias, row: other }
  }
  return null
}

/** Unique fields with a value, joined by OR (or AND); the newest match wins. */
export function matchContact(
  account: Account,
  inputs: ReadonlyMap<Field, FieldInput>,
): ContactRow | null {
  const found: (readonly number[])[] = []
  for (const [field, input] of inputs) {
    if (!field.isUniqueIdentifier || input.kind !== 'value' || field.column < 0) continue
    found.push(idsHolding(account.contacts, field.column, input.text))
  }
  const mustAll = account.quirks.uniqueOperator === 'AND' && since(account.quirks, '4.4')
  const ids = mustAll
    ? (found[0] ?? []).filter((id) => found.every((list) => list.includes(id)))
    : found.flat()
  return newest(account, ids, null)
}

function newest(account: Account, ids: readonly number[], except: ContactRow | null) {
  let best: ContactRow | null = null
  for (const id of ids) {
    const row = account.contacts.rows[id]
    if (row === undefined || row === except) continue
    const isNewer =
      best === null ||
      row.dateAdded > best.dateAdded ||
      (row.dateAdded === best.dateAdded && row.id > best.id)
    if (isNewer) best = row
  }
  return best
}
