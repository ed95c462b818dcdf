/**
 * Decides which source fields go to which target field: what the mapping says first, then standard fields to themselves, then custom
 * fields by label, then whatever is left to a new field. No target path is ever written by two rules.
 */
import {
  type Fields,
  type FieldPath,
  isCustom,
  STANDARD_FIELDS,
  type ValueType,
} from '../model/field.ts'
import type { FieldDefinition, FieldOption } from '../model/vocabulary.ts'
import type { DraftedField, FieldRule, Mapping, MappingFinding } from './mapping.ts'
import { isCanonical, labelKey, type Names, namesOf } from './names.ts'
import { type Places, placesOf } from './place.ts'
import { isFilled } from './project.ts'
import type { MappingSide } from './side.ts'
import { templateNames } from './transform.ts'
import { typeAfter } from './type-after.ts'

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
}

export interface Pairs {
  readonly pairings: readonly Pairing[]
  readonly drafts: readonly DraftedField[]
  readonly marker: { readonly definition: FieldDefinition; readonly isDrafted: boolean } | null
  readonly findings: readonly MappingFinding[]
}

export function pair(mapping: Mapping, from: MappingSide, to: MappingSide): Pairs {
  const work = workbench(mapping, from, to)
  const marker = placeMarker(mapping, work)
  for (const [index, rule] of mapping.fields.entries()) pairWritten(rule, `fields[${index}]`, work)
  pairStandard(work)
  if (mapping.customFields === 'auto') pairCustom(mapping, work)
  work.findings.push(...unfilled(work))
  return {
    pairings: work.pairings,
    drafts: work.places.drafts,
    marker,
    findings: work.findings,
  }
}

/** What the steps below share and add to. */
interface Workbench {
  readonly from: MappingSide
  readonly to: MappingSide
  readonly sources: Names
  readonly targets: Names
  readonly byPath: ReadonlyMap<FieldPath, FieldDefinition>
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
  /** Targets of rules that the sync lays over its mapping. */
  readonly overridden: Set<FieldPath>
}

function workbench(mapping: Mapping, from: MappingSide, to: MappingSide): Workbench {
  const sources = namesOf(from.catalog.fields)
  const named = (isOverride: boolean): FieldPath[] =>
    mapping.fields
      .filter((rule) => rule.to === null && (!isOverride || rule.isOverride === true))
      .flatMap((rule) => rule.from)
      .map((name) => {
        const found = sources.find(name)
        return found.kind === 'found' ? found.definition.path : name
      })
  return {
    from,
    to,
    sources,
    targets: namesOf(to.catalog.fields),
    byPath: new Map(to.catalog.fields.map((field) => [field.path, field])),
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
    overridden: new Set(),
  }
}

const AUTOMATIC: FieldRule = {
  from: [],
  to: null,
  do: [],
  values: null,
  otherwise: 'keep',
  blank: 'skip',
  create: false,
  label: null,
  owner: null,
  conflict: null,
}

function placeMarker(mapping: Mapping, work: Workbench): Pairs['marker'] {
  if (mapping.marker === null) return null
  const name = mapping.marker
  const found = work.targets.find(name)
  if (found.kind === 'found' && found.definition.writable) {
    work.places.take(found.definition.path)
    return { definition: found.definition, isDrafted: false }
  }
  const label = name.replace(/^custom\./, '')
  const wish = { label, type: 'text' as const, options: null, name: label, onlyIfUsed: false }
  const definition = work.to.capabilities.fields.create ? work.places.place(wish) : null
  if (definition !== null) return { definition, isDrafted: true }
  work.findings.push({
    level: 'note',
    path: 'marker',
    message: `${work.to.title} has no field "${name}" and none can be created: new contacts are recognised by e-mail only`,
    hint: `create a text field "${name}" there by hand, or write \`marker: none\``,
  })
  return null
}

function pairWritten(rule: FieldRule, place: string, work: Workbench): void {
  const sources = resolveSources(rule, place, work)
  if (rule.to === null || sources === null) return
  const isOverride = rule.isOverride === true
  const allowed = isOverride ? sources : sources.filter(({ path }) => !work.forbidden.has(path))
  if (allowed.length === 0 && rule.from.length > 0) return
  const target = resolveTarget(rule, rule.to, allowed, { place, work })
  if (target === null) return
  if (target.taken && !target.isPlaced) {
    if (work.overridden.has(target.definition.path) && !isOverride) return
    error(work, `${place}.to`, `another rule writes "${rule.to}" already`, {
      hint: 'one target field takes one rule: list several sources in its `from`, the first filled one wins',
    })
    return
  }
  if (isOverride) work.overridden.add(target.definition.path)
  const [first] = allowed
  if (first !== undefined) work.spent.add(first.path)
  for (const [index, source] of allowed.entries()) {
    if (index > 0)
      work.secondChoice.set(
        source.path,
        allowed.slice(0, index).map(({ path }) => path),
      )
  }
  work.pairings.push({
    rule,
    place,
    sources: allowed,
    target: target.definition,
    isTaken: null,
    extensions: extensionsOf(allowed, target.definition, work),
  })
}

