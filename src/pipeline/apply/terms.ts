/** Turns a plan's provisional names into what the target knows them by, and its ops into writes. */
import type { ContactWrite } from '../../connector/connector.ts'
import { emptyTable, type FieldPath, type FieldValue, type ValueType } from '../../model/field.ts'
import type { RemoteId, Side } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Group, Tag } from '../../model/vocabulary.ts'
import type { PlanContext } from '../../plan/context.ts'
import type { Shown } from '../../plan/base.ts'
import type { Op } from '../../plan/op.ts'
import { showFrom, showTo } from '../../plan/shown.ts'
import { planContext } from '../compiled.ts'
import type { VocabularyEntry } from '../../state/vocabulary.ts'
import type { Job } from '../env.ts'

export interface Terms {
  /** The side that is written. */
  readonly side: Side
  /** `the target`, for people. */
  readonly place: string
  /** The sync as seen by whoever writes that side: its `to` is what is written. */
  readonly context: PlanContext
  /** What a reading of that side shows, in the slots of the bases. */
  shows(sighting: Sighting): Shown
  /** Provisional path → real path of the target's fields, by which bases name their slots. */
  readonly fields: ReadonlyMap<string, string>
  path(path: FieldPath): FieldPath
  tag(key: string): Tag
  group(key: string): Group
  readonly joinsInBulk: boolean
  /** Type of a field on that side by its real path; text where the mapping does not write it. */
  typeOf(path: FieldPath): ValueType
}

export async function termsOf(job: Job, side: Side): Promise<Terms> {
  const { env, run } = job
  const accounts = env.accounts(run.sync)
  // Opened before it is asked: from here on the side's reader is the one that writes.
  accounts.writer(side)
  const whole = await planContext(job)
  const context = side === 'to' ? whole : whole.mirror
  if (context === null) throw new Error(`sync ${run.sync} does not write to its source`)
  // The context is a new one as soon as something was created.
  const known = accounts.memo.get(`terms ${side}`) as Terms | undefined
  if (known?.context === context) return known
  const terms = makeTerms(side, whole, context, await env.store.vocabulary.list(run.sync))
  accounts.memo.set(`terms ${side}`, terms)
  return terms
}

function makeTerms(
  side: Side,
  whole: PlanContext,
  context: PlanContext,
  entries: readonly VocabularyEntry[],
): Terms {
  const real = (kind: string, of: Side) =>
    new Map(
      entries
        .filter((entry) => entry.kind === kind && entry.side === of)
        .map((entry) => [entry.provisional, entry.real]),
    )
  const [fields, tagKeys, groupKeys] = [real('field', side), real('tag', side), real('group', side)]
  const tags = new Map(context.to.catalog.tags.map((tag) => [tag.key, tag]))
  const groups = new Map(context.to.catalog.groups.map((group) => [group.key, group]))
  const types = new Map(
    context.mapping.rules.map((rule) => [rule.definition.path, rule.definition.type]),
  )
  return {
    side,
    place: side === 'to' ? 'the target' : 'the source',
    context,
    shows: (sighting) => (side === 'to' ? showTo(whole, sighting) : showFrom(whole, sighting)),
    fields: side === 'to' ? fields : real('field', 'to'),
    typeOf: (path) => types.get(path) ?? 'text',
    path: (path) => realPath(fields, path),
    tag: (key) => known(tags, tagKeys.get(key) ?? key, 'tag'),
    group: (key) => known(groups, groupKeys.get(key) ?? key, 'group'),
    joinsInBulk: context.to.capabilities.groups.write === 'bulk',
  }
}

/** The record that an op writes; null: one that does not exist yet. */
export function writtenId({ bucket, writes, fromId, toId }: Op): RemoteId | null {
  if (bucket === 'create') return null
  return writes === 'to' ? toId : fromId
}

function realPath(fields: ReadonlyMap<string, string>, path: FieldPath): FieldPath {
  const real = fields.get(path)
  if (real !== undefined) return real
  if (path.startsWith('custom.new:'))
    throw new Error(`the plan writes to ${path}, which the run did not create`)
  return path
}

function known<T>(all: ReadonlyMap<string, T>, key: string, what: string): T {
  const found = all.get(key)
  if (found === undefined)
    throw new Error(
      `the plan uses ${what} ${key}, which that side does not list and the run did not create`,
    )
  return found
}

export function writeOf(
  terms: Terms,
  op: Op,
  at: { readonly id: RemoteId | null; readonly current: Sighting | null; readonly key: string },
): ContactWrite {
  const fields = emptyTable<FieldValue>()
  for (const change of op.fields) fields[terms.path(change.path)] = change.after
  const inline = terms.joinsInBulk ? { add: [], remove: [] } : op.groups
  return {
    key: at.key,
    op: at.id === null ? 'create' : 'update',
    id: at.id,
    fields,
    tags: { add: op.tags.add.map(terms.tag), remove: op.tags.remove.map(terms.tag) },
    groups: { add: inline.add.map(terms.group), remove: inline.remove.map(terms.group) },
    consents: op.consents,
    current: at.current,
  }
}
