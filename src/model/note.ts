/** Notes about a contact: what one is, and how it is written down where its origin has no place of its own. */
import type { RemoteId } from './id.ts'

export interface Note {
  readonly id: string
  readonly contact: RemoteId
  /** The instant it is about, or was written at; null: not told. */
  readonly at: string | null
  /** Key of the owner who wrote it; null: not told. */
  readonly author: string | null
  /** '': none. */
  readonly title: string
  readonly kind: NoteKind
  /** Plain. */
  readonly text: string
  /** False: it held formatting that the text does not show. */
  readonly isPlain: boolean
}
const NOTE_KINDS = ['note', 'call', 'email', 'meeting', 'appointment', 'fax', 'letter'] as const
export type NoteKind = (typeof NOTE_KINDS)[number]

/** A note to be written. */
export interface NoteDraft {
  readonly contact: RemoteId
  readonly at: string | null
  readonly title: string
  readonly kind: NoteKind
  readonly text: string
}

/** Which note of which connection a text is a copy of: it ends the text, and survives whatever becomes of our own records. */
export interface NoteOrigin {
  readonly connection: string
  readonly id: string
}

export function originLine({ connection, id }: NoteOrigin): string {
  return `[ferry ${connection}:${id}]`
}

/** A text without its last line where that names an origin. */
export function withoutOrigin(text: string): {
  readonly text: string
  readonly origin: NoteOrigin | null
} {
  const match = ORIGIN.exec(text)
  if (match === null) return { text, origin: null }
  const [whole, connection = '', id = ''] = match
  const rest = text.slice(0, text.length - whole.length).trimEnd()
  return { text: rest, origin: { connection, id } }
}
const ORIGIN = /\[ferry ([^\]\n]+):([^\]:\n]+)\]\s*$/

/** Platforms re-flow blanks and line ends: what is left says whether two texts are the same. */
export function normNote(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}
