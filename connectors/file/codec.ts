/** From a row or a line to a canonical contact and back. The only bilingual file; pure. */
import type { Channel, Consent, ConsentState } from '../../src/model/consent.ts'
import type { FieldPath, FieldValue } from '../../src/model/field.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { guard, joinItems, splitItems, unguard } from './cells.ts'
import { type Column, isPath } from './header-names.ts'
import { CONSENTS, CONTACT_LINE, type ContactLine, fromJson } from './schema.ts'

/** A contact whose id may still have to be made from what it is. */
export type Contact = Omit<Sighting, 'id' | 'version'>
export type Decoded =
  | { readonly kind: 'contact'; readonly id: string | null; readonly contact: Contact }
  | { readonly kind: 'broken'; readonly message: string; readonly hint: string }

export interface CellRules {
  readonly columns: readonly Column[]
  /** Paths whose cells hold several items. */
  readonly lists: ReadonlySet<FieldPath>
  readonly separator: string
  readonly hasGuard: boolean
}

/** `cells` as the parser gave them. A CSV cannot tell "not known" from "empty": an empty cell is known to be empty. */
export function decodeCells(cells: readonly string[], rules: CellRules): Decoded {
  const { columns, lists, separator } = rules
  if (cells.length !== columns.length) {
    return broken(
      `the row has ${cells.length} cells, the header ${columns.length}`,
      'Look for a delimiter or line end inside a cell that is not quoted, or for one that is missing.',
    )
  }
  const fields: Record<FieldPath, FieldValue> = {}
  const consents: Consent[] = []
  let id: string | null = null
  let tags: readonly string[] | undefined
  let groups: readonly string[] | undefined
  let updatedAt: string | null = null
  let tellsConsent = false
  for (const [place, { role }] of columns.entries()) {
    const text = unguard(cells[place] ?? '')
    switch (role.kind) {
      case 'id':
        id = text === '' ? null : text
        break
      case 'tags':
        tags = sorted(splitItems(text, separator))
        break
      case 'groups':
        groups = sorted(splitItems(text, separator))
        break
      case 'updatedAt':
        updatedAt = instant(text)
        break
      case 'consents':
      case 'consent': {
        tellsConsent = true
        const read = role.kind === 'consent' ? consentOf(text, role.channel) : consentsOf(text)
        if (typeof read === 'string') return broken(read, CONSENT_HINT)
        consents.push(...read)
        break
      }
      case 'field':
        fields[role.path] =
          text === '' ? null : lists.has(role.path) ? splitItems(text, separator) : text
    }
  }
  const created = fields['createdAt']
  return {
    kind: 'contact',
    id,
    contact: {
      createdAt: typeof created === 'string' ? instant(created) : null,
      updatedAt,
      fields,
      ...(tags === undefined ? {} : { tags }),
      ...(groups === undefined ? {} : { groups }),
      ...(tellsConsent ? { consents } : {}),
    },
  }
}

export function encodeCells(sighting: Sighting, rules: CellRules): readonly string[] {
  const { columns, separator, hasGuard } = rules
  const consents = splitConsents(sighting.consents ?? [], columns)
  return columns.map(({ role }) => {
    const text = cellOf()
    return hasGuard ? guard(text) : text
    function cellOf(): string {
      switch (role.kind) {
        case 'id':
          return sighting.id
        case 'tags':
          return joinItems(sighting.tags ?? [], separator)
        case 'groups':
          return joinItems(sighting.groups ?? [], separator)
        case 'updatedAt':
          return sighting.updatedAt ?? ''
        case 'consents':
          return consents.rest.length === 0 ? '' : JSON.stringify(consents.rest.map(compact))
        case 'consent':
          return consents.words.get(role.channel) ?? ''
        case 'field': {
          const value = sighting.fields[role.path] ?? null
          if (value !== null) return typeof value === 'string' ? value : joinItems(value, separator)
          return role.path === 'createdAt' ? (sighting.createdAt ?? '') : ''
        }
      }
    }
  })
}

