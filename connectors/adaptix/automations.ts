/** Automations: which there are, who is in them, and putting somebody into one (README, "automations"). */
import { z } from 'zod'
import type { Sequence, SequenceReader, Standing } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { guarded } from '../../src/connector/guarded.ts'
import { readPosition } from '../../src/connector/position.ts'
import type { Consent } from '../../src/model/consent.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Account } from './account.ts'
import { pageRows } from './capabilities.ts'
import { flag, isObject, whole } from './schema.ts'

export function automationReader(account: Account): SequenceReader {
  return {
    list: (signal) => guarded(() => listAutomations(account, signal), signal),
    members: (request, signal) => guarded(() => membersPage(account, request, signal), signal),
    standing: (id, contact, signal) =>
      guarded(() => standing(account, id, contact, signal), signal),
    // Every reading of a contact tells them; nobody is mailed on a guess.
    consents: async (sighting) => sighting.consents ?? [NOT_TOLD],
  }
}

/** Sent once: an automation that allows contacts to restart would begin anew. */
export async function startAutomation(
  account: Account,
  member: { readonly id: string; readonly contactId: RemoteId },
  signal: AbortSignal,
): Promise<void> {
  const { success } = await account.client.call('automations.addContact', member, signal)
  if (!success)
    throw new ConnectorError('invalid', `automation ${member.id} did not take the contact`)
}

const NOT_TOLD: Consent = {
  channel: 'email',
  address: null,
  state: 'none',
  reason: 'the server did not tell',
  scope: null,
  since: null,
}

async function listAutomations(
  account: Account,
  signal: AbortSignal,
): Promise<readonly Sequence[]> {
  const found = new Map<string, Sequence>()
  const limit = pageRows(account.settings.limits)
  for (let start = 0; ; start += limit) {
    const { rows } = await account.client.call('automations.list', { start, limit }, signal)
    for (const [key, row] of rows) {
      const { id, name } = ROW.parse(row)
      found.set(String(id ?? key), { id: String(id ?? key), name: name ?? '' })
    }
    if (rows.length < limit) return [...found.values()]
  }
}
const ROW = z.looseObject({ id: whole.optional(), name: z.string().nullish() })

/** Up the ids of the contacts, so that nobody is passed over while others leave; by offset where the server ignores the condition. */
async function membersPage(
  account: Account,
  request: { readonly sequence: string; readonly position: string | null },
  signal: AbortSignal,
): Promise<{ readonly contacts: readonly RemoteId[]; readonly next: string | null }> {
  const at = readPosition(POSITION, request.position) ?? { after: 0, start: null }
  const limit = pageRows(account.settings.limits)
  const { rows } = await account.client.call(
    'automations.contacts',
    {
      id: request.sequence,
      start: at.start ?? 0,
      limit,
      where: at.start === null ? [{ col: 'lead_id', expr: 'gt', val: String(at.after) }] : [],
      order: [{ col: 'lead_id', dir: 'ASC' }],
    },
    signal,
  )
  const members = rows.map(([, row]) => MEMBER.parse(row))
  const isFollowing = members.every(
    ({ lead_id: id }, place) => id > (members[place - 1]?.lead_id ?? at.after),
  )
  if (at.start === null && !isFollowing)
    return membersPage(account, { ...request, position: '{"after":0,"start":0}' }, signal)
  const contacts = members
    .filter((member) => member.manually_removed !== true)
    .map((member) => remoteId(String(member.lead_id)))
  if (rows.length === 0) return { contacts, next: null }
  const next =
    at.start === null
      ? { after: members.at(-1)?.lead_id ?? at.after, start: null }
      : { after: 0, start: at.start + rows.length }
  return { contacts, next: JSON.stringify(next) }
}
const POSITION = z.strictObject({ after: z.int(), start: z.int().nonnegative().nullable() })
const MEMBER = z.looseObject({ lead_id: whole, manually_removed: flag.nullish() })

/** Somebody who was taken out by hand stays on record, and is not put back. */
async function standing(
  account: Account,
  automation: string,
  contact: RemoteId,
  signal: AbortSignal,
): Promise<Standing> {
  const { rows } = await account.client.call('contacts.automations', { id: contact }, signal)
  for (const [key, row] of rows) {
    const id = isObject(row) && row['id'] !== undefined ? String(row['id']) : key
    if (id !== automation) continue
    const isRemoved = isObject(row) && flag.safeParse(row['manuallyRemoved']).data === true
    return isRemoved ? 'paused' : 'active'
  }
  return 'out'
}
