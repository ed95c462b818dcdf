/** Translates contacts between the server's words and ours. Pure; the only bilingual file but for the value forms in values.ts. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { ContactWrite } from '../../src/connector/connector.ts'
import type { Channel, Consent, ConsentState } from '../../src/model/consent.ts'
import {
  emptyFields,
  emptyTable,
  type FieldPath,
  type Fields,
  type FieldValue,
  type ValueType,
} from '../../src/model/field.ts'
import { remoteId, version } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { aliasOf, LEFT_OUT, pathOf } from './names.ts'
import { fold, regionForCountry } from './places.ts'
import type { Column, Contact, DoNotContact, Scalar } from './schema.ts'
import { decodeValue, encodeValue, instantOf, valueTypeOf } from './values.ts'

export interface Decoding {
  /** From the catalogue, for answers that leave the type out. */
  readonly typeOf: (alias: string) => ValueType | null
  /** Whether `dateModified` identifies a state of the record there. */
  readonly modifiedMoves: boolean
}

/** Segments are never told with a contact: `groups` stays undefined. */
export function decodeContact(contact: Contact, decoding: Decoding): Sighting {
  const updated = contact.dateModified ?? contact.dateAdded
  const createdAt = instantOf(contact.dateAdded)
  return {
    id: remoteId(contact.id),
    version: decoding.modifiedMoves && updated !== null ? version(updated) : null,
    createdAt,
    updatedAt: instantOf(updated),
    fields: decodeFields(contact, decoding, createdAt),
    ...(contact.tags === undefined ? {} : { tags: [...contact.tags].sort() }),
    ...(contact.doNotContact === undefined
      ? {}
      : { consents: contact.doNotContact.flatMap((entry) => decodeConsent(entry) ?? []) }),
  }
}

export interface Encoding {
  readonly typeOf: (alias: string) => ValueType | null
  /** The zone in which the server reads datetimes. */
  readonly zone: string
  /** The spelling under which the account has a tag (README, "tags by case"). */
  readonly spellTag: (name: string) => string
}

/** What `encodeWrite` makes of one change. */
export interface Payload {
  /** Body of the item, without `id`; empty: nothing to send. */
  readonly body: Readonly<Record<string, unknown>>
  /** True: some key is to be emptied, which needs `overwriteWithBlank`. Only for edits and batches, never a single create. */
  readonly hasBlanks: boolean
  /** Points are to become zero, which no field write can do. */
  readonly zeroPoints: boolean
}

/** Throws `invalid` for a field that the platform does not have. */
export function encodeWrite(change: ContactWrite, encoding: Encoding): Payload {
  const body = emptyTable<unknown>()
  let hasBlanks = false
  let zeroPoints = false
  for (const path in change.fields) {
    const value = change.fields[path]
    if (value === undefined) continue
    if (path === 'points' && isZero(value)) {
      zeroPoints = true
      continue
    }
    if (path === 'owner') {
      body['owner'] = value === null ? null : Number(value)
      continue
    }
    const alias = aliasOf(path)
    if (alias === null) throw new ConnectorError('invalid', `the platform has no field for ${path}`)
    const sent = isBlank(value) ? null : encodeField(alias, value, { change, encoding })
    if (sent === undefined) continue
    // A create leaves empty what it does not send; blanks there would only be dangerous (README, "blank on create").
    if (sent === null && change.op === 'create') continue
    hasBlanks ||= sent === null
    body[alias] = sent ?? ''
  }
  const tags = encodeTags(change, encoding)
  // An empty list is left out: 2.15 made a stray tag and an opt-out of it.
  if (tags.length > 0) body['tags'] = tags
  const doNotContact = change.consents.flatMap((consent) => {
    const entry = encodeConsent(consent)
    // Somebody new has no opt-out to take back.
    return entry === null || (entry.reason === 0 && change.op === 'create') ? [] : [entry]
  })
  if (doNotContact.length > 0) body['doNotContact'] = doNotContact
  if (hasBlanks) body['overwriteWithBlank'] = true
  return { body, hasBlanks, zeroPoints }
}

export interface DncEntry {
  readonly channel: string
  readonly reason: number
  readonly comments: string
}

/** null: the state says nothing that do-not-contact could hold. Reason 0 takes an opt-out back. */
export function encodeConsent(consent: Consent): DncEntry | null {
  const channel = CHANNEL_NAMES[consent.channel]
  const reason = REASONS[consent.state]
  if (channel === undefined || reason === null) return null
  return { channel, reason, comments: consent.reason ?? COMMENT }
}

/** What went out as an opt-out and is not in the answer: must be sent again on its own. */
export function missingOptOuts(
  wanted: readonly Consent[],
  shown: readonly Consent[] | undefined,
): readonly DncEntry[] {
  return wanted.flatMap((consent) => {
    const entry = encodeConsent(consent)
    if (entry === null || entry.reason === 0) return []
    const isThere = shown?.some((other) => other.channel === consent.channel)
    return isThere === true ? [] : [entry]
  })
}