export function decodeLine(text: string): Decoded {
  const json = fromJson(text)
  if (json === undefined) {
    return broken('the line is not JSON', 'Each line holds one contact as a JSON object.')
  }
  const parsed = CONTACT_LINE.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
    return broken(`${where}${issue?.message ?? 'not a contact'}`, LINE_HINT)
  }
  const strange = Object.keys(parsed.data.fields).find((path) => !isPath(path))
  if (strange !== undefined) {
    return broken(
      `there is no field "${strange}"`,
      `Fields of your own are written "custom.${strange}".`,
    )
  }
  const { id } = parsed.data
  return {
    kind: 'contact',
    id: id === undefined || id === null || id === '' ? null : id,
    contact: contactOf(parsed.data),
  }
}

export function contactOf(line: ContactLine): Contact {
  const { tags, groups, consents, createdAt, updatedAt, fields } = line
  return {
    createdAt,
    updatedAt,
    fields,
    ...(tags === undefined ? {} : { tags: sorted(tags) }),
    ...(groups === undefined ? {} : { groups: sorted(groups) }),
    ...(consents === undefined ? {} : { consents }),
  }
}

/** Without a line end. */
export function encodeLine(sighting: Sighting): string {
  const { id, fields, tags, groups, consents, createdAt, updatedAt } = sighting
  return JSON.stringify({
    id,
    fields,
    tags,
    groups,
    consents: consents?.map(compact),
    createdAt: createdAt ?? undefined,
    updatedAt: updatedAt ?? undefined,
  })
}

const LINE_HINT =
  'A line looks like {"id":"1","fields":{"givenName":"Ada","emails.1":"ada@example.com","custom.Plan":null},"tags":["VIP"]}.'
const CONSENT_HINT =
  'The row stays behind until its consent can be read: correct the cell. Words are granted, refused, undeliverable, none, unknown.'

function broken(message: string, hint: string): Decoded {
  return { kind: 'broken', message, hint }
}

function sorted(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort()
}

function instant(text: string): string | null {
  return isWellFormed('datetime', text) ? text : null
}

/** A text: what is wrong. */
function consentsOf(text: string): readonly Consent[] | string {
  if (text === '') return []
  const parsed = CONSENTS.safeParse(fromJson(text))
  return parsed.success ? parsed.data : 'the cell "consents" does not hold a list of consents'
}

function consentOf(text: string, channel: Channel): readonly Consent[] | string {
  const state = stateOf(text)
  if (state === null) return []
  if (state === undefined) return `"${text}" in the cell "consent.${channel}" is no consent`
  const reason = text === state ? null : text
  return [{ channel, address: null, state, reason, scope: null, since: null }]
}

/** null: an empty cell; undefined: no word that says what may be done. */
function stateOf(text: string): ConsentState | null | undefined {
  const word = text.trim().toLowerCase()
  return word === '' ? null : WORDS.get(word)
}

const WORDS: ReadonlyMap<string, ConsentState> = new Map(
  Object.entries({
    granted: ['granted', 'yes', 'true', '1', 'subscribed', 'opt-in', 'opted in', 'ja'],
    refused: [
      'refused',
      'no',
      'false',
      '0',
      'unsubscribed',
      'opt-out',
      'opted out',
      'complained',
      'nein',
    ],
    undeliverable: ['undeliverable', 'bounced', 'invalid'],
    none: ['none', 'never'],
    unknown: ['unknown'],
  } satisfies Record<ConsentState, string[]>).flatMap(([state, words]) =>
    words.map((word) => [word, state as ConsentState] as const),
  ),
)

/** What the columns `consent.<channel>` hold: one word about the person each; the rest goes into the column `consents`. */
function splitConsents(
  consents: readonly Consent[],
  columns: readonly Column[],
): { readonly words: ReadonlyMap<Channel, string>; readonly rest: readonly Consent[] } {
  const words = new Map<Channel, string>()
  const rest: Consent[] = []
  for (const consent of consents) {
    const { channel, address, state, reason, scope, since } = consent
    const word = reason ?? state
    const hasColumn = columns.some(
      ({ role }) => role.kind === 'consent' && role.channel === channel,
    )
    const isPlain = address === null && scope === null && since === null && reason !== state
    if (hasColumn && isPlain && stateOf(word) === state && !words.has(channel)) {
      words.set(channel, word)
    } else rest.push(consent)
  }
  return { words, rest }
}

function compact(consent: Consent): Partial<Consent> {
  return Object.fromEntries(Object.entries(consent).filter(([, value]) => value !== null))
}
