/** Reads every contact for a purpose other than a scan: by the same passes, since names move under a look-up too. */
import type { Account } from './account.ts'
import { readPage } from './paging.ts'
import { afterPage, firstMark } from './pass.ts'
import type { Contact } from './schema.ts'

/** Ends when the visitor has enough, or everybody was seen; somebody may be visited twice. */
export async function everyone(
  account: Account,
  how: { readonly size: number; readonly signal: AbortSignal },
  visit: (contact: Contact) => 'more' | 'enough',
): Promise<void> {
  const { size, signal } = how
  const { clock, random } = account.kit
  let mark = firstMark(`everyone-${clock.now()}-${random()}`)
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const { contacts, total } = await readPage(account, {}, { page: mark.page, size, signal })
    for (const contact of contacts) if (visit(contact) === 'enough') return
    // Rows that changed meanwhile were seen all the same; only missed ones matter.
    const step = afterPage(mark, { contacts, total, size, freshFrom: NEVER }, account.memory)
    if (step.kind === 'end') {
      account.learnt.contacts = step.rows
      return
    }
    mark = step.mark
  }
}

/** Later than any stamp. */
const NEVER = '9999'
/** More pages than any account has contacts for. */
const PAGES_MAX = 100_000
