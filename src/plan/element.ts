/** Tags and groups of the source and what each becomes at the target: an existing element, a planned one, or a named loss. */
import type { TargetRules } from '../connector/connector.ts'
import type { CompiledMapping } from '../mapping/mapping.ts'
import type { Catalog, Group, Tag } from '../model/vocabulary.ts'
import { foldName } from './base.ts'

export type Element =
  | {
      readonly kind: 'tag' | 'group'
      /** The target's key, or `new:<name>` while it is only planned. */
      readonly key: string
      readonly name: string
      /** What the source calls it. */
      readonly sourceName: string
      readonly folded: string
      readonly isNew: boolean
      /** Something of the name was lost on the way; null: nothing. */
      readonly loss: string | null
    }
  | { readonly kind: 'loss'; readonly name: string; readonly cause: string }
  | { readonly kind: 'excluded' }

export interface ElementIndex {
  /** By the source's key. */
  ofTag(key: string): Element
  ofGroup(key: string): Element
  /** Folded name of an element that the target has, by the target's key. */
  nameAt(kind: 'tag' | 'group', key: string): string
  /** All elements that the target has. */
  listed(kind: 'tag' | 'group'): readonly TargetElement[]
  /** Whether this folded name is that of a source element which the mapping leaves behind now: what the target has of it is not ours. */
  isLeft(folded: string): boolean
  /** Spelling of an element that is only planned. */
  plannedName(kind: 'tag' | 'group', key: string): string
}

/** An element that the target has, with its folded name. */
export interface TargetElement {
  readonly key: string
  readonly folded: string
}

export interface ElementParts {
  readonly mapping: CompiledMapping
  readonly from: Catalog
  readonly to: Catalog
  readonly rules: TargetRules
  readonly canCreate: { readonly tag: boolean; readonly group: boolean }
}

export function elementIndex(parts: ElementParts): ElementIndex {
  const tags = new Map(parts.from.tags.map((tag) => [tag.key, tag]))
  const groups = new Map(parts.from.groups.map((group) => [group.key, group]))
  const there = { tag: byName(parts.to.tags), group: byName(parts.to.groups) }
  const names = {
    tag: new Map(parts.to.tags.map((tag) => [tag.key, foldName(tag.name)])),
    group: new Map(parts.to.groups.map((group) => [group.key, foldName(group.name)])),
  }
  const listed = { tag: elementsOf(names.tag), group: elementsOf(names.group) }
  const known = { tag: new Map<string, Element>(), group: new Map<string, Element>() }
  const planned = new Map<string, string>()
  const plan = (element: Element): Element => {
    if ('isNew' in element && element.isNew && !planned.has(`${element.kind} ${element.key}`)) {
      planned.set(`${element.kind} ${element.key}`, element.name)
    }
    return element
  }

  const ofTag = (key: string) =>
    remember(known.tag, key, () => plan(ofSource(parts, there, tags.get(key), 'tag')))
  const ofGroup = (key: string) =>
    remember(known.group, key, () => plan(ofSource(parts, there, groups.get(key), 'group')))
  let left: ReadonlySet<string> | null = null

  return {
    ofTag,
    ofGroup,
    isLeft: (folded) => {
      left ??= leftNames([
        ...parts.from.tags.map((tag) => ({ source: tag, element: ofTag(tag.key) })),
        ...parts.from.groups.map((group) => ({ source: group, element: ofGroup(group.key) })),
      ])
      return left.has(folded)
    },
    listed: (kind) => listed[kind],
    plannedName: (kind, key) => planned.get(`${kind} ${key}`) ?? key.replace(/^new:/, ''),
    nameAt: (kind, key) => names[kind].get(key) ?? foldName(key.replace(/^new:/, '')),
  }
}

function elementsOf(names: ReadonlyMap<string, string>): readonly TargetElement[] {
  return [...names].map(([key, folded]) => ({ key, folded }))
}

/** Names that excluded elements had or would have, but for those that another element goes by. */
function leftNames(
  all: readonly { readonly source: Tag | Group; readonly element: Element }[],
): ReadonlySet<string> {
  const left = new Set<string>()
  for (const { source, element } of all) {
    if (element.kind !== 'excluded') continue
    left.add(foldName(source.name))
    if ('category' in source && source.category !== null)
      left.add(foldName(`${source.category}: ${source.name}`))
  }
  for (const { element } of all) if ('folded' in element) left.delete(element.folded)
  return left
}

type There = Readonly<Record<'tag' | 'group', NameIndex>>
interface NameIndex {
  readonly keys: ReadonlyMap<string, Tag | Group>
  readonly exact: ReadonlyMap<string, Tag | Group>
  readonly folded: ReadonlyMap<string, Tag | Group>
}

function ofSource(
  parts: ElementParts,
  there: There,
  source: Tag | Group | undefined,
  kind: 'tag' | 'group',
): Element {
  if (source === undefined) {
    return { kind: 'loss', name: '', cause: `the ${kind} is not in the source's list any more` }
  }
  const target =
    kind === 'tag'
      ? parts.mapping.tagTarget(source as Tag)
      : parts.mapping.groupTarget(source as Group)
  if (target === null) return { kind: 'excluded' }
  if (target.loss !== undefined) return { kind: 'loss', name: target.name, cause: target.loss }
  const fit = target.kind === 'tag' ? parts.rules.fitTag(target.name) : null
  if (fit?.kind === 'reject') return { kind: 'loss', name: target.name, cause: fit.cause }
  if (fit?.kind === 'loss' && typeof fit.value !== 'string') {
    return { kind: 'loss', name: target.name, cause: fit.cause }
  }
  const name = typeof fit?.value === 'string' ? fit.value : target.name
  const folded = foldName(name)
  const loss = fit?.kind === 'loss' ? fit.cause : null
  const existing =
    (target.key === undefined ? undefined : there[target.kind].keys.get(target.key)) ??
    there[target.kind].exact.get(name) ??
    there[target.kind].folded.get(folded)
  if (existing === undefined) {
    if (!parts.canCreate[target.kind]) {
      return {
        kind: 'loss',
        name,
        cause: `the target has no ${target.kind} of this name and cannot create one`,
      }
    }
    const key = `new:${folded}`
    return { kind: target.kind, key, name, sourceName: source.name, folded, isNew: true, loss }
  }
  if ('writable' in existing && !existing.writable) {
    return { kind: 'loss', name, cause: 'the target computes the members of this group by itself' }
  }
  const { key } = existing
  return { kind: target.kind, key, name, sourceName: source.name, folded, isNew: false, loss }
}

function byName(elements: readonly (Tag | Group)[]): NameIndex {
  const exact = new Map<string, Tag | Group>()
  const folded = new Map<string, Tag | Group>()
  for (const element of elements) {
    if (!exact.has(element.name)) exact.set(element.name, element)
    const fold = foldName(element.name)
    if (!folded.has(fold)) folded.set(fold, element)
  }
  return { keys: new Map(elements.map((element) => [element.key, element])), exact, folded }
}

function remember(known: Map<string, Element>, key: string, make: () => Element): Element {
  const cached = known.get(key)
  if (cached !== undefined) return cached
  const made = make()
  known.set(key, made)
  return made
}
