/** Proposes which source field is which target field, with the evidence: labels, types, and what people found in both have in common. */
import { type Fields, isCustom } from '../model/field.ts'
import { norm } from '../model/norm.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import { conversion, Refused } from './convert.ts'
import { labelKey } from './names.ts'
import { isFilled } from './project.ts'
import type { MappingSide } from './side.ts'

export interface SuggestInput {
  readonly from: MappingSide
  readonly to: MappingSide
  /** Contacts of the source, for fill rates. */
  readonly sample: readonly Fields[]
  /** The same person on both sides. */
  readonly pairs: readonly { readonly from: Fields; readonly to: Fields }[]
}

export interface Proposal {
  readonly from: FieldDefinition
  /** null: no counterpart; it would go to a new field. */
  readonly to: FieldDefinition | null
  /** 0…1. */
  readonly score: number
  readonly evidence: {
    /** 0…1; 1 for labels that differ in case, accents and punctuation only. */
    readonly label: number
    readonly type: 'exact' | 'lossy' | 'none'
    /** How many of the sample have a value. */
    readonly filled: number
    readonly read: number
    /** Over pairs that have a value on both sides. */
    readonly equal: number
    readonly compared: number
  }
  /** Learned from pairs whose values differ but always go together; null: none needed. */
  readonly values: Readonly<Record<string, string>> | null
}

export interface Suggestion {
  readonly proposals: readonly Proposal[]
  /** A mapping file with the evidence as comments. Fields that map themselves are not repeated. */
  readonly yaml: string
}

export function suggest(input: SuggestInput): Suggestion {
  const proposals = propose(input)
  return { proposals, yaml: yamlOf(input, proposals) }
}

/** Below this, a likeness is an accident. */
const SCORE_MIN = 0.5
/** Fewer shared values than this prove nothing. */
const COMPARED_MIN = 5

function propose(input: SuggestInput): readonly Proposal[] {
  const { from, to } = input
  const there = new Map(to.catalog.fields.map((field) => [field.path, field]))
  const isSelf = ({ path }: FieldDefinition): boolean =>
    !isCustom(path) && there.get(path)?.writable === true
  const sources = from.catalog.fields.filter((field) => field.readable && !isSelf(field))
  const own = new Set(from.catalog.fields.filter(isSelf).map(({ path }) => path))
  const targets = to.catalog.fields.filter((field) => field.writable && !own.has(field.path))
  const candidates = sources
    .flatMap((source) => targets.map((target) => judge(source, target, input)))
    .filter(({ score }) => score >= SCORE_MIN)
    .toSorted((a, b) => b.score - a.score || (a.from.path < b.from.path ? -1 : 1))
  const taken = new Set<FieldDefinition>()
  const chosen = new Map<FieldDefinition, Proposal>()
  for (const candidate of candidates) {
    if (candidate.to === null || taken.has(candidate.to) || chosen.has(candidate.from)) continue
    taken.add(candidate.to)
    chosen.set(candidate.from, candidate)
  }
  return sources.map((source) => chosen.get(source) ?? alone(source, input))
}

function judge(source: FieldDefinition, target: FieldDefinition, input: SuggestInput): Proposal {
  const label = likeness(source, target)
  const { fit, apply } = conversion(source.type, target.type)
  const filled = fillOf(source, input)
  const shared = input.pairs.flatMap((pair) => {
    const here = pair.from[source.path]
    const seen = pair.to[target.path]
    if (!isFilled(here) || !isFilled(seen)) return []
    const converted = apply === null ? here : apply(here)
    const there = converted instanceof Refused ? '' : norm(target.type, converted)
    return [{ here: text(here), seen: text(seen), isEqual: there === norm(target.type, seen) }]
  })
  const equal = shared.filter(({ isEqual }) => isEqual).length
  const values = equal === shared.length ? null : learned(shared)
  const known =
    values === null ? equal : shared.filter(({ here, seen }) => values[here] === seen).length
  const agreement = shared.length < COMPARED_MIN ? null : known / shared.length
  const fitness = { exact: 1, lossy: 0.7, none: 0 }[fit]
  const score = fitness * (agreement === null ? label : 0.3 * label + 0.7 * agreement)
  const evidence = { label, type: fit, ...filled, equal, compared: shared.length }
  const isBetter = values !== null && known > equal
  return { from: source, to: target, score, evidence, values: isBetter ? values : null }
}