/** null: the rule is dropped, and a finding says why. Canonical fields that this account lacks are simply not there. */
function resolveSources(
  rule: FieldRule,
  place: string,
  work: Workbench,
): readonly FieldDefinition[] | null {
  const sources: FieldDefinition[] = []
  let isBroken = false
  for (const [index, name] of rule.from.entries()) {
    const where = rule.from.length === 1 ? `${place}.from` : `${place}.from[${index}]`
    const found = work.sources.find(name)
    if (found.kind === 'found') {
      if (!sources.includes(found.definition)) sources.push(found.definition)
      continue
    }
    if (found.kind === 'missing' && isCanonical(name)) continue
    isBroken = true
    complain(work, where, { name, found, title: work.from.title, more: '' })
  }
  for (const name of rule.do.flatMap((one) =>
    one.name === 'template' ? templateNames(one.text) : [],
  )) {
    const found = name === 'value' ? null : work.sources.find(name)
    if (found === null || found.kind === 'found' || isCanonical(name)) continue
    isBroken = true
    complain(work, `${place}.do`, { name, found, title: work.from.title, more: '' })
  }
  if (isBroken) return null
  if (sources.length === 0 && rule.from.length > 0) {
    note(
      work,
      place,
      `${work.from.title} has no ${rule.from.join(' or ')}: the rule has nothing to do`,
    )
    return null
  }
  return sources
}

interface Target {
  readonly definition: FieldDefinition
  readonly taken: boolean
  /** Chosen among free fields just now: taken, but by this rule. */
  readonly isPlaced: boolean
}

function resolveTarget(
  rule: FieldRule,
  to: string,
  sources: readonly FieldDefinition[],
  { place, work }: { readonly place: string; readonly work: Workbench },
): Target | null {
  const found = work.targets.find(to)
  if (found.kind === 'found') {
    const { definition } = found
    if (definition.writable) {
      return { definition, taken: !work.places.take(definition.path), isPlaced: false }
    }
    const hint = 'name another field, or drop the rule: what cannot be set goes to a new field'
    error(work, `${place}.to`, `${work.to.title} does not let "${to}" be written`, { hint })
    return null
  }
  const canonical = isCanonical(to) ? STANDARD_FIELDS[to] : undefined
  if (found.kind === 'missing' && (rule.create || isCanonical(to))) {
    const type = typeAfter(rule, sources, null)
    const [source] = sources
    const bare = to.replace(/^custom\./, '')
    const label = rule.label ?? (rule.create ? source?.label : canonical?.label) ?? bare
    const definition = work.places.place({
      label,
      ...shapeOf(type, draftOptions(rule, source)),
      name: isCanonical(to) ? null : bare,
      onlyIfUsed: !rule.create,
    })
    if (definition !== null) return { definition, taken: true, isPlaced: true }
    warn(work, place, `${work.to.title} has no "${to}" and none can be created: it stays behind`)
    return null
  }
  const more = work.to.capabilities.fields.create ? 'or write `create: true` to make it' : ''
  complain(work, `${place}.to`, { name: to, found, title: work.to.title, more })
  return null
}

function pairStandard(work: Workbench): void {
  const fields = work.from.catalog.fields.filter(
    ({ path, readable }) => readable && !isCustom(path),
  )
  for (const source of fields.toSorted(byStandardOrder)) {
    const { path } = source
    if (isSpent(source, work) || (isExtension(path) && !work.byPath.has(path))) continue
    const same = work.byPath.get(path)
    if (same?.writable === true && work.places.take(path)) {
      pairAlone(source, same, work)
      continue
    }
    if (!work.mayDraft) {
      note(work, path, `${work.to.title} has no place for ${source.label}: it stays behind`)
      continue
    }
    const label =
      path === 'createdAt'
        ? `Created in ${work.from.title}`
        : (STANDARD_FIELDS[path]?.label ?? source.label)
    placeLeftover(source, { label, onlyIfUsed: true }, work)
  }
}

function pairCustom(mapping: Mapping, work: Workbench): void {
  const marker = mapping.marker === null ? null : labelKey(mapping.marker)
  const isMarker = ({ label, native }: FieldDefinition): boolean =>
    marker !== null && (labelKey(label) === marker || labelKey(native) === marker)
  const fields = work.from.catalog.fields.filter((one) => one.readable && isCustom(one.path))
  for (const source of fields.toSorted(byPath)) {
    if (isSpent(source, work) || isMarker(source)) continue
    const label = source.label.trim() === '' ? source.native : source.label
    placeLeftover(source, { label, onlyIfUsed: false }, work)
  }
}

