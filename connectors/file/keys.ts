/** Where contacts stand by what they carry: e-mail addresses, or the text of a marker field. A table is made when somebody first asks by it. */
import { normEmail } from '../../src/model/email.ts'
import type { FieldPath } from '../../src/model/field.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { LogEntry } from './log.ts'
import { OffsetTable } from './offset-table.ts'

export type KeyKind = { readonly by: 'email' } | { readonly by: 'marker'; readonly path: FieldPath }
/** Where a contact's text stands. */
export type Whereabouts = { readonly part: 'file' | 'log'; readonly offset: number }

/** A class, since it grows with the log. */
export class Keys {
  readonly #tables = new Map<string, { readonly kind: KeyKind; readonly table: OffsetTable }>()

  /** null: nobody asked by this kind yet. */
  tableOf(kind: KeyKind): OffsetTable | null {
    return this.#tables.get(nameOf(kind))?.table ?? null
  }

  /** An empty one, to be filled by the caller. From then on it is told of what is written. */
  begin(kind: KeyKind): OffsetTable {
    const table = new OffsetTable()
    this.#tables.set(nameOf(kind), { kind, table })
    return table
  }

  /** It could not be filled. */
  forget(kind: KeyKind): void {
    this.#tables.delete(nameOf(kind))
  }

  addEntry({ offset, sighting }: LogEntry): void {
    if (sighting === null) return
    for (const { kind, table } of this.#tables.values()) {
      for (const key of keysOf(sighting, kind)) table.add(key, packed({ part: 'log', offset }))
    }
  }
}

export function keysOf(sighting: Sighting, kind: KeyKind): readonly string[] {
  if (kind.by === 'marker') {
    const text = sighting.fields[kind.path]
    return typeof text === 'string' && text !== '' ? [text] : []
  }
  const keys = new Set<string>()
  for (const path of EMAIL_PATHS) {
    const value = sighting.fields[path]
    if (typeof value === 'string') keys.add(normEmail(value))
  }
  keys.delete('')
  return [...keys]
}

/** Both parts in one number. */
export function packed({ part, offset }: Whereabouts): number {
  return offset * 2 + (part === 'log' ? 1 : 0)
}
export function unpacked(place: number): Whereabouts {
  return { part: place % 2 === 1 ? 'log' : 'file', offset: Math.floor(place / 2) }
}

const EMAIL_PATHS = Array.from({ length: 9 }, (_, place) => `emails.${place + 1}`)

function nameOf(kind: KeyKind): string {
  return kind.by === 'email' ? 'email' : `marker ${kind.path}`
}
