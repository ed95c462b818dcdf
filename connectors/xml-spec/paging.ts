/** Reads one page of contacts of this connection's account. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Account } from './account.ts'
import type { InputOf } from './operations.ts'
import type { ContactList } from './schema.ts'

/** What chooses contacts, without the page. */
export type Query = Omit<InputOf<'GetContacts'>, 'start_chunk_page' | 'start_chunk_size'>

/** Sizes 50 and 200 stand in the documents; the most that a server takes is not known. */
const PAGE_ROWS = 200
const PAGE_ROWS_MAX = 1_000

export function pageRows(account: Pick<Account, 'settings'>): number {
  return Math.max(1, Math.min(account.settings.limits.pageSize ?? PAGE_ROWS, PAGE_ROWS_MAX))
}

export async function readPage(
  account: Account,
  query: Query,
  at: {
    readonly page: number
    readonly size: number
    readonly signal: AbortSignal
    readonly note?: (text: string) => void
  },
): Promise<ContactList> {
  const list = await account.client.call(
    'GetContacts',
    {
      ...query,
      ...(account.accountId === undefined || query.account_id !== undefined
        ? {}
        : { account_id: account.accountId }),
      ...(account.options.leadScores ? { do_lead_scoring: true } : {}),
      start_chunk_page: at.page,
      start_chunk_size: at.size,
    },
    at.note === undefined ? { signal: at.signal } : { signal: at.signal, note: at.note },
  )
  if (list.contacts.length > at.size) {
    throw new ConnectorError(
      'scan',
      `${list.contacts.length} contacts came where ${at.size} were asked for`,
      { hint: 'The server does not read start_chunk_size. Report it with the log of "-v".' },
    )
  }
  return list
}