function placeLeftover(
  source: FieldDefinition,
  wish: { readonly label: string; readonly onlyIfUsed: boolean },
  work: Workbench,
): void {
  const shape = shapeOf(source.type, source.options)
  const target = work.places.place({ ...wish, ...shape, name: null })
  if (target !== null) pairAlone(source, target, work)
  else {
    warn(
      work,
      source.path,
      `${work.to.title} has no field for ${source.label} and none can be created: it stays behind`,
    )
  }
}

function pairAlone(source: FieldDefinition, target: FieldDefinition, work: Workbench): void {
  const earlier = isCustom(target.path) ? work.secondChoice.get(source.path) : undefined
  work.pairings.push({
    rule: AUTOMATIC,
    place: source.path,
    sources: [source],
    target,
    isTaken:
      earlier === undefined ? null : (fields) => !earlier.some((path) => isFilled(fields[path])),
    extensions: extensionsOf([source], target, work),
  })
}

function isSpent({ path }: FieldDefinition, work: Workbench): boolean {
  return work.spent.has(path) || work.never.has(path)
}

function isExtension(path: FieldPath): boolean {
  return path.endsWith('.extension')
}

/** A number keeps its extension: in the target's own place, else behind the number. */
function extensionsOf(
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

/** A new field holds any value of the source: types that a platform checks against its own lists become text. */
function shapeOf(
  type: ValueType,
  options: readonly FieldOption[] | null,
): { readonly type: ValueType; readonly options: readonly FieldOption[] | null } {
  const isChoice = type === 'choice' || type === 'choices'
  if (isChoice) {
    const isListed = options !== null && options.length > 0
    if (isListed) return { type, options }
    return { type: type === 'choice' ? 'text' : 'longtext', options: null }
  }
  return { type: CHECKED_TYPES.has(type) ? 'text' : type, options: null }
}
const CHECKED_TYPES: ReadonlySet<ValueType> = new Set(['country', 'region', 'language', 'timezone'])

/** Options of a new field: what the translation yields, and what it lets pass. */
function draftOptions(
  rule: FieldRule,
  source: FieldDefinition | undefined,
): readonly FieldOption[] | null {
  const own = source?.options ?? null
  if (rule.values === null) return own
  const made = [...new Set(Object.values(rule.values))].map((value) => ({ value, label: value }))
  const isWhole = own === null || rule.otherwise !== 'keep'
  const kept = isWhole ? [] : own.filter(({ value }) => !Object.hasOwn(rule.values ?? {}, value))
  return [...made, ...kept]
}

function unfilled(work: Workbench): readonly MappingFinding[] {
  return work.to.catalog.fields
    .filter(
      ({ isRequired, writable, path }) => isRequired && writable && !work.places.isTaken(path),
    )
    .map(({ path, label }) => ({
      level: 'warning',
      path,
      message: `${work.to.title} requires ${label}, and nothing is mapped to it: new contacts will be refused`,
      hint: `add \`{ to: ${path}, do: ["default:…"] }\` to \`fields\``,
    }))
}

function complain(
  work: Workbench,
  path: string,
  about: {
    readonly name: string
    readonly found: ReturnType<Names['find']>
    readonly title: string
    readonly more: string
  },
): void {
  const { name, found, title, more } = about
  if (found.kind === 'ambiguous') {
    const message = `${title} has ${found.candidates.length} fields called "${name}"`
    error(work, path, message, {
      hint: `name one by its path: ${found.candidates.map((one) => one.path).join(', ')}`,
    })
  } else {
    const hint = found.kind === 'missing' ? found.hint : ''
    error(work, path, `${title} has no field "${name}"`, {
      hint: [hint, more].filter((part) => part !== '').join(', '),
    })
  }
}

function error(work: Workbench, path: string, message: string, more: { hint: string }): void {
  work.findings.push({ level: 'error', path, message, hint: more.hint })
}
function warn(work: Workbench, path: string, message: string): void {
  const hint = 'create a field there by hand and name it in `fields`, or write `to: never`'
  work.findings.push({ level: 'warning', path, message, hint })
}
function note(work: Workbench, path: string, message: string): void {
  work.findings.push({ level: 'note', path, message, hint: '' })
}

function byPath(a: FieldDefinition, b: FieldDefinition): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}
const ORDER = new Map(Object.keys(STANDARD_FIELDS).map((path, index) => [path, index]))
function byStandardOrder(a: FieldDefinition, b: FieldDefinition): number {
  const [left, right] = [ORDER.get(a.path) ?? ORDER.size, ORDER.get(b.path) ?? ORDER.size]
  return left === right ? byPath(a, b) : left - right
}
