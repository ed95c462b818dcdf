/** Writes contacts: in batches where the server's batches are sound, one by one where they are not; opt-outs with or before everything else. */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Account } from './account.ts'
import { capIn, isTooMany } from './batch-cap.ts'
import { batchRows } from './capabilities.ts'
import { encodeConsent, encodeWrite, missingOptOuts, type Payload, stillThere } from './codec.ts'
import { mistakenAmong } from './mistaken.ts'
import {
  batchOutcome,
  doneOutcome,
  refusedOutcome,
  unknownOutcome,
  writtenOutcome,
} from './outcomes.ts'
import { ServerRefusal } from './refusal.ts'
import { type Batch, isObject, itemAt } from './schema.ts'
import { takenEmails } from './taken-emails.ts'
import { tagNamed } from './vocabulary.ts'

/** One contact on its way, with what it becomes over there. */
interface Job {
  readonly item: ContactWrite
  readonly payload: Payload
}

/**
 * One outcome per item, in order. Throws when a whole call failed: `unknown` when it may have taken effect, any other kind when not.
 * Once a call of several has taken effect, a later failure is told per item instead.
 */
export async function writeContacts(
  account: Account,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  await learnVocabulary(account, batch, signal)
  const outcomes = new Map<ContactWrite, WriteOutcome>()
  const jobs: Job[] = []
  const taken = await takenEmails(account, batch, signal)
  for (const item of batch) {
    const before = taken.get(item) ?? encoded(account, item)
    if ('kind' in before) outcomes.set(item, before)
    else jobs.push({ item, payload: before })
  }
  await send(account, jobs, { outcomes, signal, hasEffect: false, isStopped: false })
  return batch.map((item) => outcomes.get(item) ?? unknownOutcome('it was not sent'))
}

interface Sending {
  readonly outcomes: Map<ContactWrite, WriteOutcome>
  readonly signal: AbortSignal
  /** True once a call has changed something: from then on a failure must not hide what was done. */
  hasEffect: boolean
  /** True once nothing more can go well: the login ended, the server asks for quiet. */
  isStopped: boolean
}

async function send(account: Account, jobs: readonly Job[], sending: Sending): Promise<void> {
  const together: Job[] = []
  for (const job of jobs) {
    if (sending.isStopped) return
    if (needsCare(account, job) || !canBatch(account, job, jobs)) {
      await sendAlone(account, job, sending)
    } else together.push(job)
  }
  let rest = together
  while (rest.length > 0 && !sending.isStopped) {
    const chunk = rest.slice(
      0,
      batchRows({ limits: account.settings.limits, batchCap: account.learnt.batchCap }),
    )
    if (await sendChunk(account, chunk, sending)) rest = rest.slice(chunk.length)
  }
}

/** False: the server refused the batch for its size before it began; the next one is smaller. */
async function sendChunk(
  account: Account,
  chunk: readonly Job[],
  sending: Sending,
): Promise<boolean> {
  const { outcomes, signal } = sending
  const [first] = chunk
  if (first === undefined) return true
  let answer: Batch
  try {
    answer =
      first.item.op === 'create'
        ? await account.client.call(
            'contacts.createBatch',
            { contacts: chunk.map((job) => job.payload.body) },
            signal,
          )
        : await account.client.call('contacts.editBatch', { contacts: chunk.map(withId) }, signal)
  } catch (error) {
    if (isTooMany(error, chunk.length)) {
      account.learnt.batchCap = capIn(error, chunk.length)
      return false
    }
    fail(error, chunk, sending)
    return true
  }
  sending.hasEffect = true
  const isMistaken = mistakenAmong(chunk.map(({ item }) => item))
  for (const [position, { item }] of chunk.entries()) {
    outcomes.set(item, batchOutcome(answer, { position, item, isMistaken }, account.decode))
  }
  watchBatchEdits(account, chunk, answer)
  for (const job of chunk) await finish(account, job, sending)
  return true
}

/** One contact by itself: before 3.0 the opt-out goes ahead of an edit, and tags wait until a new contact is known to be opted out. */
async function sendAlone(account: Account, job: Job, sending: Sending): Promise<void> {
  const { outcomes, signal } = sending
  const { item, payload } = job
  const { tags, ...withoutTags } = payload.body
  const splitsTags = item.op === 'create' && needsCare(account, job) && tags !== undefined
  try {
    if (item.id !== null && needsCare(account, job)) await optOut(account, job, sending)
    if (item.op === 'create') {
      const body = splitsTags ? withoutTags : payload.body
      const { result, status } = await account.client.ask('contacts.create', body, signal)
      outcomes.set(
        item,
        writtenOutcome(result, { item, wasCreated: status === 201 }, account.decode),
      )
    } else if (Object.keys(payload.body).length > 0) {
      const edited = await account.client.call(
        'contacts.edit',
        { id: item.id ?? '', ...payload.body },
        signal,
      )
      outcomes.set(item, writtenOutcome(edited, { item, wasCreated: false }, account.decode))
    } else if (item.id !== null) {
      outcomes.set(item, doneOutcome(item.id, payload.zeroPoints ? item.current : null))
    }
  } catch (error) {
    fail(error, [job], sending)
    return
  }
  sending.hasEffect = true
  await finish(account, job, sending)
  if (splitsTags) await addTags(account, { job, tags }, sending)
}

