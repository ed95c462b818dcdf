/**
 * Writes contacts. In this order, so that nobody opted out can be mailed in between: opt-outs of the addresses, then the fields, then the
 * tags. An opt-out that the server did not take for an address that it does not know yet is repeated as soon as the contact exists, before any tag.
 */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Client } from './client.ts'
import { encodeContact } from './codec.ts'
import type { CustomField } from './custom-fields.ts'
import { EMPTY_SLOTS, isPhone, PHONE_COLUMNS, type PhoneSlot, slotsOf } from './phones.ts'
import { ROWS_MAX } from './operations.ts'
import { rejected, together } from './outcome.ts'
import { emptyColumns } from './emptying.ts'
import { addressesToClose, close, confirmClosed } from './opt-out.ts'
import { exists } from './removal.ts'
import type { Cells, Row } from './schema.ts'
import { STANDARD_COLUMNS } from './standard-fields.ts'
import { namedColumns } from './page-recovery.ts'

export interface ContactWriter {
  readonly client: Client
  readonly zone: string
  customFields(signal: AbortSignal): Promise<readonly CustomField[]>
  forgetCustomFields(): void
}

/** One outcome per item, in order. Throws only when no item had any effect and all met the same wall. */
export async function writeContacts(
  writer: ContactWriter,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const custom = new Map(
    (await customOf(writer, batch, signal)).map((field) => [field.definition.path, field]),
  )
  const layouts = await phoneLayouts(writer, batch, signal)
  const results = await Promise.all(
    batch.map((item) => writeOne({ writer, item, custom, layouts, signal })),
  )
  return together(results)
}

interface Job {
  readonly writer: ContactWriter
  readonly item: ContactWrite
  readonly custom: ReadonlyMap<string, CustomField>
  /** Of the records whose phones are touched. */
  readonly layouts: ReadonlyMap<RemoteId, readonly PhoneSlot[]>
  readonly signal: AbortSignal
}
/** How far a job has come: what decides whether a failure leaves the record as it was. */
interface Progress {
  id: RemoteId | null
  hasWritten: boolean
}

/** A ConnectorError is returned for failures before anything was written that concern more than this item. */
async function writeOne(job: Job): Promise<WriteOutcome | ConnectorError> {
  const { item, layouts } = job
  const progress: Progress = { id: item.id, hasWritten: false }
  const needsLayout = item.op === 'update' && Object.keys(item.fields).some(isPhone)
  if (needsLayout && item.id !== null && !layouts.has(item.id)) return { kind: 'gone' }
  const encoded = encodeContact(item.fields, {
    zone: job.writer.zone,
    custom: (path) => job.custom.get(path) ?? null,
    slots: (item.id === null ? undefined : layouts.get(item.id)) ?? EMPTY_SLOTS,
  })
  if (encoded.kind === 'problem')
    return rejected(
      encoded.message,
      encoded.path,
      'Leave the field out in the mapping, or change the value.',
    )
  try {
    return await perform(job, progress, encoded)
  } catch (error) {
    job.signal.throwIfAborted()
    if (!(error instanceof ConnectorError)) throw error
    return failed(job, progress, { error, columns: Object.keys(encoded.cells) })
  }
}

async function perform(
  job: Job,
  progress: Progress,
  encoded: { readonly cells: Cells; readonly clears: Readonly<Record<string, string>> },
): Promise<WriteOutcome> {
  const { writer, item, signal } = job
  const { client } = writer
  const cells = linkedTo(encoded.cells, item.company)
  const unchanged = await close(client, addressesToClose(item), signal)
  const clears = item.op === 'create' ? [] : Object.keys(encoded.clears)
  let id = item.id === null ? null : Number(item.id)
  if (id === null) {
    id = await client.call('ContactService.add', { data: cells }, { signal })
    if (id <= 0) return { kind: 'unknown', message: `ContactService.add answered ${id}` }
    wrote(progress, id)
  } else if (Object.keys(cells).length > 0) {
    const answer = await client.call(
      'ContactService.update',
      { contactId: id, data: cells },
      { signal },
    )
    if (answer === 0) return { kind: 'gone' }
    wrote(progress, id)
  }
  const left = await confirmClosed(client, unchanged, signal)
  if (left.length > 0)
    return stuck(progress, `${left.length} opted-out address(es) could not be opted out`, null)
  const emptying = { id, columns: clears, isDate: (column: string) => isDate(job, column) }
  const kept = await emptyColumns(client, emptying, signal)
  if (kept.length < clears.length) wrote(progress, id)
  if (kept.length > 0) {
    const path = encoded.clears[kept[0] ?? ''] ?? null
    return stuck(progress, `${kept.join(', ')} cannot be emptied through the API`, path)
  }
  for (const tag of item.tags.add) {
    await client.call(
      'ContactService.addToGroup',
      { contactId: id, groupId: Number(tag.key) },
      { signal },
    )
    wrote(progress, id)
  }
  for (const tag of item.tags.remove) {
    await client.call(
      'ContactService.removeFromGroup',
      { contactId: id, tagId: Number(tag.key) },
      { signal },
    )
    wrote(progress, id)
  }
  return {
    kind: 'done',
    id: remoteId(String(id)),
    version: null,
    sighting: null,
    wasCreated: item.op === 'create',
  }
}

