/** What the account's contacts refer to: fields, tags, segments and owners, read whole and remembered for this connection. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Log } from '../../src/connector/kit.ts'
import type { ValueType } from '../../src/model/field.ts'
import type { Catalog, Group, Owner, Tag } from '../../src/model/vocabulary.ts'
import type { z } from 'zod'
import type { List } from './answers.ts'
import type { Client } from './client.ts'
import { definitionsOf, isContactField } from './fields.ts'
import { fold } from './places.ts'
import { hasNoEndpoint, isMissing } from './refusal.ts'
import {
  type Field,
  fieldSchema,
  ownerSchema,
  rowsOf,
  type Segment,
  segmentSchema,
  tagSchema,
} from './schema.ts'
import { valueTypeOf } from './values.ts'

export interface Vocabulary {
  catalog(signal: AbortSignal): Promise<Catalog>
  /** Contact fields, unpublished ones too. */
  fields(signal: AbortSignal): Promise<readonly Field[]>
  /** None where the server has no such endpoint. Throws where it keeps them from us: "in no segment" must not be concluded from that. */
  segments(signal: AbortSignal): Promise<readonly Segment[]>
  /** null: the server has no tag catalogue, or does not show it. */
  tags(signal: AbortSignal): Promise<readonly Tag[] | null>
  /** What of the above was not to be had, for people. */
  readonly gaps: readonly string[]
  /** From what was read last; null: unknown. Pure once read. */
  typeOf(alias: string): ValueType | null
  spellTag(name: string): string
  noteTag(tag: Tag): void
  /** A field that was just created, as the server showed it: no need to read the list for it. */
  noteField(field: Field): void
  /** After something was created: the next question reads anew. */
  forget(what: 'fields' | 'segments'): void
}

const PAGE_ROWS = 500
/** A list read by offset while somebody edits it: this many tries until two totals agree. */
const READS_MAX = 3

export function openVocabulary(client: Client, log: Log): Vocabulary {
  const gaps = new Set<string>()
  const types = new Map<string, ValueType>()
  const spellings = new Map<string, string>()
  let fields: Promise<readonly Field[]> | null = null
  let segments: Promise<readonly Segment[]> | null = null
  let tags: Promise<readonly Tag[] | null> | null = null

  async function lenient<T>(what: string, read: () => Promise<T>, without: T): Promise<T> {
    try {
      return await read()
    } catch (error) {
      if (!isMissing(error)) throw error
      gaps.add(`${what}: ${error.message}`)
      log.warn(`${what} cannot be read here`, { reason: error.message })
      return without
    }
  }

  async function readFields(signal: AbortSignal): Promise<readonly Field[]> {
    const full = await lenient(
      'the field catalogue',
      async () => parseRows(fieldSchema, await readAll(client, 'fields.list', signal)),
      null,
    )
    // The short form tells no options, no lengths and no required fields, and needs the right to edit.
    const found =
      full ?? parseRows(fieldSchema, rows(await client.call('contacts.fields', {}, signal)))
    const mine = found.filter(isContactField)
    for (const field of mine) types.set(field.alias, valueTypeOf(field.type))
    return mine
  }

  async function readTags(signal: AbortSignal): Promise<readonly Tag[] | null> {
    const found = await lenient(
      'the tag catalogue',
      () => readAll(client, 'tags.list', signal),
      null,
    )
    if (found === null) return null
    return parseRows(tagSchema, found).map((row) => {
      const tag = tagNamed(row.tag, row.description ?? null)
      noteTag(tag)
      return tag
    })
  }

  async function readSegments(signal: AbortSignal): Promise<readonly Segment[]> {
    try {
      return parseRows(segmentSchema, await readAll(client, 'segments.list', signal))
    } catch (error) {
      if (!hasNoEndpoint(error)) throw error
      return []
    }
  }

  /** The first of two spellings stays the one for both, unless the name is itself one of them. */
  function noteTag(tag: Tag): void {
    spellings.set(`=${tag.name}`, tag.name)
    if (!spellings.has(fold(tag.name))) spellings.set(fold(tag.name), tag.name)
  }

  const vocabulary: Vocabulary = {
    fields(signal) {
      fields ??= remembered(readFields(signal), () => {
        fields = null
      })
      return fields
    },
    segments(signal) {
      segments ??= remembered(readSegments(signal), () => {
        segments = null
      })
      return segments
    },
    tags(signal) {
      tags ??= remembered(readTags(signal), () => {
        tags = null
      })
      return tags
    },
    get gaps() {
      return [...gaps]
    },
    typeOf: (alias) => types.get(alias) ?? null,
    spellTag: (name) => spellings.get(`=${name}`) ?? spellings.get(fold(name)) ?? name,
    noteTag,
    noteField(field) {
      types.set(field.alias, valueTypeOf(field.type))
      fields =
        fields?.then((known) => [...known.filter(({ id }) => id !== field.id), field]) ?? null
    },
    forget(what) {
      if (what === 'fields') fields = null
      else segments = null
    },
    async catalog(signal) {
      fields = null
      segments = null
      tags = null
      gaps.clear()
      const found = await vocabulary.fields(signal)
      return {
        fields: definitionsOf(found),
        tags: (await vocabulary.tags(signal)) ?? [],
        groups: (await lenient('segments', () => vocabulary.segments(signal), [])).map(groupOf),
        owners: await lenient('owners', () => readOwners(client, signal), []),
      }
    },
  }
  return vocabulary
}

