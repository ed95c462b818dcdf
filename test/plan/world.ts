/** A small hand-made pair of accounts, a mapping written out by hand, and one contact on each side that live through rounds of planning. */
import type { Capabilities } from '../../src/connector/capabilities.ts'
import type { TargetRules } from '../../src/connector/connector.ts'
import type { CompiledMapping, CompiledRule, Mapping } from '../../src/mapping/mapping.ts'
import type { FieldValue, Fields } from '../../src/model/field.ts'
import { STANDARD_FIELDS } from '../../src/model/field.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Catalog, FieldDefinition, Group, Tag } from '../../src/model/vocabulary.ts'
import { keepSlots, packBase } from '../../src/plan/base.ts'
import { type PlanContext, planContextOf } from '../../src/plan/context.ts'
import { decideRecord } from '../../src/plan/decide.ts'
import type { Draft } from '../../src/plan/draft.ts'
import { type Match, match } from '../../src/plan/match.ts'
import { showTo } from '../../src/plan/shown.ts'

export const CAPABILITIES: Capabilities = {
  streams: {},
  resolutionMs: 1000,
  visibilityLagMs: 0,
  find: ['email'],
  fetchMax: 100,
  findMax: 10,
  create: { batchMax: 200, onTakenEmail: 'doubles' },
  update: { batchMax: 200, conditional: false, clears: true },
  remove: false,
  tags: { read: true, add: true, remove: true, create: true },
  groups: { read: true, write: 'bulk', remove: true, create: true },
  fields: { create: true },
  consent: {
    holder: 'contact',
    channels: ['email'],
    optOut: true,
    optOutReversible: false,
    optIn: false,
  },
  rate: { requestsPerSecond: 10, requestsPerDay: null, concurrency: 1 },
}

export const POLICY: Mapping = {
  name: 'by hand',
  fields: [],
  customFields: 'listed',
  options: 'listed',
  tags: { include: ['*'], exclude: [], rename: null, remove: true, as: 'tags' },
  groups: { include: ['*'], exclude: [], as: 'groups', remove: true },
  consent: { rule: 'strictest', write: 'opt-out-only', unconsented: 'opt-out' },
  companies: 'name',
  notes: 'never',
  duplicates: 'hold',
  marker: null,
  sequences: {},
  owners: {},
}

export function definition(path: string, more: Partial<FieldDefinition> = {}): FieldDefinition {
  return {
    path,
    native: path,
    label: path,
    type: STANDARD_FIELDS[path]?.type ?? 'text',
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
    ...more,
  }
}

/** Copies the path of the same name. An empty value is told only under `blank: clear`, as the real rules do. */
export function rule(to: string, more: Partial<CompiledRule> = {}): CompiledRule {
  const [from = to] = more.from ?? [to]
  const blank = more.blank ?? 'skip'
  return {
    to,
    definition: definition(to),
    from: [from],
    title: `${from} -> ${to}`,
    blank,
    owner: null,
    conflict: null,
    growth: null,
    project: (source) => {
      const value = source[from]
      if (value === undefined) return { kind: 'absent' }
      if (value !== null && value !== '') return { kind: 'value', value, losses: [] }
      return blank === 'clear' ? { kind: 'value', value: null, losses: [] } : { kind: 'absent' }
    },
    reverse: null,
    ...more,
  }
}

export const ADDRESS = ['line1', 'line2', 'city', 'postalCode'].map(
  (part) => `addresses.main.${part}`,
)
export const RULES: readonly CompiledRule[] = [
  ...['givenName', 'familyName', 'emails.1', 'phones.mobile', 'company', ...ADDRESS].map((path) =>
    rule(path),
  ),
]

export const tagged = (key: string, name: string): Tag => ({
  key,
  name,
  category: null,
  description: null,
})
export const grouped = (key: string, name: string): Group => ({
  key,
  name,
  description: null,
  writable: true,
})

export interface Parts {
  readonly rules?: readonly CompiledRule[]
  readonly direction?: PlanContext['direction']
  readonly conflicts?: PlanContext['conflicts']
  readonly policy?: Partial<Mapping>
  readonly mapping?: Partial<CompiledMapping>
  readonly capabilities?: Partial<Capabilities>
  readonly targetRules?: Partial<TargetRules>
  readonly fromTags?: readonly Tag[]
  readonly toTags?: readonly Tag[]
  readonly fromGroups?: readonly Group[]
  readonly toGroups?: readonly Group[]
}