function alone(source: FieldDefinition, input: SuggestInput): Proposal {
  const evidence = { label: 0, type: 'none', equal: 0, compared: 0 } as const
  return {
    from: source,
    to: null,
    score: 0,
    evidence: { ...evidence, ...fillOf(source, input) },
    values: null,
  }
}

function fillOf(source: FieldDefinition, { sample }: SuggestInput) {
  const filled = sample.filter((fields) => isFilled(fields[source.path])).length
  return { filled, read: sample.length }
}

/** Few values that each go with one value of the other side, nearly always: a translation. */
function learned(
  shared: readonly { readonly here: string; readonly seen: string }[],
): Readonly<Record<string, string>> | null {
  const byValue = Map.groupBy(shared, ({ here }) => here)
  if (byValue.size > VALUES_MAX || byValue.size * 2 > shared.length) return null
  const values: Record<string, string> = {}
  for (const [here, rows] of byValue) {
    const counts = [...Map.groupBy(rows, ({ seen }) => seen)].toSorted(
      ([, a], [, b]) => b.length - a.length,
    )
    const [best] = counts
    if (best === undefined || best[1].length < rows.length * AGREEMENT_MIN) return null
    values[here] = best[0]
  }
  return new Set(Object.values(values)).size * 2 > byValue.size ? values : null
}
const VALUES_MAX = 50
const AGREEMENT_MIN = 0.9

/** Shared pairs of letters over labels and native names (Dice). */
function likeness(a: FieldDefinition, b: FieldDefinition): number {
  const names = (field: FieldDefinition): readonly string[] => [
    labelKey(field.label),
    labelKey(field.native),
  ]
  return Math.max(...names(a).flatMap((left) => names(b).map((right) => dice(left, right))))
}

function dice(a: string, b: string): number {
  if (a === b) return 1
  if (a.length < 2 || b.length < 2) return 0
  const grams = (word: string): readonly string[] =>
    Array.from({ length: word.length - 1 }, (_, index) => word.slice(index, index + 2))
  const rest = grams(b).slice()
  const mutual = grams(a).filter((gram) => {
    const at = rest.indexOf(gram)
    if (at >= 0) rest.splice(at, 1)
    return at >= 0
  })
  return (2 * mutual.length) / (a.length + b.length - 2)
}

function yamlOf(input: SuggestInput, proposals: readonly Proposal[]): string {
  const { from, to, sample, pairs } = input
  const rows = proposals.flatMap((proposal) => [`  # ${reason(proposal)}`, ...entry(proposal)])
  const head = `# ${from.title} to ${to.title}, proposed from ${sample.length} contacts, ${pairs.length} of them found in both.`
  const self = '# Standard fields that both sides have map themselves and are not repeated here.'
  const fields = rows.some((row) => row.startsWith('  -')) ? 'fields:' : 'fields: []'
  return `${[head, self, fields, ...rows].join('\n')}\n`
}

function entry({ from, to, values }: Proposal): readonly string[] {
  if (to === null) return []
  const translation =
    values === null
      ? ''
      : `, values: { ${Object.entries(values)
          .map(([here, there]) => `${scalar(here)}: ${scalar(there)}`)
          .join(', ')} }`
  return [`  - { from: ${scalar(from.path)}, to: ${scalar(to.path)}${translation} }`]
}

function reason({ from, to, evidence, score }: Proposal): string {
  const { read, filled, compared, equal, label, type } = evidence
  const fill = read === 0 ? '' : `, filled for ${percent(filled, read)} of ${read}`
  const source = `${line(from.label)} (${from.type})`
  if (to === null) return `${source}: no counterpart, goes to a new field when used${fill}`
  const same =
    compared === 0
      ? 'no one has both to compare'
      : `equal for ${percent(equal, compared)} of ${compared} people that have both`
  const fit = type === 'exact' ? '' : ', not every value fits'
  const sure = `${Math.round(score * 100)} % sure`
  return `${source} is ${line(to.label)} (${to.type}): ${sure}; labels ${Math.round(label * 100)} % alike, ${same}${fit}${fill}`
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`
}

function line(label: string): string {
  return label.replace(/\s+/g, ' ').trim()
}

function scalar(word: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(word) && !/^(?:true|false|null|yes|no|on|off)$/i.test(word)
    ? word
    : JSON.stringify(word)
}

function text(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(', ')
}
