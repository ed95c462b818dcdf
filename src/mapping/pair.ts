/**
 * Decides which source fields go to which target field: what the mapping says first, then standard fields to themselves, then custom
 * fields by label, then whatever is left to a new field. No target path is ever written by two rules.
 */
import { isCustom, STANDARD_FIELDS } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { DraftedField, FieldRule, Mapping, MappingFinding } from './mapping.ts'
import { labelKey } from './names.ts'
import { shapeOf } from './new-field.ts'
import { pairWritten } from './pair-written.ts'
import { isFilled } from './project.ts'
import type { MappingSide } from './side.ts'
import {
  addPairing,
  byPath,
  extensionsOf,
  note,
  type Pairing,
  warn,
  type Workbench,
  workbench,
} from './workbench.ts'

export interface Pairs {
  readonly pairings: readonly Pairing[]
  readonly drafts: readonly DraftedField[]
  readonly marker: { readonly definition: FieldDefinition; readonly isDrafted: boolean } | null
  readonly findings: readonly MappingFinding[]
}

export function pair(mapping: Mapping, from: MappingSide, to: MappingSide): Pairs {
  const work = workbench(mapping, from, to)
  const marker = placeMarker(mapping, work)
  for (const [index, rule] of mapping.fields.entries()) {
    if (rule.isRemembered !== true) pairWritten(rule, `fields[${index}]`, work)
  }
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

/** A rule that nobody wrote: everything else about it is what a rule is by default. */
export const AUTOMATIC: FieldRule = {
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
  const isDrafted = work.places.drafts.some((draft) => draft.definition === definition)
  if (definition !== null) return { definition, isDrafted }
  work.findings.push({
    level: 'note',
    path: 'marker',
    message: `${work.to.title} has no field "${name}" and none can be created: new contacts are recognised by e-mail only`,
    hint: `create a text field "${name}" there by hand, or write \`marker: none\``,
  })
  return null
}

function pairStandard(work: Workbench): void {
  const fields = work.from.catalog.fields.filter(
    ({ path, readable }) => readable && !isCustom(path),
  )
  for (const source of fields.toSorted(byStandardOrder)) {
    const { path } = source
    if (isSpent(source, work) || (path.endsWith('.extension') && !work.byPath.has(path))) continue
    const same = work.remembered.has(path) ? undefined : work.byPath.get(path)
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
    placeLeftover(source, label, work)
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
    placeLeftover(source, label, work)
  }
}

/** A field that nobody asked for by name is only made when some record has a value for it. */
function placeLeftover(source: FieldDefinition, label: string, work: Workbench): void {
  const known = rememberedFor(source, work)
  const isSettled = known !== null && labelKey(known.label) === labelKey(label)
  const { type } = source
  // Two fields of one label: the one whose type fits should have the place, not the first that comes.
  const mayNarrow = !isSettled && !work.isSharedLabel(label)
  const typed = mayNarrow ? work.places.placeTyped({ label, type }) : null
  const wish = { label, ...shapeOf(type, source.options), name: null, onlyIfUsed: true }
  const target = known ?? work.places.place(wish)
  if (typed !== null) {
    const narrow = pairAlone(source, typed, work, { isStrict: target !== null })
    if (target !== null) pairAlone(source, target, work, { insteadOf: narrow })
  } else if (target !== null) pairAlone(source, target, work)
  else {
    warn(
      work,
      source.path,
      `${work.to.title} has no field for ${source.label} and none can be created: it stays behind`,
    )
  }
}

/** A field that an earlier run made goes on receiving what it was made for, whatever it is called by now. */
function rememberedFor(source: FieldDefinition, work: Workbench): FieldDefinition | null {
  const target = work.byPath.get(work.remembered.get(source.path) ?? '')
  return target?.writable === true && work.places.take(target.path) ? target : null
}

function pairAlone(
  source: FieldDefinition,
  target: FieldDefinition,
  work: Workbench,
  how: Partial<Pick<Pairing, 'isStrict' | 'insteadOf'>> = {},
): Pairing {
  const earlier = isCustom(target.path) ? work.secondChoice.get(source.path) : undefined
  return addPairing(work, {
    rule: AUTOMATIC,
    place: source.path,
    sources: [source],
    target,
    isTaken:
      earlier === undefined ? null : (fields) => !earlier.some((path) => isFilled(fields[path])),
    extensions: extensionsOf([source], target, work),
    isStrict: false,
    insteadOf: null,
    part: null,
    ...how,
  })
}

function isSpent({ path }: FieldDefinition, work: Workbench): boolean {
  return work.spent.has(path) || work.never.has(path)
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

const ORDER = new Map(Object.keys(STANDARD_FIELDS).map((path, index) => [path, index]))
function byStandardOrder(a: FieldDefinition, b: FieldDefinition): number {
  const [left, right] = [ORDER.get(a.path) ?? ORDER.size, ORDER.get(b.path) ?? ORDER.size]
  return left === right ? byPath(a, b) : left - right
}
