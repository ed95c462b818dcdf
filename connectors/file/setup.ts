/** Makes fields, tags and groups known before anybody has them. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { FieldDefinition, FieldDraft, Group, Tag } from '../../src/model/vocabulary.ts'
import { changing } from './changing.ts'
import type { Client } from './client.ts'
import { customPath } from './header-names.ts'
import { lineOf } from './log.ts'
import type { DeclaredField } from './schema.ts'
import { fieldsOf, groupNamed, tagNamed } from './vocabulary.ts'

/** Its key is its label, so that the header of a CSV says what it is. */
export function createField(
  client: Client,
  draft: FieldDraft,
  signal: AbortSignal,
): Promise<FieldDefinition> {
  return changing(client, signal, async (view) => {
    const known = fieldsOf(view).filter(({ readable }) => readable)
    const wanted = draft.label.trim() === '' ? draft.name : draft.label
    const same = known.find(({ label, type }) => label === wanted && type === draft.type)
    if (same !== undefined) return { lines: [], result: same }
    const path = freePath(wanted, new Set(known.map((field) => field.path)))
    const declared: DeclaredField = {
      type: draft.type,
      options: draft.options === null ? null : [...draft.options],
    }
    const definition: FieldDefinition = {
      path,
      native: path,
      label: path.slice('custom.'.length),
      type: draft.type,
      readable: true,
      writable: true,
      maxLength: null,
      options: draft.options,
      isUnique: false,
      isRequired: false,
    }
    return { lines: [lineOf({ field: { path, ...declared } })], result: definition }
  })
}

export function addOptions(
  client: Client,
  field: FieldDefinition,
  more: {
    readonly options: readonly { readonly value: string; readonly label: string }[]
    readonly signal: AbortSignal
  },
): Promise<FieldDefinition> {
  return changing(client, more.signal, async (view) => {
    const now = fieldsOf(view).find(({ path }) => path === field.path) ?? field
    const known = new Set(now.options?.map(({ value }) => value))
    const missing = more.options.filter(({ value }) => !known.has(value))
    if (missing.length === 0) return { lines: [], result: now }
    const options = [...(now.options ?? []), ...missing]
    const declared: DeclaredField = { type: now.type, options }
    return {
      lines: [lineOf({ field: { path: field.path, ...declared } })],
      result: { ...now, options },
    }
  })
}

export function createTag(client: Client, name: string, signal: AbortSignal): Promise<Tag> {
  return changing(client, signal, async () => ({
    lines: [lineOf({ tag: name })],
    result: tagNamed(name),
  }))
}

export function createGroup(client: Client, name: string, signal: AbortSignal): Promise<Group> {
  return changing(client, signal, async () => ({
    lines: [lineOf({ group: name })],
    result: groupNamed(name),
  }))
}

const NUMBERS_MAX = 1_000

function freePath(label: string, taken: ReadonlySet<string>): string {
  if (!taken.has(customPath(label))) return customPath(label)
  for (let number = 2; number <= NUMBERS_MAX; number += 1) {
    const path = customPath(`${label} (${number})`)
    if (!taken.has(path)) return path
  }
  throw new ConnectorError('invalid', `there are too many fields called "${label}"`)
}
