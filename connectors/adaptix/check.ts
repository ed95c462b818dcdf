/** Proves credentials and reach, and tells what a person should know about this server before moving people to or from it. */
import type { AccountReport, InventoryItem } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Account } from './account.ts'
import type { List } from './answers.ts'
import type { OperationName } from './operations.ts'
import { isMissing } from './refusal.ts'

type Warning = AccountReport['warnings'][number]

export async function checkAccount(account: Account, signal: AbortSignal): Promise<AccountReport> {
  const { client, settings } = account
  // No conditions: this list is the one that a restricted role cuts down.
  const shown = await client.call('contacts.list', { limit: 1, minimal: true }, signal)
  const all = await countAll(account, signal)
  const warnings: Warning[] = [
    ...transportWarnings(account),
    ...versionWarnings(account),
    ...(await visibilityWarnings(account, { shown: shown.total, all, signal })),
  ]
  const { profile } = account
  return {
    account: settings.url.replace(/\/+$/, ''),
    server:
      profile.version === null ? null : `${profile.product ?? 'Mautic family'} ${profile.version}`,
    contacts: all ?? shown.total,
    warnings,
  }
}

/** Counts of what exists there and stays there; null where the server does not tell. */
export async function listInventory(
  account: Account,
  signal: AbortSignal,
): Promise<readonly InventoryItem[]> {
  const items: InventoryItem[] = []
  for (const [operation, kind, name] of KINDS) {
    items.push({ kind, name, count: await countOf(account, operation, signal) })
  }
  return items
}

const KINDS = [
  ['automations.list', 'automation', 'Automations'],
  ['emails.list', 'email', 'E-mails'],
  ['forms.list', 'form', 'Forms'],
  ['pages.list', 'page', 'Landing pages'],
  ['assets.list', 'asset', 'Assets'],
  ['companies.list', 'company', 'Companies'],
  ['stages.list', 'stage', 'Stages'],
  ['points.list', 'point-action', 'Point actions'],
  ['messages.list', 'message', 'Marketing messages'],
  ['hooks.list', 'webhook', 'Webhooks'],
] as const satisfies readonly (readonly [OperationName, string, string])[]

async function countOf(
  account: Account,
  operation: (typeof KINDS)[number][0],
  signal: AbortSignal,
): Promise<number | null> {
  try {
    return (await account.client.call(operation, { limit: 1 }, signal)).total
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** A list with a condition escapes the restriction to own records (README, "own records only"). */
async function countAll(account: Account, signal: AbortSignal): Promise<number | null> {
  try {
    const where = [{ col: 'id', expr: 'gt', val: '0' }]
    return (await account.client.call('contacts.list', { limit: 1, minimal: true, where }, signal))
      .total
  } catch (error) {
    if (error instanceof ConnectorError && ['unknown', 'invalid', 'protocol'].includes(error.kind))
      return null
    throw error
  }
}

function transportWarnings({ settings }: Account): Warning[] {
  const { protocol, hostname } = new URL(settings.url)
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  const warnings: Warning[] = []
  if (protocol === 'http:' && !isLoopback) {
    warnings.push({ message: 'The login travels unencrypted.', hint: 'Use https in url.' })
  }
  if (settings.auth['username'] !== undefined) {
    warnings.push({
      message: 'Basic authentication sends the password with every request.',
      hint: 'Where the server offers it, use clientId and clientSecret.',
    })
  }
  return warnings
}

function versionWarnings({ profile, learnt }: Account): Warning[] {
  const warnings: Warning[] = []
  if (profile.version === null) {
    warnings.push({
      message: 'The server does not tell its version; everything is done the careful way.',
      hint: 'Set options.version (like 4.4) if you know it: batches of edits and incremental scans become possible.',
    })
  } else {
    if (!profile.modifiedMoves) {
      warnings.push({
        message: `Version ${profile.version} does not reliably stamp changes; every scan reads everything.`,
        hint: 'If you know that dateModified moves on this server, set options.dateModified to trusted.',
      })
    }
    if (!profile.batchEditIsSafe || !learnt.batchEdits) {
      warnings.push({
        message: `Version ${profile.version} can mix up contacts in batch edits; contacts are edited one by one.`,
        hint: 'Updating the server to version 4 or newer makes this many times faster.',
      })
    }
    if (!profile.clears) {
      warnings.push({
        message: `Version ${profile.version} cannot empty a field.`,
        hint: 'Fields emptied at the source keep their value there.',
      })
    }
    if (!profile.dncMovesModified && profile.modifiedMoves) {
      warnings.push({
        message: `Version ${profile.version} does not stamp a contact when only its opt-out changes.`,
        hint: 'Opt-outs are read from the statistics tables, which only administrators see; else run a full scan often.',
      })
    }
  }
  return warnings
}

async function visibilityWarnings(
  account: Account,
  counts: {
    readonly shown: number | null
    readonly all: number | null
    readonly signal: AbortSignal
  },
): Promise<Warning[]> {
  const { shown, all, signal } = counts
  const warnings: Warning[] = []
  if (shown !== null && all !== null && shown < all) {
    warnings.push({
      message: `This user sees ${shown} of ${all} contacts in plain lists: its role is limited to its own records.`,
      hint: 'Give the role the rights to view and edit other people’s contacts, or writes to them will be refused.',
    })
  }
  const anonymous = await countAnonymous(account, signal)
  if (anonymous !== null && all !== null && anonymous > all / 2 && !account.options.skipAnonymous) {
    warnings.push({
      message: `${anonymous} of ${all} contacts are anonymous visitors.`,
      hint: 'Set options.skipAnonymous to leave them out.',
    })
  }
  return warnings
}

async function countAnonymous(account: Account, signal: AbortSignal): Promise<number | null> {
  let list: List
  try {
    const where = [{ col: 'date_identified', expr: 'isNull', val: '' }]
    list = await account.client.call('contacts.list', { limit: 1, minimal: true, where }, signal)
  } catch (error) {
    if (error instanceof ConnectorError && ['unknown', 'invalid', 'protocol'].includes(error.kind))
      return null
    throw error
  }
  return list.total
}
