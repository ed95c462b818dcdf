/**
 * Changes contacts, in this order: opt-outs; values, groups and tags to add, in one call that is refused when the contact has moved since it was
 * read; groups to leave.
 */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { FieldPath } from '../../src/model/field.ts'
import type { RemoteId } from '../../src/model/id.ts'
import { norm } from '../../src/model/norm.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Account } from './account.ts'
import { sendBatch, sendLater } from './batches.ts'
import { encodeContact, partsOfId } from './codec.ts'
import { membershipsOf } from './creates.ts'
import { fetchOne } from './lookup.ts'
import { changeMembers } from './membership.ts'
import type { ContactParts } from './contact-parts.ts'
import { done, refused, rejected, type Sent, unknown, UNMENTIONED } from './outcomes.ts'
import type { ItemResult } from './answers.ts'
import { unsubscribeAll, wantsOptOut } from './unsubscribe.ts'
import type { UserFields } from './user-fields.ts'

/** One outcome per item, in order. Throws only when nothing of the batch had any effect. */
export async function updateContacts(
  account: Account,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const userFields = await account.vocabulary.fields(signal)
  const outcomes = new Map<ContactWrite, WriteOutcome>()
  const jobs: Job[] = []
  for (const write of batch) {
    const prepared = prepare(write, userFields)
    if ('kind' in prepared) outcomes.set(write, prepared)
    else jobs.push(prepared)
  }
  const run: Run = { account, outcomes, signal }
  await optOut(
    run,
    jobs.filter(({ write }) => wantsOptOut(write)),
  )
  await edit(
    run,
    stillOpen(run, jobs).filter(({ hasEdit }) => hasEdit),
  )
  await leaveGroups(run, stillOpen(run, jobs))
  for (const job of stillOpen(run, jobs)) {
    outcomes.set(job.write, done(job.id, { updated: job.updated, wasCreated: false }))
  }
  return batch.map((write) => outcomes.get(write) ?? unknown(UNMENTIONED))
}

/** How far one update has come. */
interface Job {
  readonly write: ContactWrite
  readonly id: RemoteId
  readonly contactId: string
  readonly accountId: string
  readonly parts: ContactParts
  readonly hasEdit: boolean
  /** The stamp that the contact must not have moved past; null: unknown, then nothing is checked. */
  stamp: string | null
  updated: string | null
  hasWritten: boolean
}
interface Run {
  readonly account: Account
  readonly outcomes: Map<ContactWrite, WriteOutcome>
  readonly signal: AbortSignal
}

function prepare(write: ContactWrite, userFields: UserFields): Job | WriteOutcome {
  const parts = write.id === null ? null : partsOfId(write.id)
  if (parts === null || write.id === null) return { kind: 'gone' }
  if (write.tags.remove.length > 0) {
    return rejected(
      'a tag cannot be taken off a contact over this API',
      null,
      'Take it off by hand there, or set tags.remove to false in the mapping.',
    )
  }
  const encoded = encodeContact(write.fields, { userFields, op: 'update', current: write.current })
  if (encoded.kind === 'problem') {
    return rejected(
      `${encoded.path} ${encoded.message}`,
      encoded.path,
      'Leave the field out in the mapping, or change the value.',
    )
  }
  const all = { ...encoded.parts, ...membershipsOf(write) }
  return {
    write,
    id: write.id,
    contactId: parts.id,
    accountId: parts.account,
    parts: all,
    hasEdit: Object.keys(all).length > 0,
    stamp: write.current?.version ?? null,
    updated: write.current?.version ?? null,
    hasWritten: false,
  }
}

function stillOpen({ outcomes }: Run, jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(({ write }) => !outcomes.has(write))
}

async function optOut(run: Run, jobs: readonly Job[]): Promise<void> {
  const { account, outcomes, signal } = run
  const items = jobs.map(({ id, write }) => ({ id, key: write.key }))
  const troubles = await unsubscribeAll(account, items, signal)
  for (const [place, job] of jobs.entries()) {
    const trouble = troubles[place] ?? null
    // Nothing else is written to somebody who could not be opted out.
    if (trouble === null) job.hasWritten = true
    else outcomes.set(job.write, await afterTrouble(run, job, trouble))
  }
}

async function afterTrouble(run: Run, job: Job, trouble: string): Promise<WriteOutcome> {
  const fetched = await look(run, job)
  return fetched === 'gone' ? { kind: 'gone' } : unknown(`contact ${job.id}: ${trouble}`)
}