/** A segment with filters fills itself; members put in by hand stay, but it is the platform's to decide. */
export function groupOf(segment: Segment): Group {
  return {
    key: String(segment.id),
    name: segment.name,
    description: segment.description || null,
    writable: rowsOf(segment.filters ?? null).length === 0,
  }
}

/** Contacts refer to tags by name, so the name is the key. */
export function tagNamed(name: string, description: string | null): Tag {
  return { key: name, name, category: null, description: description || null }
}

/** Every row of a catalogue list, read by offset in order of id until nothing moved meanwhile. */
export async function readAll(
  client: Client,
  operation: 'fields.list' | 'tags.list' | 'segments.list',
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  for (let attempt = 1; ; attempt++) {
    const found = new Map<string, unknown>()
    let total: number | null = null
    let hasMoved = false
    for (let start = 0; ; ) {
      const list = await client.call(operation, { start, limit: PAGE_ROWS }, signal)
      hasMoved ||= total !== null && list.total !== total
      total = list.total
      for (const [key, row] of list.rows) found.set(keyOf(key, row, found.size), row)
      start += list.rows.length
      const isShort = list.rows.length < PAGE_ROWS && (total === null || start >= total)
      if (list.rows.length === 0 || isShort) break
    }
    if (!hasMoved && (total === null || found.size >= total)) return [...found.values()]
    if (attempt >= READS_MAX) {
      throw new ConnectorError(
        'scan',
        `${operation}: ${found.size} rows of ${total} after ${attempt} readings`,
        {
          hint: 'The list keeps changing while it is read, or the user may not see all of it.',
        },
      )
    }
  }
}

async function readOwners(client: Client, signal: AbortSignal): Promise<Owner[]> {
  const found = parseRows(ownerSchema, rows(await client.call('contacts.owners', {}, signal)))
  return found.map((owner) => ({
    key: String(owner.id),
    name: [owner.firstName, owner.lastName].filter(Boolean).join(' '),
    email: owner.email || null,
  }))
}

function rows(list: List): readonly unknown[] {
  return list.rows.map(([, row]) => row)
}

function parseRows<T extends z.ZodType>(schema: T, found: readonly unknown[]): z.output<T>[] {
  return found.map((row) => {
    const parsed = schema.safeParse(row)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    throw new ConnectorError(
      'protocol',
      `a catalogue row: ${issue?.path.map(String).join('.')}: ${issue?.message}`,
    )
  })
}

function keyOf(key: string | null, row: unknown, position: number): string {
  const id = (row as { id?: unknown } | null)?.id
  return id === undefined || id === null ? (key ?? `#${position}`) : String(id)
}

/** Keeps a promise for whoever asks next, and forgets it when it fails. */
function remembered<T>(promise: Promise<T>, forget: () => void): Promise<T> {
  promise.catch(forget)
  return promise
}
