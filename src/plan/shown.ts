/** What each side shows under a mapping, in the target's slots and normal forms: the common ground on which sides are compared. */
import type { CompiledRule, Projection } from '../mapping/mapping.ts'
import type { FieldValue } from '../model/field.ts'
import { norm } from '../model/norm.ts'
import type { Sighting } from '../model/sighting.ts'
import { optOutText, type Shown } from './base.ts'
import type { PlanContext, RecordOrder } from './context.ts'
import type { Element } from './element.ts'
import type { OpLoss } from './op.ts'

/** One rule applied to one source contact. */
export interface Projected {
  readonly rule: CompiledRule
  readonly projection: Projection
  /** Normal form of what is wanted; null: nothing is. */
  readonly norm: string | null
}
export type SourceElement = Extract<Element, { kind: 'tag' | 'group' }>
export interface ShownFrom extends Shown {
  readonly projected: readonly Projected[]
  readonly wantedTags: readonly SourceElement[] | null
  readonly wantedGroups: readonly SourceElement[] | null
  readonly losses: readonly OpLoss[]
}

export function showFrom(context: PlanContext, source: Sighting): ShownFrom {
  const projected: Projected[] = []
  const texts: (string | null)[] = []
  const fields = new Map<string, string>()
  for (const rule of context.mapping.rules) {
    const projection = rule.project(source.fields)
    if (projection.kind === 'absent') {
      projected.push({ rule, projection, norm: null })
      texts.push(null)
      continue
    }
    const text =
      projection.kind === 'value'
        ? norm(rule.definition.type, projection.value)
        : `?${projection.cause}`
    if (text !== '') fields.set(rule.to, text)
    projected.push({ rule, projection, norm: text })
    texts.push(text)
  }
  const elements = showElements(context, source)
  return {
    projected,
    fields,
    record: recordIn(context.records.from, texts),
    choices: context.choices,
    optOuts: optOutsOf(context, source),
    ...elements,
    losses: both(unlisted(context, source), elements.losses),
  }
}

/** `texts`: of each rule, empty or null where it shows nothing. */
function recordIn({ entries, hasTies }: RecordOrder, texts: readonly (string | null)[]): string[] {
  const record: string[] = []
  for (const { place, name } of entries) {
    const text = texts[place]
    if (text) record.push(name + text)
  }
  return hasTies ? record.sort() : record
}

function both(some: readonly OpLoss[], more: readonly OpLoss[]): readonly OpLoss[] {
  return some.length === 0 ? more : [...some, ...more]
}

/** What a contact shows and its account's catalogue does not list: no rule can read it, so it is named. */
function unlisted({ mapping: { listed } }: PlanContext, source: Sighting): readonly OpLoss[] {
  let losses: OpLoss[] | null = null
  for (const field in source.fields) {
    if (listed.has(field)) continue
    const value = source.fields[field] ?? null
    if (value === null || value.length === 0) continue
    const before = typeof value === 'string' ? value : value.join(', ')
    losses ??= []
    losses.push({ field, cause: "not in the source's list of fields", before, after: null })
  }
  return losses ?? NONE
}

/** The target's reading in the same slots. */
export function showTo(context: PlanContext, target: Sighting): Shown {
  const fields = new Map<string, string>()
  const { rules } = context.mapping
  const texts: string[] = []
  for (const rule of rules) {
    const text = shownValue(rule, target.fields[rule.to]) ?? ''
    texts.push(text)
    if (text !== '') fields.set(rule.to, text)
  }
  return {
    fields,
    record: recordIn(context.records.to, texts),
    choices: context.choices,
    optOuts: context.mirror === null ? [] : optOutsOf(context, target),
    tags: target.tags === undefined ? null : names(context, 'tag', target.tags),
    groups: target.groups === undefined ? null : names(context, 'group', target.groups),
  }
}

/** A base also covers the opt-outs that a side asks for, so that a new one is a change of that side. */
function optOutsOf(context: PlanContext, sighting: Sighting): readonly string[] {
  const { consents = [] } = sighting
  if (context.policy.consent.write === 'none' || consents.length === 0) return NONE
  const texts = consents.map(optOutText).filter((text) => text !== null)
  return texts.length === 0 ? NONE : [...new Set(texts)]
}
const NONE: readonly never[] = []

/** null: the target does not tell. */
export function shownValue(rule: CompiledRule, value: FieldValue | undefined): string | null {
  return value === undefined ? null : norm(rule.definition.type, value)
}

function names(context: PlanContext, kind: 'tag' | 'group', keys: readonly string[]): Set<string> {
  return new Set(keys.map((key) => context.elements.nameAt(kind, key)))
}

function showElements(
  context: PlanContext,
  source: Sighting,
): Pick<ShownFrom, 'wantedTags' | 'wantedGroups' | 'tags' | 'groups' | 'losses'> {
  const losses: OpLoss[] = []
  const wanted = { tag: new Map<string, SourceElement>(), group: new Map<string, SourceElement>() }
  const told = { tag: false, group: false }
  const take = (element: Element, field: string, before: string) => {
    if (element.kind === 'excluded') return
    if (element.kind === 'loss') {
      losses.push({
        field,
        cause: element.cause,
        before: element.name === '' ? before : element.name,
        after: null,
      })
      return
    }
    if (element.loss !== null)
      losses.push({ field, cause: element.loss, before: element.sourceName, after: element.name })
    told[element.kind] = true
    wanted[element.kind].set(element.folded, element)
  }
  if (source.tags !== undefined) {
    told[context.policy.tags.as === 'groups' ? 'group' : 'tag'] = true
    for (const key of source.tags) take(context.elements.ofTag(key), 'tags', key)
  }
  if (source.groups !== undefined) {
    told[context.policy.groups.as === 'tags' ? 'tag' : 'group'] = true
    for (const key of source.groups) take(context.elements.ofGroup(key), 'groups', key)
  }
  return {
    wantedTags: told.tag ? [...wanted.tag.values()] : null,
    wantedGroups: told.group ? [...wanted.group.values()] : null,
    tags: told.tag ? new Set(wanted.tag.keys()) : null,
    groups: told.group ? new Set(wanted.group.keys()) : null,
    losses,
  }
}
