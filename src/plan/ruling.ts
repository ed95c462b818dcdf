/**
 * Rulings: what people decided about holds. A ruling is bound to the question it answers, by a hash over what that was about; where something else is
 * asked now it counts for nothing. Pure.
 */
import { hashText } from '../model/hash.ts'
import type { RemoteId, Side } from '../model/id.ts'
import type { FieldPath } from '../model/field.ts'

/** What may be asked of a person about a whole record, or (`field`) about one field of it. */
export const QUESTIONS = [
  /** Both sides hold different values of a field. */
  'field',
  /** Several contacts of the other side may be this one. */
  'ambiguous',
  /** The contact over there that this one looks like belongs to another. */
  'taken',
  /** Several contacts of this side look like one person. */
  'twins',
  /** Its counterpart was deleted by somebody. */
  'gone',
  /** Its counterpart was merged into the counterpart of another. */
  'merged',
  /** It was to be created, and nobody can tell whether it was. */
  'unsure',
  /** Its counterpart was removed on purpose, by a run or by its undoing. */
  'removed',
  /** It was deleted at the source and edited at the target, or merged away at the source. */
  'deleted',
] as const
export type QuestionKind = (typeof QUESTIONS)[number]

/** `link:ID`: that contact of the other side. */
export type Choice =
  | 'from'
  | 'to'
  | 'create'
  | 'anew'
  | 'skip'
  | 'keep'
  | 'delete'
  | `link:${string}`

export interface Question {
  readonly kind: QuestionKind
  /** Over all that the question is about: another one means that it moved. */
  readonly hash: string
  /** What may be answered. */
  readonly choices: readonly Choice[]
}

export interface Ruling {
  readonly id: string
  readonly side: Side
  readonly record: RemoteId
  /** null: about the whole record. */
  readonly field: FieldPath | null
  /** Hash of the question. */
  readonly question: string
  readonly choice: Choice
  readonly who: string
  /** Epoch ms. */
  readonly at: number
}

/** A ruling that a plan obeys. */
export interface Obeyed {
  readonly id: string
  readonly field: FieldPath | null
  readonly choice: Choice
  /** Goes on answering the same question after this plan: nothing that the plan writes settles it. */
  readonly stands: boolean
}

export function questionHash(key: string, parts: readonly string[]): string {
  return hashText(key, ['question', ...parts].join('\u001e'))
}

/** One field of which both sides hold another value, in normal form. */
export function fieldQuestion(
  key: string,
  { slot, wanted, present }: { slot: FieldPath; wanted: string | null; present: string | null },
): string {
  return questionHash(key, ['field', slot, wanted ?? '', present ?? ''])
}

/** For people, as the rule that decided. */
export function rulingText({ who, at, choice }: Pick<Ruling, 'who' | 'at' | 'choice'>): string {
  return `decided by ${who} on ${new Date(at).toISOString().slice(0, 10)}: ${choiceText(choice)}`
}

/** That people can see why their answer did not count. */
export function lapsedText({ who, at }: Pick<Ruling, 'who' | 'at'>): string {
  return `what ${who} decided on ${new Date(at).toISOString().slice(0, 10)} was about something else`
}

export function choiceText(choice: Choice): string {
  switch (choice) {
    case 'from':
      return 'the source is right'
    case 'to':
      return 'the target is right'
    case 'create':
      return 'a person of its own'
    case 'anew':
      return 'its counterpart is looked for anew, or created'
    case 'skip':
      return 'left out'
    case 'keep':
      return 'the counterpart stays'
    case 'delete':
      return 'the counterpart goes as well'
    default:
      return `it is ${choice.slice(LINK.length)}`
  }
}

const LINK = 'link:'
const PLAIN: readonly Choice[] = ['from', 'to', 'create', 'anew', 'skip', 'keep', 'delete']

export function linkTo(id: RemoteId): Choice {
  return `${LINK}${id}`
}

/** Whom a choice links to; null: it links to nobody. */
export function linkedBy(choice: Choice): RemoteId | null {
  return choice.startsWith(LINK) ? (choice.slice(LINK.length) as RemoteId) : null
}

/** null: no such word. */
export function readChoice(text: string): Choice | null {
  const word = text.trim()
  const plain = PLAIN.find((choice) => choice === word.toLowerCase())
  if (plain !== undefined) return plain
  return word.startsWith(LINK) && word.length > LINK.length ? (word as Choice) : null
}
