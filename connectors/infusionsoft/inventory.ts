/** What an account holds that cannot move: counted, so that nobody finds out afterwards. */
import type { InventoryItem } from '../../src/connector/connector.ts'
import type { Client } from './client.ts'
import { isMissingFeature } from './faults.ts'
import type { Filter } from './schema.ts'

/** A table that cannot be read has count null. */
export async function readInventory(
  client: Client,
  signal: AbortSignal,
): Promise<readonly InventoryItem[]> {
  return await Promise.all(
    KINDS.map(async ({ kind, name, table, filter }) => ({
      kind,
      name,
      count: await countOf(client, { table, queryData: filter ?? {} }, signal),
    })),
  )
}

/** null: the account has no such table, keeps it from us, or cannot count. */
export async function countOf(
  client: Client,
  what: { readonly table: string; readonly queryData: Filter },
  signal: AbortSignal,
): Promise<number | null> {
  try {
    return await client.call('DataService.count', what, { signal })
  } catch (error) {
    if (isMissingFeature(error)) return null
    throw error
  }
}

interface Kind {
  readonly kind: string
  readonly name: string
  readonly table: string
  readonly filter?: Filter
}

const KINDS: readonly Kind[] = [
  { kind: 'sequence', name: 'Follow-up sequences', table: 'Campaign' },
  { kind: 'sequence', name: 'Steps of follow-up sequences', table: 'CampaignStep' },
  { kind: 'sequence', name: 'Contacts in follow-up sequences', table: 'Campaignee' },
  { kind: 'action set', name: 'Action sets', table: 'ActionSequence' },
  {
    kind: 'company',
    name: 'Company records, which travel with name, address, phone and website',
    table: 'Company',
  },
  { kind: 'lead source', name: 'Lead sources', table: 'LeadSource' },
  {
    kind: 'activity',
    name: 'Tasks and appointments, and notes, which travel',
    table: 'ContactAction',
  },
  { kind: 'opportunity', name: 'Opportunities', table: 'Lead' },
  { kind: 'order', name: 'Orders', table: 'Job' },
  { kind: 'order', name: 'Subscriptions', table: 'RecurringOrder' },
  { kind: 'affiliate', name: 'Referral partners', table: 'Affiliate' },
  ...[
    [-3, 'referral partners'],
    [-4, 'opportunities'],
    [-5, 'tasks, appointments and notes'],
    [-6, 'companies'],
    [-9, 'orders'],
    [-10, 'subscriptions'],
  ].map(([form, of]) => ({
    kind: 'custom field',
    name: `Custom fields of ${of}`,
    table: 'DataFormField',
    filter: { FormId: Number(form) },
  })),
]