export function planContext(parts: Parts = {}): PlanContext {
  const rules: TargetRules = {
    fit: (_, value) => ({ kind: 'ok', value }),
    fitTag: (name) => ({ kind: 'ok', value: name }),
    refuse: () => null,
    ...parts.targetRules,
  }
  const capabilities: Capabilities = { ...CAPABILITIES, ...parts.capabilities }
  const mapping: CompiledMapping = {
    name: 'by hand',
    fingerprint: 'f',
    rules: parts.rules ?? RULES,
    listed: new Set([
      ...Object.keys(STANDARD_FIELDS),
      ...(parts.rules ?? RULES).flatMap(({ from }) => from),
    ]),
    fieldDrafts: [],
    marker: null,
    isMarkerDrafted: false,
    tagTarget: (tag) => ({ kind: 'tag', name: tag.name }),
    groupTarget: (group) => ({ kind: 'group', name: group.name }),
    warnings: [],
    mirror: null,
    ...parts.mapping,
  }
  const catalog = (tags: readonly Tag[] = [], groups: readonly Group[] = []): Catalog => ({
    fields: [],
    tags,
    groups,
    owners: [],
  })
  const from = catalog(parts.fromTags, parts.fromGroups)
  const to = catalog(parts.toTags, parts.toGroups)
  return planContextOf({
    key: 'secret',
    direction: parts.direction ?? 'one-way',
    conflicts: parts.conflicts ?? 'hold',
    policy: { ...POLICY, ...parts.policy },
    mapping,
    from: { name: 'here', catalog: from, capabilities: CAPABILITIES, rules },
    to: { name: 'there', catalog: to, capabilities, rules },
  })
}

export function contact(id: string, fields: Fields, more: Partial<Sighting> = {}): Sighting {
  return { id: remoteId(id), version: null, createdAt: null, updatedAt: null, fields, ...more }
}

/** One person on both sides. `target` and `bases` change as a run would change them. */
export interface Pair {
  readonly context: PlanContext
  readonly source: Sighting
  readonly target: Sighting | null
  readonly bases: { readonly from: string; readonly to: string } | null
  readonly last: Draft | null
}

export function pairOf(context: PlanContext, source: Sighting, target: Sighting | null): Pair {
  return { context, source, target, bases: null, last: null }
}

/** Somebody edits a side. undefined as a value: the side stops telling. */
export function edited(
  pair: Pair,
  side: 'source' | 'target',
  fields: Readonly<Record<string, FieldValue | undefined>>,
  more: Partial<Sighting> = {},
): Pair {
  const before = pair[side]
  if (before === null) throw new Error('nobody is there to be edited')
  const after = Object.entries({ ...before.fields, ...fields }).filter(
    (entry): entry is [string, FieldValue] => entry[1] !== undefined,
  )
  return { ...pair, [side]: { ...before, fields: Object.fromEntries(after), ...more } }
}

/** Decides, and does what the decision says, as apply would: the target's values, and the bases of a link that was made or moved. */
export function round(pair: Pair, rewrite: (fields: Fields) => Fields = (fields) => fields): Pair {
  const { context, source, target, bases } = pair
  const [last = null] = decideRecord(context, { source, match: matchOf(pair), bases })
  if (last === null) return { ...pair, last }
  if (last.bucket === 'link' || last.bucket === 'unchanged') {
    const { base } = last
    return {
      ...pair,
      last,
      bases: base === null ? null : { from: base.from ?? '', to: base.to ?? '' },
    }
  }
  if (last.bucket !== 'create' && last.bucket !== 'update') return { ...pair, last }
  const changed = Object.fromEntries(last.fields.map((change) => [change.path, change.after]))
  const after: Sighting = {
    ...(target ?? contact('t1', {})),
    fields: { ...target?.fields, ...rewrite(changed) },
    tags: moved(target?.tags, last.tags),
    groups: moved(target?.groups, last.groups),
    consents: [...(target?.consents ?? []), ...last.consents],
  }
  const { base } = last
  if (base === null) throw new Error('a write leaves no base')
  const to = packBase(context.key, showTo(context, after))
  return {
    ...pair,
    last,
    target: after,
    bases: {
      from: base.from ?? '',
      to:
        base.kept.length === 0 && base.isSettled
          ? to
          : keepSlots(to, { old: base.to, kept: base.kept, isSettled: base.isSettled }),
    },
  }
}

export function matchOf({
  source,
  target,
  bases,
}: Pick<Pair, 'source' | 'target' | 'bases'>): Match {
  return match({
    id: source.id,
    link:
      bases === null || target === null
        ? null
        : { toId: target.id, target: { kind: 'found', sighting: target } },
    byMarker: [],
    twins: [],
    byEmail: bases !== null || target === null ? [] : [{ sighting: target, linkedTo: null }],
    byPhone: [],
    policy: 'hold',
  })
}

export function moved(
  keys: readonly string[] | undefined,
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): readonly string[] {
  const kept = (keys ?? []).filter((key) => !change.remove.includes(key))
  return [...kept, ...change.add].sort()
}