/** What the one call could not do: opt-outs the answer does not show, those it still shows, and points that are to be zero. */
async function finish(account: Account, job: Job, sending: Sending): Promise<void> {
  const { outcomes, signal } = sending
  const { item, payload } = job
  const outcome = outcomes.get(item)
  if (outcome?.kind !== 'done') return
  try {
    const missing = missingOptOuts(item.consents, outcome.sighting?.consents)
    for (const entry of missing) {
      await account.client.call('contacts.addDoNotContact', { id: outcome.id, ...entry }, signal)
    }
    const lifted = item.op === 'update' ? stillThere(item.consents, outcome.sighting?.consents) : []
    for (const channel of lifted) {
      await account.client.call('contacts.removeDoNotContact', { id: outcome.id, channel }, signal)
    }
    const points = payload.zeroPoints
      ? Number(outcome.sighting?.fields['points'] ?? item.current?.fields['points'] ?? 0)
      : 0
    if (points !== 0) {
      const operation = points > 0 ? 'contacts.subtractPoints' : 'contacts.addPoints'
      await account.client.call(operation, { id: outcome.id, points: Math.abs(points) }, signal)
    }
    if (missing.length + lifted.length > 0 || points !== 0)
      outcomes.set(item, { ...outcome, version: null, sighting: null })
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    outcomes.set(
      item,
      unknownOutcome(`contact ${outcome.id} is written, but not all of it: ${error.message}`),
    )
  }
}

async function optOut(account: Account, { item }: Job, { signal }: Sending): Promise<void> {
  for (const consent of item.consents) {
    const entry = encodeConsent(consent)
    if (entry === null || entry.reason === 0) continue
    await account.client.call('contacts.addDoNotContact', { id: item.id ?? '', ...entry }, signal)
  }
}

async function addTags(
  account: Account,
  add: { readonly job: Job; readonly tags: unknown },
  { outcomes, signal }: Sending,
): Promise<void> {
  const { item } = add.job
  const outcome = outcomes.get(item)
  if (outcome?.kind !== 'done') return
  try {
    const raw = await account.client.call(
      'contacts.edit',
      { id: outcome.id, tags: add.tags },
      signal,
    )
    const tagged = writtenOutcome(
      raw,
      { item: { ...item, id: outcome.id }, wasCreated: outcome.wasCreated },
      account.decode,
    )
    outcomes.set(item, tagged)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    outcomes.set(
      item,
      unknownOutcome(`contact ${outcome.id} is written, but its tags are not: ${error.message}`),
    )
  }
}

/** A refusal of one contact is its outcome. Any other failure is thrown, unless that would hide what earlier calls have done. */
function fail(error: unknown, jobs: readonly Job[], sending: Sending): void {
  if (!(error instanceof ConnectorError)) throw error
  const [only, ...others] = jobs
  if (only !== undefined && others.length === 0 && error instanceof ServerRefusal) {
    const isAboutIt =
      ['gone', 'stale', 'invalid'].includes(error.kind) ||
      (error.kind === 'permission' &&
        only.item.op === 'update' &&
        error.server?.isDetailed === true)
    if (isAboutIt) {
      sending.outcomes.set(only.item, refusedOutcome(error.status, error.server))
      return
    }
  }
  if (!sending.hasEffect) throw error
  sending.isStopped = ['login', 'permission', 'throttled', 'unreachable'].includes(error.kind)
  for (const { item } of jobs) sending.outcomes.set(item, unknownOutcome(error.message))
}

/** Whether `doNotContact` inside the write is too uncertain for somebody who is opted out (before 3.0, and where the version is unknown). */
function needsCare(account: Account, { item }: Job): boolean {
  if (account.profile.dncInline) return false
  return item.consents.some((consent) => (encodeConsent(consent)?.reason ?? 0) !== 0)
}

/** Edits: only where rows cannot be mixed up, and never the same contact twice in one call (README, "batch edits"). */
function canBatch(account: Account, { item, payload }: Job, jobs: readonly Job[]): boolean {
  if (item.op === 'create') return true
  if (Object.keys(payload.body).length === 0) return false
  if (!account.profile.batchEditIsSafe || !account.learnt.batchEdits) return false
  return jobs.length > 1 && jobs.filter((other) => other.item.id === item.id).length === 1
}

/** An edit that answers with another contact may have written to it: no more batches on this connection. */
function watchBatchEdits(account: Account, chunk: readonly Job[], answer: Batch): void {
  const isMixed = chunk.some(({ item }, position) => {
    const raw = itemAt(answer.contacts, position)
    return item.op === 'update' && isObject(raw) && String(raw['id']) !== item.id
  })
  if (!isMixed) return
  account.learnt.batchEdits = false
  account.kit.log.warn(
    'a batch edit answered with other contacts than asked for; contacts are edited one by one from here on',
  )
}

function withId({ item, payload }: Job): { id: string } & Record<string, unknown> {
  return { ...payload.body, id: item.id ?? '' }
}

function encoded(account: Account, item: ContactWrite): Payload | WriteOutcome {
  const { vocabulary, settings } = account
  try {
    return encodeWrite(item, {
      typeOf: vocabulary.typeOf,
      zone: settings.timeZone ?? 'UTC',
      spellTag: (name) => {
        const spelled = vocabulary.spellTag(name)
        // From now on this is how the account spells it: a second spelling would make a second tag.
        vocabulary.noteTag(tagNamed(spelled, null))
        return spelled
      },
    })
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return {
      kind: 'rejected',
      message: error.message,
      path: null,
      hint: 'Map the field to one that the platform has.',
    }
  }
}

async function learnVocabulary(
  account: Account,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<void> {
  await account.vocabulary.fields(signal)
  if (batch.some((item) => item.tags.add.length + item.tags.remove.length > 0)) {
    await account.vocabulary.tags(signal)
  }
}
