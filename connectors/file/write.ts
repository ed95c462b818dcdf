/** Changes contacts: each as it is plus what is wanted, whole, into the log, synced before anybody is told. */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import type { Consent } from '../../src/model/consent.ts'
import { normEmail } from '../../src/model/email.ts'
import { digest } from '../../src/model/hash.ts'
import type { RemoteId } from '../../src/model/id.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Client, View } from './client.ts'
import { encodeLine } from './codec.ts'
import { changing } from './changing.ts'
import { contactOf } from './contacts.ts'
import { lineOf, putLine } from './log.ts'

export function writeContacts(
  client: Client,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return changing(client, signal, async (view) => {
    const now = stampsUpdates(view) ? instant(client.kit.clock.now()) : null
    const lines: string[] = []
    const outcomes: WriteOutcome[] = []
    /** What this batch made of contacts that it speaks of twice. */
    const fresh = new Map<string, Sighting>()
    for (const write of batch) {
      const { id, current } = await targetOf(view, write, fresh, signal)
      if (current === null && write.op === 'update') {
        outcomes.push({ kind: 'gone' })
        continue
      }
      const sighting = changed(write, { id, current, now })
      fresh.set(id, sighting)
      lines.push(putLine(encodeLine(sighting)))
      const wasCreated = write.op === 'create' && current === null
      outcomes.push({ kind: 'done', id: sighting.id, version: null, sighting, wasCreated })
    }
    return { lines, result: outcomes }
  })
}

export function removeContacts(
  client: Client,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return changing(client, signal, async (view) => {
    const lines: string[] = []
    const outcomes: WriteOutcome[] = []
    for (const id of ids) {
      if ((await contactOf(view, id, signal)) === null) outcomes.push({ kind: 'gone' })
      else {
        lines.push(lineOf({ gone: id }))
        outcomes.push({ kind: 'done', id, version: null, sighting: null, wasCreated: false })
      }
    }
    return { lines, result: outcomes }
  })
}

interface Target {
  readonly id: string
  readonly current: Sighting | null
}

/**
 * A new contact takes the text of its marker as id, else a hash of the change's key: a create that comes twice meets itself, and what is there
 * already is completed instead of doubled.
 */
async function targetOf(
  view: View,
  write: ContactWrite,
  fresh: ReadonlyMap<string, Sighting>,
  signal: AbortSignal,
): Promise<Target> {
  const look = async (id: string): Promise<Target> => ({
    id,
    current: fresh.get(id) ?? (await contactOf(view, id, signal)),
  })
  if (write.id !== null) return look(write.id)
  const { markerPath } = view.options
  const marker = write.fields[markerPath]
  if (typeof marker === 'string' && marker !== '') {
    const marked = await look(marker)
    if (marked.current === null || marked.current.fields[markerPath] === marker) return marked
  }
  return look(`ferry-${digest(write.key).slice(0, 16)}`)
}

function changed(
  write: ContactWrite,
  at: { readonly id: string; readonly current: Sighting | null; readonly now: string | null },
): Sighting {
  const { current, now } = at
  const fields = { ...current?.fields, ...write.fields }
  const created = fields['createdAt']
  const createdAt =
    typeof created === 'string' && isWellFormed('datetime', created) ? created : null
  const tags = members(
    current,
    current?.tags,
    write.tags.add.map(({ key }) => key),
    write.tags.remove.map(({ key }) => key),
  )
  const groups = members(
    current,
    current?.groups,
    write.groups.add.map(({ key }) => key),
    write.groups.remove.map(({ key }) => key),
  )
  const consents = withConsents(current, write.consents)
  return {
    id: at.id as RemoteId,
    version: null,
    createdAt: current?.createdAt ?? createdAt,
    updatedAt: now ?? current?.updatedAt ?? null,
    fields,
    ...(tags === undefined ? {} : { tags }),
    ...(groups === undefined ? {} : { groups }),
    ...(consents === undefined ? {} : { consents }),
  }
}

/** undefined stays so where nothing is added: the file does not tell. */
function members(
  current: Sighting | null,
  before: readonly string[] | undefined,
  add: readonly string[],
  remove: readonly string[],
): readonly string[] | undefined {
  if (current !== null && before === undefined && add.length === 0) return undefined
  const without = new Set(remove)
  const kept = (before ?? []).filter((key) => !without.has(key))
  return [...new Set([...kept, ...add])].sort()
}

/** One entry per channel, address and list: a new one takes the place of the old. */
function withConsents(
  current: Sighting | null,
  wanted: readonly Consent[],
): readonly Consent[] | undefined {
  const before = current === null ? [] : current.consents
  if (wanted.length === 0) return before
  const all = new Map((before ?? []).map((consent) => [consentKey(consent), consent]))
  for (const consent of wanted) all.set(consentKey(consent), consent)
  return [...all.values()]
}

function consentKey({ channel, address, scope }: Consent): string {
  return JSON.stringify([channel, address === null ? null : normEmail(address), scope])
}

/** A stamp that only some rows have would lie about the others. */
function stampsUpdates({ options, layout }: View): boolean {
  return options.format === 'ndjson' || layout.columns.some(({ role }) => role.kind === 'updatedAt')
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
