/** Turns a plan's provisional names into what the target knows them by, and its ops into writes. */
import type { ContactWrite } from '../../connector/connector.ts'
import type { FieldPath, FieldValue, ValueType } from '../../model/field.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { Group, Tag } from '../../model/vocabulary.ts'
import type { PlanContext } from '../../plan/context.ts'
import type { Op } from '../../plan/plan.ts'
import { planContext } from '../compiled.ts'
import type { VocabularyEntry } from '../../state/store.ts'
import type { Job } from '../env.ts'

export interface Terms {
  readonly context: PlanContext
  /** Provisional path → real path. */
  readonly fields: ReadonlyMap<string, string>
  path(path: FieldPath): FieldPath
  tag(key: string): Tag
  group(key: string): Group
  readonly joinsInBulk: boolean
  /** Type of a field at the target by its real path; text where the mapping does not write it. */
  typeOf(path: FieldPath): ValueType
}

export async function termsOf(job: Job): Promise<Terms> {
  const { env, run } = job
  const accounts = env.accounts(run.sync)
  // Opened before it is asked: from here on the side's reader is the one that writes.
  accounts.writer('to')
  const context = await planContext(job)
  // The context is a new one as soon as something was created.
  const known = accounts.memo.get('terms') as Terms | undefined
  if (known?.context === context) return known
  const terms = makeTerms(context, await env.store.vocabulary.list(run.sync))
  accounts.memo.set('terms', terms)
  return terms
}

function makeTerms(context: PlanContext, entries: readonly VocabularyEntry[]): Terms {
  const real = (kind: string) =>
    new Map(
      entries
        .filter((entry) => entry.kind === kind && entry.side === 'to')
        .map((entry) => [entry.provisional, entry.real]),
    )
  const [fields, tagKeys, groupKeys] = [real('field'), real('tag'), real('group')]
  const tags = new Map(context.to.catalog.tags.map((tag) => [tag.key, tag]))
  const groups = new Map(context.to.catalog.groups.map((group) => [group.key, group]))
  const types = new Map(
    context.mapping.rules.map((rule) => [rule.definition.path, rule.definition.type]),
  )
  return {
    context,
    fields,
    typeOf: (path) => types.get(path) ?? 'text',
    path: (path) => realPath(fields, path),
    tag: (key) => known(tags, tagKeys.get(key) ?? key, 'tag'),
    group: (key) => known(groups, groupKeys.get(key) ?? key, 'group'),
    joinsInBulk: context.to.capabilities.groups.write === 'bulk',
  }
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
      `the plan uses ${what} ${key}, which the target does not list and the run did not create`,
    )
  return found
}

export function writeOf(
  terms: Terms,
  op: Op,
  at: { readonly id: RemoteId | null; readonly current: Sighting | null; readonly key: string },
): ContactWrite {
  const fields: Record<string, FieldValue> = {}
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
