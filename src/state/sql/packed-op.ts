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
/** `[word, after, word, after, …]` where no value before is known, as in all that is created: one list is read faster than one for each field. */
type PackedFields = readonly PackedField[] | readonly FieldValue[]
/** 0: none. */
type PackedSet = SetChange | 0
type Packed = readonly [
  fields: PackedFields,
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
    return toJson(packed(op, packFields(op.fields, words)))
  })
  return { texts, words }
}

function packFields(changes: Op['fields'], words: Map<string, string>): PackedFields {
  const isNested = changes.some(({ before }) => before !== undefined)
  const flat: FieldValue[] = []
  const fields: PackedField[] = []
  for (const change of changes) {
    const { name, text } = wordOf(change)
    words.set(name, text)
    const { after, before } = change
    if (!isNested) flat.push(name, after)
    else fields.push(before === undefined ? [name, after] : [name, after, before])
  }
  return isNested ? fields : flat
}

export function readOp(text: string): ReadOp {
  return fromJson<ReadOp>(text)
}

/** Names of all their words. */
export function wordsIn(ops: readonly ReadOp[]): ReadonlySet<string> {
  return new Set(ops.flatMap((op) => (isPacked(op) ? wordsOf(op[0]) : [])))
}

/** What was looked up: the same name is the same text in every store. */
export function learnWords(
  rows: readonly { readonly name: string; readonly text: string }[],
): void {
  if (readWords.size > WORDS_MAX) readWords.clear()
  for (const { name, text } of rows) readWords.set(name, fromJson<Word>(text))
}

/** null: one of its words is not at hand. */
export function unpackOp(packed: ReadOp): Op | null {
  if (!isPacked(packed)) return packed
  const fields = unpackFields(packed[0])
  if (fields === null) return null
  // By place: taking a list of twenty apart would make an object for each of them.
  const op: Op = {
    seq: packed[3],
    bucket: packed[4],
    writes: packed[5],
    fromId: packed[6],
    toId: packed[7],
    label: packed[8],
    fields,
    tags: packed[1] === 0 ? EMPTY : packed[1],
    groups: packed[2] === 0 ? EMPTY : packed[2],
    consents: packed[9],
    losses: packed[10],
    held: packed[11],
    risk: packed[12],
    cause: packed[13],
    hint: packed[14],
    candidates: packed[15],
    marker: packed[16],
    email: packed[17],
    base: packed[18],
  }
  return Object.assign(op, packed[19])
}

function unpackFields(packed: PackedFields): FieldChange[] | null {
  const fields: FieldChange[] = []
  if (isFlat(packed)) {
    for (let at = 0; at < packed.length; at += 2) {
      const word = readWords.get(packed[at] as string)
      if (word === undefined) return null
      const [path, risk, why] = word
      fields.push({ path, after: packed[at + 1] ?? null, risk, why })
    }
    return fields
  }
  for (const [name, after, before] of packed) {
    const word = readWords.get(name)
    if (word === undefined) return null
    const [path, risk, why] = word
    fields.push(
      before === undefined ? { path, after, risk, why } : { path, before, after, risk, why },
    )
  }
  return fields
}

/** A list of fields begins with a list. */
function isFlat(packed: PackedFields): packed is readonly FieldValue[] {
  return typeof packed[0] === 'string'
}

function wordsOf(packed: PackedFields): readonly string[] {
  if (!isFlat(packed)) return packed.map(([name]) => name)
  return packed.filter((_, at) => at % 2 === 0) as readonly string[]
}

function isPacked(op: ReadOp): op is Packed {
  return Array.isArray(op)
}

function packed(op: Op, changes: PackedFields): Packed {
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
