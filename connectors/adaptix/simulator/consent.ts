/**
 * Watches consent: who could be mailed here before an opt-out arrived that was known elsewhere.
 *
 * A write of the API login that leaves a contact with an address and without an e-mail entry of do-not-contact, while creating it, giving it
 * another address, lifting its opt-out, tagging it or putting it into a segment, automation or stage, exposes it. When the same login later
 * delivers an opt-out for that address (to this contact or a twin), every exposure since becomes a breach: it should have come first.
 * An opt-out by the person at the screen is news, not lateness, and clears the exposures.
 */
import { type Account, PERSON } from './account.ts'
import { type ContactRow, cellAt, idsHolding } from './contacts.ts'
import { isoDate } from './dates.ts'
import { fieldOf } from './field-set.ts'

const EXPOSURES = [
  'created',
  'given an address',
  'opted in again',
  'tagged',
  'put into a segment',
  'put into an automation',
  'moved to a stage',
] as const
export type Exposure = (typeof EXPOSURES)[number]

export function emailOf(account: Account, row: ContactRow): string {
  const field = fieldOf(account.fields, 'lead', 'email')
  return field === null ? '' : cellAt(row, field.column)
}

/** Whether an e-mail may not be sent to the contact. An entry of reason 0 does not hinder. */
export function isOptedOut(row: ContactRow): boolean {
  return row.dnc.some((entry) => entry.channel === 'email' && entry.reason !== 0)
}

/** Notes that the write under way did this to a contact; call it when the write is complete. */
export function expose(account: Account, row: ContactRow, what: Exposure): void {
  if (account.user.id === PERSON.id || isOptedOut(row)) return
  if (emailOf(account, row) === '') return
  row.exposed = [...(row.exposed ?? []), account.now, EXPOSURES.indexOf(what)]
}

/** Call it when an e-mail opt-out has been added to a contact. */
export function optedOut(account: Account, row: ContactRow): void {
  const address = emailOf(account, row)
  const column = fieldOf(account.fields, 'lead', 'email')?.column ?? -1
  const ids = address === '' ? [row.id] : idsHolding(account.contacts, column, address)
  for (const id of ids) {
    const twin = account.contacts.rows[id]
    if (twin === undefined || twin.exposed === null) continue
    if (account.user.id !== PERSON.id) account.breaches.push(...describe(account, twin, row))
    twin.exposed = null
  }
}

function describe(account: Account, exposed: ContactRow, row: ContactRow): string[] {
  const found = exposed.exposed ?? []
  const lines: string[] = []
  for (let i = 0; i + 1 < found.length; i += 2) {
    const what = EXPOSURES[found[i + 1] ?? 0] ?? 'created'
    const via = row.id === exposed.id ? '' : ` at contact ${row.id}`
    lines.push(
      `contact ${exposed.id} <${emailOf(account, exposed)}> was ${what} while contactable ${isoDate(found[i] ?? 0)}; ` +
        `opted out${via} ${isoDate(account.now)}`,
    )
  }
  return lines
}
