/** Decides the tags and groups of a pair: deltas for each side, in its own keys. */
import type { Sighting } from '../model/sighting.ts'
import type { Base } from './base.ts'
import type { PlanContext } from './context.ts'
import type { PairFacts, Sides } from './decide-fields.ts'
import type { Element, TargetElement } from './element.ts'
import type { HeldField, OpLoss, SetChange, TurnNote } from './op.ts'
import type { Obeyed } from './ruling.ts'
import { breakerOf } from './set-breaker.ts'
import { decideBoth, decideSet, EMPTY, type SetPermission } from './set-decision.ts'
import type { SourceElement } from './shown.ts'

type Kind = 'tag' | 'group'
export interface SetChanges {
  readonly tags: SetChange
  readonly groups: SetChange
}
export interface DecidedSets {
  readonly changes: Sides<SetChanges>
  /** Folded names of what changes on each side, as the target has them. */
  readonly names: Sides<Readonly<Record<'tags' | 'groups', readonly string[]>>>
  /** Of what does not travel to the source. */
  readonly losses: readonly OpLoss[]
  /** What flaps: it waits, and both bases go on remembering it as they did. */
  readonly held: readonly HeldField[]
  readonly kept: readonly string[]
  /** Decisions of people about what flaps; `slots`: what is written on each side. */
  readonly obeys: readonly Obeyed[]
  readonly slots: Sides<readonly string[]>
  readonly turns: Sides<readonly TurnNote[]> & { readonly over: readonly TurnNote[] }
}

const NO_NAMES = { tags: [], groups: [] }
const NO_CHANGES: SetChanges = { tags: EMPTY, groups: EMPTY }

const NO_TURNS = {
  held: [],
  kept: [],
  obeys: [],
  slots: { to: [], from: [] },
  turns: { to: [], from: [], over: [] },
}

export function decideSets(context: PlanContext, facts: PairFacts): DecidedSets {
  const { mirror } = context
  const tag = factsOf(context, facts, 'tag')
  const group = factsOf(context, facts, 'group')
  if (mirror === null || context.from.capabilities.update === false) {
    return {
      changes: { to: { tags: decideSet(tag), groups: decideSet(group) }, from: NO_CHANGES },
      names: { to: NO_NAMES, from: NO_NAMES },
      losses: [],
      ...NO_TURNS,
    }
  }
  const breaker = {
    tag: breakerOf(context, facts, 'tag'),
    group: breakerOf(context, facts, 'group'),
  }
  const both = {
    tag: decideBoth({ ...tag, gate: breaker.tag.gate }),
    group: decideBoth({ ...group, gate: breaker.group.gate }),
  }
  const noted = [breaker.tag.noted(tag, both.tag), breaker.group.noted(group, both.group)]
  const back = atSource(context, mirror, facts.source, both)
  return {
    changes: { to: { tags: both.tag.to, groups: both.group.to }, from: back.changes },
    names: {
      to: { tags: both.tag.names.to, groups: both.group.names.to },
      from: { tags: both.tag.names.from, groups: both.group.names.from },
    },
    losses: back.losses,
    held: noted.flatMap(({ held }) => held),
    kept: noted.flatMap(({ kept }) => kept),
    obeys: noted.flatMap(({ obeys }) => obeys),
    slots: {
      to: noted.flatMap(({ slots }) => slots.to),
      from: noted.flatMap(({ slots }) => slots.from),
    },
    turns: {
      to: noted.flatMap(({ turns }) => turns.to),
      from: noted.flatMap(({ turns }) => turns.from),
      over: noted.flatMap(({ turns }) => turns.over),
    },
  }
}

function factsOf(context: PlanContext, facts: PairFacts, kind: Kind) {
  const { shown, target, base } = facts
  const plural = kind === 'tag' ? 'tags' : 'groups'
  const wanted: readonly SourceElement[] | null =
    kind === 'tag' ? shown.wantedTags : shown.wantedGroups
  const setOf = (one: Base | null) => one?.[plural] ?? null
  return {
    key: context.key,
    wanted,
    present: named(context, kind, target[plural]),
    listed: context.elements.listed(kind),
    fromBase: setOf(base.from),
    toBase: setOf(base.to),
    ...permission(context, kind),
    isLeft: context.elements.isLeft,
  }
}

function permission({ to, policy }: PlanContext, kind: Kind): SetPermission {
  const { tags, groups } = to.capabilities
  return kind === 'tag'
    ? { mayAdd: tags.add, mayRemove: policy.tags.remove && tags.remove }
    : { mayAdd: groups.write !== false, mayRemove: policy.groups.remove && groups.remove }
}

function named(
  context: PlanContext,
  kind: Kind,
  keys: readonly string[] | undefined,
): readonly TargetElement[] | null {
  if (keys === undefined) return null
  return keys.map((key) => ({ key, folded: context.elements.nameAt(kind, key) }))
}

/** What people did at the target, in the source's own elements. */
function atSource(
  context: PlanContext,
  mirror: PlanContext,
  source: Sighting,
  both: Readonly<Record<Kind, ReturnType<typeof decideBoth>>>,
): { readonly changes: SetChanges; readonly losses: readonly OpLoss[] } {
  const may = { tag: permission(mirror, 'tag'), group: permission(mirror, 'group') }
  const add = { tag: new Set<string>(), group: new Set<string>() }
  const remove = { tag: new Set<string>(), group: new Set<string>() }
  const losses: OpLoss[] = []
  const bring = (element: Element, field: string, key: string) => {
    if (element.kind === 'excluded') return
    if (element.kind === 'loss') {
      losses.push({ field, cause: element.cause, before: element.name || key, after: null })
    } else if (may[element.kind].mayAdd) add[element.kind].add(element.key)
  }
  for (const key of both.tag.back.add) bring(mirror.elements.ofTag(key), 'tags', key)
  for (const key of both.group.back.add) bring(mirror.elements.ofGroup(key), 'groups', key)
  const goes = (element: Element) =>
    (element.kind === 'tag' || element.kind === 'group') &&
    both[element.kind].back.remove.has(element.folded)
  if (may.tag.mayRemove)
    for (const key of source.tags ?? []) if (goes(context.elements.ofTag(key))) remove.tag.add(key)
  if (may.group.mayRemove)
    for (const key of source.groups ?? [])
      if (goes(context.elements.ofGroup(key))) remove.group.add(key)
  const change = (kind: Kind): SetChange =>
    add[kind].size + remove[kind].size === 0
      ? EMPTY
      : { add: [...add[kind]], remove: [...remove[kind]] }
  return { changes: { tags: change('tag'), groups: change('group') }, losses }
}
