/** What the steps of pairing share: both accounts by name, the places at the target, and what was decided so far. */
import type { Fields, FieldPath } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { FieldRule, Mapping, MappingFinding } from './mapping.ts'
import { labelKey, type Names, namesOf } from './names.ts'
import { type Places, placesOf } from './place.ts'
import type { MappingSide } from './side.ts'

export interface Pairing {
  readonly rule: FieldRule
  /** Where the rule stands, for findings: `fields[3]`, or the source path of an automatic one. */
  readonly place: string
  /** The first filled one is taken. Empty for a constant. */
  readonly sources: readonly FieldDefinition[]
  readonly target: FieldDefinition
  /** True where an earlier rule took this very value, so that it need not be kept twice. */
  readonly isTaken: ((source: Fields) => boolean) | null
  /** Extension of the number at the same position, to be written behind it; null: none, or it has its own place. */
  readonly extensions: readonly (FieldPath | null)[]
  /** True: only values that would come back as they are travel here; another pairing takes the others. */
  readonly isStrict: boolean
  /** Takes what that pairing leaves. */
  readonly insteadOf: Pairing | null
  /** Which part of a text like "555 0101 x12" this pairing writes; null: all of it. */
  readonly part: PhonePart | null
}

export type PhonePart = 'number' | 'extension'

/** What the steps below share and add to. */
export interface Workbench {
  readonly from: MappingSide
  readonly to: MappingSide
  readonly sources: Names
  readonly targets: Names
  readonly byPath: ReadonlyMap<FieldPath, FieldDefinition>
  /** Whether the source tells the extension of this number by itself, or this is one. */
  knowsExtension(path: FieldPath): boolean
  readonly places: Places
  readonly mayDraft: boolean
  readonly pairings: Pairing[]
  readonly findings: MappingFinding[]
  /** Source paths that an explicit rule takes, or that never travel: they are not paired again. */
  readonly spent: Set<FieldPath>
  readonly never: Set<FieldPath>
  /** Of these, what the sync itself forbids: rules of the mapping give way. */
  readonly forbidden: Set<FieldPath>
  /** Later choices of a rule with several sources, with the ones that come before. */
  readonly secondChoice: Map<FieldPath, readonly FieldPath[]>
  /** What earlier runs made at the target, by the source path it was made for. */
  readonly remembered: ReadonlyMap<FieldPath, FieldPath>
  /** Targets of rules that the sync lays over its mapping. */
  readonly overridden: Set<FieldPath>
  /** Whether several readable fields of the source are called that. */
  isSharedLabel(label: string): boolean
}

export function workbench(mapping: Mapping, from: MappingSide, to: MappingSide): Workbench {
  const sources = namesOf(from.catalog.fields)
  const named = (isOverride: boolean): FieldPath[] =>
    mapping.fields
      .filter((rule) => rule.to === null && (!isOverride || rule.isOverride === true))
      .flatMap((rule) => rule.from)
      .map((name) => {
        const found = sources.find(name)
        return found.kind === 'found' ? found.definition.path : name
      })
  const here = new Set(from.catalog.fields.map(({ path }) => path))
  const readable = from.catalog.fields.filter((field) => field.readable)
  const byLabel = Map.groupBy(readable, ({ label }) => labelKey(label))
  return {
    from,
    to,
    sources,
    targets: namesOf(to.catalog.fields),
    byPath: new Map(to.catalog.fields.map((field) => [field.path, field])),
    isSharedLabel: (label) => (byLabel.get(labelKey(label))?.length ?? 0) > 1,
    knowsExtension: (path) => isExtension(path) || here.has(`${path}.extension`),
    places: placesOf({
      fields: to.catalog.fields.toSorted(byPath),
      canCreate: to.capabilities.fields.create,
      sourceTitle: from.title,
    }),
    mayDraft: mapping.customFields === 'auto',
    pairings: [],
    findings: [],
    spent: new Set(),
    never: new Set(named(false)),
    forbidden: new Set(named(true)),
    secondChoice: new Map(),
    remembered: new Map(
      mapping.fields.flatMap(({ isRemembered, from: [first], to: path }) =>
        isRemembered === true && first !== undefined && path !== null ? [[first, path]] : [],
      ),
    ),
    overridden: new Set(),
  }
}

/**
 * Where the target keeps extensions of their own and the source does not, a number that an earlier sync wrote as "555 0101 x12" is
 * taken apart again.
 */
export function addPairing(work: Workbench, pairing: Pairing): Pairing {
  const extension = work.byPath.get(`${pairing.target.path}.extension`)
  const hasOwn = pairing.sources.some(({ path }) => work.knowsExtension(path))
  const isApart =
    extension?.writable === true &&
    pairing.sources.length > 0 &&
    !hasOwn &&
    work.places.take(extension.path)
  if (!isApart) {
    work.pairings.push(pairing)
    return pairing
  }
  const number: Pairing = { ...pairing, part: 'number' }
  work.pairings.push(number, { ...pairing, target: extension, part: 'extension' })
  return number
}

/** A number keeps its extension: in the target's own place, else behind the number. */
export function extensionsOf(
  sources: readonly FieldDefinition[],
  target: FieldDefinition,
  work: Workbench,
): readonly (FieldPath | null)[] {
  const own = work.byPath.get(`${target.path}.extension`)
  return sources.map(({ path }) => {
    const extension = `${path}.extension`
    if (!path.startsWith('phones.') || isExtension(path)) return null
    if (work.never.has(extension) || work.spent.has(extension)) return null
    return own?.writable === true && path === target.path ? null : extension
  })
}

function isExtension(path: FieldPath): boolean {
  return path.endsWith('.extension')
}

export function error(
  work: Workbench,
  path: string,
  message: string,
  more: { hint: string },
): void {
  work.findings.push({ level: 'error', path, message, hint: more.hint })
}
export function warn(work: Workbench, path: string, message: string): void {
  const hint = 'create a field there by hand and name it in `fields`, or write `to: never`'
  work.findings.push({ level: 'warning', path, message, hint })
}
export function note(work: Workbench, path: string, message: string): void {
  work.findings.push({ level: 'note', path, message, hint: '' })
}

export function byPath(a: FieldDefinition, b: FieldDefinition): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}
