/** Notes that travel as records: what becomes of each, how it is written down at the target, and what a plan says about them. Pure. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { TargetRules } from '../connector/connector.ts'
import type { RemoteId } from '../model/id.ts'
import { type Note, type NoteDraft, originLine, withoutOrigin } from '../model/note.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { OpLoss } from './op.ts'

/** What a plan tells of the source's notes; only where there are any. */
export interface PlannedNotes {
  /** Will be added. */
  readonly add: number
  /** Were edited at the source since, and will be written over where nobody did so at the target. */
  readonly edit?: number
  /** An earlier run did, or they came from the target. */
  readonly settled: number
  /** Of people who are not at the target, or whose record waits for a decision: a later run sees them again. */
  readonly left: number
  /** Where the next reading goes on once these are added; null: at the beginning. */
  readonly high: string | null
}
/** Notes of a plan that undoes a run. */
export interface UndoneNotes {
  readonly remove: number
  /** Get back the text that the run wrote over. */
  readonly restore?: number
}

/** A note as a plan holds it. */
export interface PlannedNote extends Omit<NoteDraft, 'contact'> {
  /** Its id at the source, and whose it is there. */
  readonly source: string
  readonly contact: RemoteId
}

export interface NoteContext {
  /** Names of the connections. */
  readonly from: string
  readonly to: string
  readonly target: NonNullable<Capabilities['notes']>
  readonly rules: TargetRules
  /** Name of an owner of the source; null: not known. */
  authorName(key: string): string | null
}

/** Whether it came from the target once, by whatever sync: it is there. */
export function isFromTarget({ to }: Pick<NoteContext, 'to'>, note: Note): boolean {
  return withoutOrigin(note.text).origin?.connection === to
}

/** null: there is nothing in it. */
export function planNote(
  context: NoteContext,
  note: Note,
): { readonly planned: PlannedNote | null; readonly losses: readonly OpLoss[] } {
  const { target, rules } = context
  const losses: OpLoss[] = []
  const text = withoutOrigin(note.text).text
  const keepsTitle = target.keeps.title && note.title.length <= TITLE_MAX
  if (text === '' && note.title === '') return { planned: null, losses }
  const lose = (cause: string, before: string, after: string | null) =>
    losses.push({ field: NOTES, cause, before, after })
  if (!note.isPlain) lose('formatting is not kept', text, text)
  const above = [header(context, note), keepsTitle ? '' : note.title].filter((line) => line !== '')
  const end = originLine({ connection: context.from, id: note.id })
  const room = target.textMax - [...above, '', end].join('\n').length - SPARE
  const fitted = fittedTo(rules, text)
  if (fitted.cause !== null) lose(fitted.cause, text, fitted.text)
  const short = cut(fitted.text, room)
  if (short !== fitted.text) lose(`cut to ${room} characters`, fitted.text, short)
  // Text that was copied here before has its first line already.
  const [line] = above
  const isHeaded = line !== undefined && (short === line || short.startsWith(`${line}\n`))
  const body = isHeaded ? [short] : [...above, short]
  return {
    losses,
    planned: {
      source: note.id,
      contact: note.contact,
      at: note.at,
      kind: target.kinds.includes(note.kind) ? note.kind : 'note',
      title: keepsTitle ? note.title : '',
      text: [...body.filter((part) => part !== ''), end].join('\n'),
    },
  }
}

const NOTES = 'notes'
/** Longer ones stand in the text. */
const TITLE_MAX = 200
/** Line ends may be stored as two characters. */
const SPARE = 16

/** What the target has no place for: `2021-03-04 10:22 UTC · Anna Berg · fax`. */
function header({ target, authorName }: NoteContext, note: Note): string {
  const date =
    target.keeps.date || note.at === null ? '' : `${note.at.slice(0, 16).replace('T', ' ')} UTC`
  const author = note.author === null ? '' : (authorName(note.author) ?? '')
  const kind = target.kinds.includes(note.kind) ? '' : note.kind
  return [date, author, kind].filter((part) => part !== '').join(' · ')
}

function fittedTo(
  rules: TargetRules,
  text: string,
): { readonly text: string; readonly cause: string | null } {
  if (text === '') return { text, cause: null }
  const fitted = rules.fit(LONG_TEXT, text)
  const kept = fitted.kind === 'reject' ? undefined : fitted.value
  const cause = fitted.kind === 'ok' ? null : fitted.cause
  return { text: typeof kept === 'string' ? kept : '', cause }
}
const LONG_TEXT: FieldDefinition = {
  path: 'custom.note',
  native: 'note',
  label: 'Note',
  type: 'longtext',
  readable: true,
  writable: true,
  maxLength: null,
  options: null,
  isUnique: false,
  isRequired: false,
}

/** Never half of a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length
  return text.slice(0, end).trimEnd()
}
