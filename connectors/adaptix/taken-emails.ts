/** Finds out, before an edit, which new e-mail addresses another contact has already. */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import { normEmail } from '../../src/model/email.ts'
import type { Account } from './account.ts'
import { findContacts } from './lookup.ts'

/** Below version 5, giving a contact the address of another one merges the two for good: that must not happen by a sync. */
export async function takenEmails(
  account: Account,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<ReadonlyMap<ContactWrite, WriteOutcome>> {
  const wanted = new Map<ContactWrite, string>()
  for (const item of batch) {
    const email = item.fields['emails.1']
    if (item.op !== 'update' || typeof email !== 'string' || email === '') continue
    const before = item.current?.fields['emails.1']
    if (typeof before !== 'string' || normEmail(before) !== normEmail(email))
      wanted.set(item, email)
  }
  if (wanted.size === 0) return new Map()
  const found = await findContacts(
    account,
    { by: 'email', values: [...new Set(wanted.values())] },
    signal,
  )
  const outcomes = new Map<ContactWrite, WriteOutcome>()
  // Nobody has the address yet, and two of this batch are to get it: the second would be merged into the first.
  const given = new Map<string, ContactWrite>()
  for (const [item, email] of wanted) {
    const first = given.get(normEmail(email)) ?? item
    given.set(normEmail(email), first)
    if (first !== item && first.id !== null) {
      outcomes.set(item, { kind: 'exists', id: first.id })
      continue
    }
    const owner = found.find(({ id, fields }) => {
      const theirs = fields['emails.1']
      return id !== item.id && typeof theirs === 'string' && normEmail(theirs) === normEmail(email)
    })
    if (owner !== undefined) outcomes.set(item, { kind: 'exists', id: owner.id })
  }
  return outcomes
}
