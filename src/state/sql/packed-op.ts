/**
 * An op as it is stored: short, since it is written once and read again at every step. What repeats from record to record (a field's path, its
 * risk and the rule that decided) stands once in `op_words`, under a name that follows from its text; all else stands by its place.
 */
import { digest } from '../../model/hash.ts'
import type { FieldValue } from '../../model/field.ts'
import type { FieldChange, Op, SetChange } from '../../plan/op.ts'
import { EMPTY } from '../../plan/set-decision.ts'
import { fromJson, toJson } from './access.ts'

/** `[path, risk, why]`. */
type Word = readonly [FieldChange['path'], FieldChange['risk'], FieldChange['why']]
/** Its word, the value afterwards and, where it is known, the one before. */
type PackedField =
  | readonly [word: string, after: FieldValue]
  | readonly [word: string, after: FieldValue, before: FieldValue]
/** 0: none. */
type PackedSet = SetChange | 0
type Packed = readonly [
  fields: readonly PackedField[],
  tags: PackedSet,
  groups: PackedSet,
  seq: Op['seq'],
  bucket: Op['bucket'],
  writes: Op['writes'],
  fromId: Op['fromId'],
  toId: Op['toId'],
  label: Op['label'],
  consents: Op['consents'],
  losses: Op['losses'],
  held: Op['held'],
  risk: Op['risk'],
  cause: Op['cause'],
  hint: Op['hint'],
  candidates: Op['candidates'],
  marker: Op['marker'],
  email: Op['email'],
  base: Op['base'],
  /** What few ops have. */
  rare: Partial<Op>,
]

/** An op read back, whose words may still have to be looked up. An object: made by a version that wrote all out. */
export type ReadOp = Op | Packed

/** Texts in the order of the ops, and the words that they use by name. */
export function packOps(ops: readonly Op[]): {
  readonly texts: readonly string[]
  readonly words: ReadonlyMap<string, string>
} {
  const words = new Map<string, string>()
  const texts = ops.map((op) => {
    const fields: PackedField[] = []
    for (const change of op.fields) {
      const { name, text } = wordOf(change)
      words.set(name, text)
      const { after, before } = change
      fields.push(before === undefined ? [name, after] : [name, after, before])
    }
    return toJson(packed(op, fields))
  })
  return { texts, words }
}

export function readOp(text: string): ReadOp {
  return fromJson<ReadOp>(text)
}

/** Names of their words that are not at hand. */
export function unknownWords(ops: readonly ReadOp[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const op of ops) {
    if (!isPacked(op)) continue
    for (const [name] of op[0]) if (!readWords.has(name)) names.add(name)
  }
  return names
}

/** What was looked up: the same name is the same text in every store. */
export function learnWords(
  rows: readonly { readonly name: string; readonly text: string }[],
): void {
  if (readWords.size > WORDS_MAX) readWords.clear()
  for (const { name, text } of rows) readWords.set(name, fromJson<Word>(text))
}

/** Throws where a word is missing. */
export function unpackOp(op: ReadOp): Op {
  if (!isPacked(op)) return op
  const [changes, tags, groups, seq, bucket, writes, fromId, toId, label, ...others] = op
  const [consents, losses, held, risk, cause, hint, candidates, marker, email, base, rare] = others
  const fields: FieldChange[] = []
  for (const change of changes) fields.push(unpackField(change))
  return {
    ...{ seq, bucket, writes, fromId, toId, label, fields },
    tags: tags === 0 ? EMPTY : tags,
    groups: groups === 0 ? EMPTY : groups,
    ...{ consents, losses, held, risk, cause, hint, candidates, marker, email, base },
    ...rare,
  }
}

function unpackField([name, after, before]: PackedField): FieldChange {
  const word = readWords.get(name)
  if (word === undefined) throw new Error(`the state has lost the word ${name} of its plans`)
  const [path, risk, why] = word
  return before === undefined ? { path, after, risk, why } : { path, before, after, risk, why }
}

function isPacked(op: ReadOp): op is Packed {
  return Array.isArray(op)
}

function packed(op: Op, changes: readonly PackedField[]): Packed {
  const { seq, bucket, writes, fromId, toId, label, fields: _, tags, groups, ...others } = op
  const { consents, losses, held, risk, cause, hint, candidates, marker, email, base, ...rare } =
    others
  return [
    ...([changes, packedSet(tags), packedSet(groups)] as const),
    ...([seq, bucket, writes, fromId, toId, label] as const),
    ...([consents, losses, held, risk, cause, hint, candidates, marker, email, base] as const),
    rare,
  ]
}

function packedSet(set: SetChange): PackedSet {
  return set.add.length + set.remove.length === 0 ? 0 : set
}

interface WrittenWord {
  readonly risk: FieldChange['risk']
  readonly why: string
  readonly name: string
  readonly text: string
}
/** The last one of each path: made anew for every field of every record they would cost more than they save. */
const writtenWords = new Map<string, WrittenWord>()
const readWords = new Map<string, Word>()
const WORDS_MAX = 10_000
/** Hexadecimal: 48 bits, for a few hundred words. */
const NAME_CHARACTERS = 12

function wordOf({ path, risk, why }: FieldChange): WrittenWord {
  const known = writtenWords.get(path)
  if (known !== undefined && known.risk === risk && known.why === why) return known
  if (writtenWords.size > WORDS_MAX) writtenWords.clear()
  const text = toJson([path, risk, why] satisfies Word)
  const made = { risk, why, text, name: digest(text).slice(0, NAME_CHARACTERS) }
  writtenWords.set(path, made)
  return made
}
