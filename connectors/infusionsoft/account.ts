/** Proves credentials and reach, and says what an operator should know before relying on the account. */
import type { AccountReport, ConnectionSettings } from '../../src/connector/connector.ts'
import type { Clock } from '../../src/connector/kit.ts'
import type { Client } from './client.ts'
import { isMissingFeature } from './faults.ts'
import { countOf } from './inventory.ts'
import type { WireStruct, WireValue } from './xml-rpc.ts'

/** The vendor's last day of XML-RPC (quirk 1). */
const END_OF_SERVICE = '2026-12-31'

/** Changes nothing. Throws ConnectorError when the login or the url is wrong. */
export async function checkAccount(
  client: Client,
  about: { readonly settings: ConnectionSettings; readonly clock: Clock },
  signal: AbortSignal,
): Promise<AccountReport> {
  const { settings, clock } = about
  const contacts = await countOf(client, { table: 'Contact', queryData: {} }, signal)
  if (contacts === null) await probe(client, signal)
  const tenant = await tenantOf(client, settings, signal)
  const { host } = new URL(settings.url)
  return {
    account: tenant === null ? host : `${host}/${tenant}`,
    server: null,
    contacts,
    warnings: [
      endOfService(clock.now()),
      ...(contacts === null ? [NO_COUNT] : []),
      ...(client.login === 'apiKey' ? [LEGACY_KEY] : []),
      ...(client.login === 'serviceKey' ? [VISIBILITY] : []),
      ...(tenant === null && client.login !== 'apiKey' ? [NO_TENANT] : []),
    ],
  }
}

type Warning = AccountReport['warnings'][number]

const DAY_MS = 86_400_000

function endOfService(nowMs: number): Warning {
  const days = Math.ceil((Date.parse(`${END_OF_SERVICE}T00:00:00Z`) - nowMs) / DAY_MS)
  const left = days > 0 ? `${days} days left` : 'that day has passed'
  return {
    message: `Keap switches XML-RPC off on 31 December 2026 (${left}), with growing outages until then`,
    hint: 'Plan the move before that day; a run that meets an outage can be resumed. Confirm the date with Keap.',
  }
}

const NO_COUNT: Warning = {
  message: 'The server does not count contacts for this login',
  hint: 'Syncs work without; progress shows no total.',
}
const LEGACY_KEY: Warning = {
  message: 'Legacy API keys are retired',
  hint: 'Use a service account key (auth: serviceKey) with https://api.infusionsoft.com/crm/xmlrpc/v1.',
}
const VISIBILITY: Warning = {
  message: 'A personal access token sees only the contacts that its creator may see',
  hint: 'Make sure that the key is a service account key: an account read through a personal one may look smaller than it is.',
}
const NO_TENANT: Warning = {
  message: 'The server does not say which account this is',
  hint: 'Write the name of the app into `account` of the connection, so that another account is never taken for this one.',
}

/** Where contacts cannot be counted: something else that every login may ask. */
async function probe(client: Client, signal: AbortSignal): Promise<void> {
  await client.call(
    'DataService.query',
    { table: 'Contact', limit: 1, page: 0, queryData: {}, selectedFields: ['Id'] },
    { signal },
  )
}

/** null where the host names the account, or nothing does. */
async function tenantOf(
  client: Client,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<string | null> {
  if (settings.account !== null) return settings.account
  if (client.login === 'apiKey') return null
  if (client.tenant !== null) return client.tenant
  try {
    return appOf(await client.call('DataService.getUserInfo', {}, { signal }))
  } catch (error) {
    if (isMissingFeature(error)) return null
    throw error
  }
}

/** The app's name among what is told about the user. */
function appOf(info: WireValue): string | null {
  if (info === null || typeof info !== 'object' || Array.isArray(info)) return null
  const told = Object.entries(info as WireStruct)
  const [, name] = told.find(([key]) => /^app(?:Alias|Name|Url)?$/i.test(key)) ?? []
  return typeof name === 'string' && name !== '' ? name : null
}
