/** No element of a contact tells that its address bounced, only a filter does; this is about whether that filter can be believed. */
import type { Account } from './account.ts'
import { type Query, readPage } from './paging.ts'

export const BOUNCES_UNSEEN =
  'Bounces cannot be read: the server answers with everybody when it is asked for those who bounced.'

/** A control question: nobody bounced on the first day of 1900. A server that names somebody does not know the filter. */
export async function bouncedFilters(account: Account, signal: AbortSignal): Promise<boolean> {
  if (account.learnt.bouncedFilters === null) {
    const query: Query = {
      Bounced: true,
      Bounced_startdate: '19000101',
      Bounced_enddate: '19000101',
    }
    const { contacts } = await readPage(account, query, { page: 0, size: 1, signal })
    account.learnt.bouncedFilters = contacts.length === 0
  }
  return account.learnt.bouncedFilters
}