/** Beside the company's name: the record of that name. */
function linkedTo(cells: Cells, company: string | undefined): Cells {
  return company === undefined
    ? cells
    : { ...cells, CompanyID: { as: 'int', value: Number(company) } }
}

function isDate(job: Job, column: string): boolean {
  if (STANDARD_COLUMNS.some((one) => one.column === column)) return true
  const type = job.custom.get(`custom.${column}`)?.definition.type
  return type === 'date' || type === 'datetime'
}

function wrote(progress: Progress, id: number) {
  progress.id = remoteId(String(id))
  progress.hasWritten = true
}

/** Not done, and nothing can do it: refused when that is all there was to write, else open, so that the rest is looked at again. */
function stuck(progress: Progress, message: string, path: string | null): WriteOutcome {
  if (!progress.hasWritten) return rejected(message, path, 'Do it by hand in the account.')
  return { kind: 'unknown', message: `contact ${progress.id} was written, but ${message}` }
}

async function failed(
  job: Job,
  progress: Progress,
  what: { readonly error: ConnectorError; readonly columns: readonly string[] },
): Promise<WriteOutcome | ConnectorError> {
  const { error, columns } = what
  if (progress.hasWritten)
    return { kind: 'unknown', message: `contact ${progress.id} was written, but ${error.message}` }
  switch (error.kind) {
    case 'gone':
      return await goneOrRefused(job, error)
    case 'invalid':
    case 'unsupported':
    case 'stale':
    case 'scan': {
      job.writer.forgetCustomFields()
      const [column] = namedColumns(error, columns)
      return rejected(error.message, column === undefined ? null : pathOf(column), error.hint ?? '')
    }
    case 'unknown':
    case 'protocol':
      return { kind: 'unknown', message: error.message }
    case 'login':
    case 'permission':
    case 'throttled':
    case 'unreachable':
      return error
  }
}

/** "No such record" may mean the tag: only the contact's own absence makes it gone. */
async function goneOrRefused(job: Job, error: ConnectorError): Promise<WriteOutcome> {
  const { item, signal } = job
  try {
    if (item.id !== null && !(await exists(job.writer.client, item.id, signal)))
      return { kind: 'gone' }
  } catch (failure) {
    signal.throwIfAborted()
    if (!(failure instanceof ConnectorError)) throw failure
    return { kind: 'unknown', message: `${error.message}; ${failure.message}` }
  }
  return rejected(
    error.message,
    null,
    'A tag or another record that it refers to is gone; plan again.',
  )
}

/** Only asked for when something is written to a field of the account's own. */
async function customOf(
  writer: ContactWriter,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly CustomField[]> {
  const isTouched = batch.some(({ fields }) =>
    Object.keys(fields).some((path) => path.startsWith('custom._')),
  )
  return isTouched ? await writer.customFields(signal) : []
}

/** As they are now: a reading of canonical phones does not tell which slot each stands in (quirk 20). Those that are gone are missing. */
async function phoneLayouts(
  writer: ContactWriter,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RemoteId, readonly PhoneSlot[]>> {
  const ids = batch
    .filter(({ op, fields }) => op === 'update' && Object.keys(fields).some(isPhone))
    .flatMap(({ id }) => (id === null ? [] : [id]))
  const columns = ['Id', ...PHONE_COLUMNS]
  const layouts = new Map<RemoteId, readonly PhoneSlot[]>()
  const keep = (row: Row) => layouts.set(remoteId(String(row['Id'])), slotsOf(row))
  if (ids.length > 1) {
    const several = {
      table: 'Contact',
      limit: ROWS_MAX,
      page: 0,
      queryData: { Id: ids.map(Number) },
      selectedFields: columns,
    }
    for (const row of await writer.client.call('DataService.query', several, { signal })) keep(row)
  }
  for (const id of ids.filter((one) => !layouts.has(one))) {
    const one = { table: 'Contact', recordId: Number(id), wantedFields: columns }
    try {
      keep(await writer.client.call('DataService.load', one, { signal }))
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'gone') throw error
    }
  }
  return layouts
}

function pathOf(column: string): string | null {
  if (column.startsWith('_')) return `custom.${column}`
  return STANDARD_COLUMNS.find((one) => one.column === column)?.path ?? null
}