/** Channels whose opt-out was to be taken back and, for all the answer shows, is not. */
export function stillThere(
  wanted: readonly Consent[],
  shown: readonly Consent[] | undefined,
): readonly string[] {
  return wanted.flatMap((consent) => {
    const entry = encodeConsent(consent)
    const isGone = shown?.every((other) => other.channel !== consent.channel) === true
    return entry?.reason === 0 && !isGone ? [entry.channel] : []
  })
}

export const COMMENT = 'Opt-out carried over by Contact Ferry'

const CHANNELS: Readonly<Record<string, Channel>> = { email: 'email', sms: 'sms' }
const CHANNEL_NAMES: Readonly<Partial<Record<Channel, string>>> = { email: 'email', sms: 'sms' }
/** An operator's entry (3) as the server's own import makes it: 1 would claim that the person clicked here. */
const REASONS: Readonly<Record<ConsentState, number | null>> = {
  refused: 3,
  undeliverable: 2,
  none: 3,
  unknown: null,
  granted: 0,
}

function decodeFields(contact: Contact, decoding: Decoding, createdAt: string | null): Fields {
  const { columns, values } = contact.cells
  const { blank, slots } = layoutOf(columns, decoding)
  const fields: Record<FieldPath, FieldValue> = { ...blank }
  for (let place = 0; place < slots.length; place += 1) {
    const slot = slots[place]
    const value = values[place] ?? null
    if (value !== null && slot !== undefined && slot !== null)
      fields[slot.path] = decodeValue(slot.type, value)
  }
  if (contact.points !== undefined) fields['points'] = contact.points
  if (contact.owner !== undefined) fields['owner'] = contact.owner?.id ?? null
  if (createdAt !== null) fields['createdAt'] = createdAt
  return fields
}

/** Where the columns of a contact go, and a record in which all of them are empty. */
interface Layout {
  readonly blank: Fields
  /** By the place of the column; null: not a field of ours. */
  readonly slots: readonly ({ readonly path: FieldPath; readonly type: ValueType } | null)[]
}

function layoutOf(columns: readonly Column[], decoding: Decoding): Layout {
  const known = LAYOUTS.get(columns)
  if (known !== undefined) return known
  const slots = columns.map(({ alias, type }) =>
    LEFT_OUT.has(alias)
      ? null
      : {
          path: pathOf(alias),
          type: type === null ? (decoding.typeOf(alias) ?? 'text') : valueTypeOf(type),
        },
  )
  const layout = { blank: emptyFields(slots.flatMap((slot) => slot?.path ?? [])), slots }
  // What the catalogue says may change with the next reading of it.
  if (columns.every(({ type }) => type !== null)) LAYOUTS.set(columns, layout)
  return layout
}
const LAYOUTS = new WeakMap<readonly Column[], Layout>()

function decodeConsent(entry: DoNotContact): Consent | null {
  const channel = CHANNELS[entry.channel]
  if (channel === undefined || entry.reason === 0) return null
  return {
    channel,
    address: null,
    state: entry.reason === 2 ? 'undeliverable' : 'refused',
    reason: entry.comments === null ? null : unescaped(entry.comments),
    scope: null,
    since: instantOf(entry.dateAdded),
  }
}

/** Comments are stored HTML-escaped. */
function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#0?39|#x27);/gi, (_whole, name: string) => {
    return { amp: '&', lt: '<', gt: '>', quot: '"' }[name.toLowerCase()] ?? "'"
  })
}

function encodeField(
  alias: string,
  value: string | readonly string[],
  context: { readonly change: ContactWrite; readonly encoding: Encoding },
): Scalar | string[] | undefined {
  const { change, encoding } = context
  const type = encoding.typeOf(alias) ?? 'text'
  const sent = encodeValue(type, value, encoding.zone)
  if (type !== 'region' || typeof sent !== 'string') return sent
  const country =
    textAt(change.fields, 'addresses.main.country') ??
    textAt(change.current?.fields, 'addresses.main.country')
  return regionForCountry(sent, country)
}

function encodeTags(change: ContactWrite, encoding: Encoding): string[] {
  const held = change.current?.tags ?? []
  const added = change.tags.add.map((tag) => encoding.spellTag(tag.key))
  // The spelling on the contact decides: another one removes nothing, silently.
  const removed = change.tags.remove.map(
    ({ key }) =>
      held.find((name) => name === key) ?? held.find((name) => fold(name) === fold(key)) ?? key,
  )
  return [...new Set(added), ...new Set(removed.map((name) => `-${name}`))]
}

function isBlank(value: FieldValue): value is null {
  return value === null || value === '' || (typeof value !== 'string' && value.length === 0)
}

function isZero(value: FieldValue): boolean {
  return value === null || (typeof value === 'string' && Number(value) === 0)
}

function textAt(fields: Fields | undefined, path: FieldPath): string | null {
  const value = fields?.[path]
  return typeof value === 'string' ? value : null
}
