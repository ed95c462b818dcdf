/** What became of each contact of a write, read from the server's answer by position (README, "batch answers"). */
import type { ContactWrite, WriteOutcome } from '../../src/connector/connector.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { IsMistaken } from './mistaken.ts'
import { pathOf } from './names.ts'
import { type Batch, type Contact, isObject, itemAt, parseContact, ShapeError } from './schema.ts'
import { parseError, type ServerError } from './server-error.ts'

export type Decode = (contact: Contact) => Sighting

/** The outcome of the item at a position, by all three parts of the answer; what they do not mention is unknown. */
export function batchOutcome(
  answer: Batch,
  at: {
    readonly position: number
    readonly item: ContactWrite
    readonly isMistaken: IsMistaken
  },
  decode: Decode,
): WriteOutcome {
  const { position, item, isMistaken } = at
  const status = Number(itemAt(answer.statusCodes, position))
  const raw = itemAt(answer.contacts, position)
  const error = itemAt(answer.errors, position)
  if (isObject(raw) && (status === 200 || status === 201 || Number.isNaN(status))) {
    const wasCreated = item.op === 'create' && status === 201
    return writtenOutcome(raw, { item, wasCreated, isMistaken }, decode)
  }
  if (isObject(error)) {
    const told = parseError(error)
    return refusedOutcome(told.code ?? status, told)
  }
  // An error list with a single entry is an array, whatever position the entry is about.
  if (status >= 400) return refusedOutcome(status, onlyError(answer))
  return unknownOutcome(`the answer does not mention item ${position + 1}`)
}

/** A contact that the server says it wrote; under another id than asked for it is not the one we meant. */
export function writtenOutcome(
  raw: unknown,
  written: {
    readonly item: ContactWrite
    readonly wasCreated: boolean
    readonly isMistaken?: IsMistaken
  },
  decode: Decode,
): WriteOutcome {
  const { item, wasCreated } = written
  let contact: Contact
  try {
    contact = parseContact(raw)
  } catch (error) {
    if (error instanceof ShapeError) return unknownOutcome(error.message)
    throw error
  }
  const id = remoteId(contact.id)
  if (item.id !== null && item.id !== id) {
    return unknownOutcome(`contact ${item.id} was asked for and ${id} answered`)
  }
  const sighting = decode(contact)
  if (written.isMistaken?.(item, sighting) === true)
    return unknownOutcome('the answer at its place is about another contact of the batch')
  const isComplete = sighting.tags !== undefined && sighting.consents !== undefined
  return {
    kind: 'done',
    id,
    version: sighting.version,
    sighting: isComplete ? sighting : null,
    wasCreated,
  }
}

export function refusedOutcome(status: number, told: ServerError | null): WriteOutcome {
  if (status === 404) return { kind: 'gone' }
  if (status === 409) return { kind: 'stale' }
  if (status >= 500) return unknownOutcome(told?.message ?? `answered ${status}`)
  const alias = Object.keys(told?.details ?? {})[0]
  return {
    kind: 'rejected',
    message: told?.message ?? `answered ${status}`,
    path: alias === undefined ? null : pathOf(alias),
    hint: hintFor(status, alias),
  }
}

export function doneOutcome(id: RemoteId, sighting: Sighting | null): WriteOutcome {
  return { kind: 'done', id, version: sighting?.version ?? null, sighting, wasCreated: false }
}

export function unknownOutcome(message: string): WriteOutcome {
  return { kind: 'unknown', message }
}

function onlyError(answer: Batch): ServerError | null {
  if (!Array.isArray(answer.errors) || answer.errors.length !== 1) return null
  const [error] = answer.errors as readonly unknown[]
  return isObject(error) ? parseError(error) : null
}

function hintFor(status: number, alias: string | undefined): string {
  if (status === 422) {
    return `Two contacts there have the same ${alias ?? 'unique field'}, and from version 5 neither can be edited: merge them there.`
  }
  if (status === 403) return 'The user of this connection may not edit this contact.'
  if (alias === undefined) return 'The server does not say which field it minds.'
  return `Correct ${alias} at the source, or translate it with values in the mapping.`
}