async function edit(run: Run, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return
  const results = await sendEdits(run, jobs)
  const again: Job[] = []
  for (const [place, job] of jobs.entries()) {
    const result = results instanceof ConnectorError ? results : (results[place] ?? null)
    if (await settle(run, job, result)) again.push(job)
  }
  if (again.length === 0) return
  const second = await sendEdits(run, again)
  for (const [place, job] of again.entries()) {
    const result = second instanceof ConnectorError ? second : (second[place] ?? null)
    if (await settle(run, job, result)) run.outcomes.set(job.write, { kind: 'stale' })
  }
}

/** A failure of the whole call is thrown while nothing was written yet, and told for each item afterwards. */
async function sendEdits(
  { account, signal }: Run,
  jobs: readonly Job[],
): Promise<readonly (ItemResult | null)[] | ConnectorError> {
  const contacts = jobs.map((job) => ({
    contact_id: job.contactId,
    account_id: job.accountId,
    request_id: job.write.key,
    ...(job.stamp === null ? {} : { UpdatedTimeStamp: job.stamp }),
    ...job.parts,
  }))
  const sent = jobs.map((job): Sent => ({ requestId: job.write.key, contactId: job.contactId }))
  const send = () => account.client.call('EditContacts', { contacts }, { signal })
  const isFirst = jobs.every(({ hasWritten }) => !hasWritten)
  return isFirst ? await sendBatch(sent, send) : await sendLater(sent, send, signal)
}

/** True: our own opt-out moved the stamp and nothing else did, so it may be sent again under the new one. */
async function settle(
  run: Run,
  job: Job,
  result: ItemResult | ConnectorError | null,
): Promise<boolean> {
  const { outcomes } = run
  if (result instanceof ConnectorError) {
    outcomes.set(job.write, unknown(result.message))
    return false
  }
  if (result === null) {
    outcomes.set(job.write, unknown(UNMENTIONED))
    return false
  }
  if (result.kind === 'success') {
    job.hasWritten = true
    job.updated = result.updated ?? job.updated
    return false
  }
  const now = await look(run, job)
  if (now === 'gone') outcomes.set(job.write, { kind: 'gone' })
  else if (now === 'unclear') outcomes.set(job.write, unknown(refusedText(result)))
  else if (job.stamp === null || now.version === null || now.version <= job.stamp)
    outcomes.set(job.write, afterRefusal(job, result))
  else if (job.hasWritten && isUntouched(job.write, now)) {
    job.stamp = now.version
    return true
  } else outcomes.set(job.write, { kind: 'stale' })
  return false
}

/** What a refusal means is decided by reading the contact again, never by the words of the server: no list of codes is public. */
async function look({ account, signal }: Run, job: Job): Promise<Sighting | 'gone' | 'unclear'> {
  try {
    const fetched = await fetchOne(account, job.id, signal)
    if (fetched.kind === 'found') return fetched.sighting
    return fetched.kind === 'gone' ? 'gone' : 'unclear'
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ConnectorError) return 'unclear'
    throw error
  }
}

function afterRefusal(job: Job, result: ItemResult): WriteOutcome {
  if (!job.hasWritten) return refused(result)
  return unknown(
    `contact ${job.id} was opted out, but the rest was refused: ${refusedText(result)}`,
  )
}

function refusedText({ code, text }: ItemResult): string {
  return code === '' ? text : `${text} (code ${code})`
}

/** Whether every field that is to be written still shows what was read before. */
function isUntouched(write: ContactWrite, now: Sighting): boolean {
  const before = write.current?.fields ?? {}
  return Object.keys(write.fields).every(
    (path: FieldPath) =>
      norm('text', textOf(before[path])) === norm('text', textOf(now.fields[path])),
  )
}
function textOf(value: Sighting['fields'][string] | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : value.join('\n')
}

/** Edits only add to groups; leaving one has a call of its own (fact sheet, outside the seed). */
async function leaveGroups(run: Run, jobs: readonly Job[]): Promise<void> {
  const { account, outcomes, signal } = run
  const leaving = jobs.flatMap((job) => job.write.groups.remove.map((group) => ({ job, group })))
  for (const [groupId, members] of Map.groupBy(leaving, ({ group }) => group.key)) {
    const open = members.filter(({ job }) => !outcomes.has(job.write))
    const troubles = await changeMembers(
      account,
      { operation: 'DeleteContactsFromGroup', groupId, ids: open.map(({ job }) => job.id) },
      signal,
    )
    for (const [place, { job, group }] of open.entries()) {
      const trouble = troubles[place] ?? null
      if (trouble === null) job.hasWritten = true
      else
        outcomes.set(job.write, unknown(`contact ${job.id} is still in ${group.name}: ${trouble}`))
    }
  }
}
