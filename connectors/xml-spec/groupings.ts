/**
 * The stream of memberships, group by group. Contacts show their groups themselves, so a connection only has this stream when it asks for it
 * (`options.groupings`): it finds memberships that changed without the contact's stamp moving, at the price of reading all groups each time.
 */
import type { Page, Row, ScanRequest } from '../../src/connector/connector.ts'
import type { Account } from './account.ts'
import { begin, brokenRow, readWalk, turn, walkOn } from './walk.ts'

export async function scanGroupings(
  account: Account,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<Page> {
  const [first] = await groupIdsAfter(account, null, signal)
  if (first === undefined) return { ...NOTHING, next: null, isProven: true }
  const go = begin(account, request, { signal, walk: first })
  const group = go.position.walk
  const read = await readWalk(go, { group_id: group })
  const rows: Row[] = []
  const broken = []
  const userFields = await account.vocabulary.fields(signal)
  for (const contact of read.list.contacts) {
    // A server that ignores the criterion answers with everybody; the contact itself says whether it belongs.
    if (contact.groups !== null && !contact.groups.some(({ id }) => id === group)) continue
    const decoded = account.decode(contact, userFields, () => undefined)
    if (decoded.kind === 'broken') broken.push(brokenRow(contact, decoded))
    else rows.push({ kind: 'grouping', contact: decoded.sighting.id, group })
  }
  return turn(
    go,
    { ...NOTHING, rows, broken },
    {
      position: read.position,
      moved: walkOn(go, read),
      stream: 'groupings',
      following: async () => (await groupIdsAfter(account, group, signal))[0] ?? null,
    },
  )
}

/** Ids of groups in a fixed order, so that a walk can be resumed by the id it came to. */
export async function groupIdsAfter(
  account: Account,
  after: string | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids = [...new Set((await account.vocabulary.groups(signal)).map(({ id }) => id))]
    .filter((id) => /^\d+$/.test(id))
    .sort((a, b) => Number(a) - Number(b))
  return after === null ? ids : ids.filter((id) => Number(id) > Number(after))
}

const NOTHING: Omit<Page, 'next' | 'isProven'> = {
  rows: [],
  broken: [],
  high: null,
  total: null,
  notes: [],
}
