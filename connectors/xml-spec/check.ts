/** Proves credentials and reach, and says what an operator should know before relying on the account. Changes nothing. */
import type { AccountReport, InventoryItem } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Account } from './account.ts'
import { accountAttribute } from './batches.ts'
import { readPage } from './paging.ts'
import { ServerRefusal } from './refusal.ts'
import { DEFAULT_ZONE, stampAt } from './stamps.ts'

/** Throws ConnectorError when the login, the url or the account is wrong. */
export async function checkAccount(account: Account, signal: AbortSignal): Promise<AccountReport> {
  const { settings, learnt } = account
  const list = await readPage(account, {}, { page: 0, size: ROWS, signal })
  const [first] = list.contacts
  learnt.number ??= first?.account ?? null
  // A total that equals what one small page holds may be of that page.
  const total = list.total !== null && list.total > list.contacts.length ? list.total : null
  const contacts = total ?? (list.contacts.length < ROWS ? list.contacts.length : null)
  learnt.contacts = contacts ?? learnt.contacts
  const reached = await reachedAccounts(account, signal)
  const { host } = new URL(settings.url)
  const newest = list.contacts.reduce((most, { updated }) => {
    return updated !== null && updated > most ? updated : most
  }, '')
  return {
    account: learnt.number === null ? host : `${host}/${learnt.number}`,
    server: null,
    contacts,
    warnings: [
      ...transportWarnings(settings.url),
      ...zoneWarnings(account, newest),
      ...reachWarnings(account, reached),
      ...(await permissionWarnings(account, contacts, signal)),
      ...(account.options.addOrUpdate ? [OVERWRITES] : []),
    ],
  }
}

/** What exists there but cannot move. Workflows, events and mailings have no call that lists them. */
export async function listInventory(
  account: Account,
  signal: AbortSignal,
): Promise<readonly InventoryItem[]> {
  const companies = await tolerant(
    () => account.client.call('GetCompanies', accountAttribute(account), { signal }),
    signal,
  )
  return [
    { kind: 'companies', name: 'Companies', count: companies?.length ?? null },
    { kind: 'workflows', name: 'Workflows', count: null },
    { kind: 'opportunities', name: 'Opportunities and activities', count: null },
  ]
}

type Warning = AccountReport['warnings'][number]

const ROWS = 50
const AHEAD_MS = 15 * 60_000

/** null: this server or login does not have the call. */
async function tolerant<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    signal.throwIfAborted()
    const isRefused = error instanceof ServerRefusal && error.kind !== 'login'
    if (isRefused || (error instanceof ConnectorError && error.kind === 'protocol')) return null
    throw error
  }
}

function reachedAccounts(account: Account, signal: AbortSignal): Promise<readonly string[] | null> {
  return tolerant(() => account.client.call('GetAccountsWithAccess', {}, { signal }), signal)
}

function transportWarnings(url: string): Warning[] {
  const { protocol, hostname } = new URL(url)
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol !== 'http:' || isLoopback) return []
  return [{ message: 'The password travels unencrypted.', hint: 'Use https in url.' }]
}

function zoneWarnings(account: Account, newest: string): Warning[] {
  const { client, settings, zone } = account
  const warnings: Warning[] = []
  if (settings.timeZone === null) {
    warnings.push({
      message: `The server does not say in which zone its stamps are; they are read as ${DEFAULT_ZONE}.`,
      hint: 'Compare a contact that you just changed with the clock, and set timeZone if it is another one.',
    })
  }
  const { serverMs } = client
  if (serverMs !== null && newest > stampAt(serverMs + AHEAD_MS, zone)) {
    warnings.push({
      message: `A contact was changed at ${newest}, which in ${zone} is still to come.`,
      hint: 'Set timeZone to the zone of the account.',
    })
  }
  return warnings
}

function reachWarnings(account: Account, reached: readonly string[] | null): Warning[] {
  const { accountId, learnt } = account
  if (reached === null) return []
  if (accountId !== undefined && !reached.includes(accountId)) {
    return [
      {
        message: `The login does not list account ${accountId} among those it reaches.`,
        hint: 'Check the number in account, and that access to contacts is shared with this user.',
      },
    ]
  }
  const others = reached.filter((number) => number !== learnt.number)
  if (accountId !== undefined || others.length === 0) return []
  return [
    {
      message: `The login also reaches ${others.length} shared account(s): ${others.join(', ')}.`,
      hint: 'Set account to the number of the one that is meant; without it the login’s own is used.',
    },
  ]
}

/** A power user sees contacts in no group only when the account is named (fact sheet, permission). */
async function permissionWarnings(
  account: Account,
  contacts: number | null,
  signal: AbortSignal,
): Promise<Warning[]> {
  const { number } = account.learnt
  if (account.accountId !== undefined || number === null || contacts === null) return []
  const named = await tolerant(
    () => readPage(account, { account_id: number }, { page: 0, size: ROWS, signal }),
    signal,
  )
  if (named?.total == null || named.total <= contacts) return []
  return [
    {
      message: `This user sees ${contacts} of ${named.total} contacts as long as the account is not named: the others are in no group.`,
      hint: `Set account to "${number}".`,
    },
  ]
}

const OVERWRITES: Warning = {
  message:
    'options.addOrUpdate is on: a new contact overwrites whoever has its e-mail or its names.',
  hint: 'Namesakes are overwritten too. Leave it off unless every name there stands for one person.',
}
