/** The planner's context of a run, built from what the pull step kept, so that plan, apply and verify speak of the same fields and tags. */
import type { TargetRules } from '../connector/connector.ts'
import { compile } from '../mapping/compile.ts'
import type { FieldRule, Mapping } from '../mapping/mapping.ts'
import { AUTOMATIC } from '../mapping/pair.ts'
import { type RunId, SIDES, type Side } from '../model/id.ts'
import type { FieldDefinition, Group, Tag } from '../model/vocabulary.ts'
import { type PlanContext, planContextOf } from '../plan/context.ts'
import type { StateStore } from '../state/store.ts'
import type { VocabularyEntry } from '../state/vocabulary.ts'
import type { AccountDocument, Env, Job, SyncSettings } from './env.ts'

export async function accountDocument(env: Env, run: RunId, side: Side): Promise<AccountDocument> {
  const document = await env.store.runs.document(run, `account ${side}`)
  if (document === null || document === undefined) {
    throw new Error(`run ${run} has not read the catalogue of side "${side}" yet`)
  }
  return document as AccountDocument
}

/** Context for deciding and for comparing. What the sync created before is used under its real path, whatever its label is now. */
export async function planContext({
  env,
  run,
  signal,
}: Pick<Job, 'env' | 'run' | 'signal'>): Promise<PlanContext> {
  const accounts = env.accounts(run.sync)
  // What a platform does to values may depend on its version, which only an answer tells.
  for (const side of SIDES) await accounts.acquaint(side, signal)
  const created = new Set(await createdHere(env, run.id))
  const name = `context ${run.id} ${run.stage} ${created.size}`
  const known = accounts.memo.get(name)
  if (known !== undefined) return known as PlanContext
  const memory = await env.store.vocabulary.list(run.sync)
  const ofRun = memory.filter((entry) => created.has(createdName(entry)))
  const context = contextOfSame(accounts.memo, {
    settings: env.settings(run.sync),
    key: await env.store.meta.hashKey(),
    from: withCreated(await accountDocument(env, run.id, 'from'), 'from', ofRun),
    to: withCreated(await accountDocument(env, run.id, 'to'), 'to', ofRun),
    memory,
    rules: { from: accounts.reader('from').rules, to: accounts.reader('to').rules },
  })
  accounts.memo.set(name, context)
  return context
}

/** The next step of a run mostly works with the same words as the last: what they come to is not worked out anew. */
function contextOfSame(memo: Map<string, unknown>, parts: ContextParts): PlanContext {
  const { from, to, memory, key, rules, settings } = parts
  const text = JSON.stringify([from, to, memory, key])
  const last = memo.get(LAST) as Compiled | undefined
  const isSame =
    last?.text === text &&
    last.parts.settings === settings &&
    last.parts.rules.from === rules.from &&
    last.parts.rules.to === rules.to
  if (isSame) return last.context
  const context = contextOf(parts)
  memo.set(LAST, { text, parts, context } satisfies Compiled)
  return context
}
interface Compiled {
  readonly text: string
  readonly parts: ContextParts
  readonly context: PlanContext
}
const LAST = 'the context worked out last'

export interface ContextParts {
  readonly settings: SyncSettings
  readonly key: string
  readonly from: AccountDocument
  readonly to: AccountDocument
  readonly memory: readonly VocabularyEntry[]
  readonly rules: Readonly<Record<Side, TargetRules>>
}

export function contextOf({ settings, key, from, to, memory, rules }: ContextParts): PlanContext {
  const policy = withMemory(settings.mapping, memory, { from, to })
  const mapping = compile({
    mapping: policy,
    from: { ...from, rules: rules.from, title: settings.from },
    to: { ...to, rules: rules.to, title: settings.to },
    direction: settings.direction,
  })
  return planContextOf({
    key,
    direction: settings.direction,
    conflicts: settings.conflicts,
    policy,
    mapping,
    from: { name: settings.from, ...from, rules: rules.from },
    to: { name: settings.to, ...to, rules: rules.to },
  })
}

/** How the run's document `created` names what it made. */
export function createdName({
  side,
  kind,
  provisional,
}: Pick<VocabularyEntry, 'side' | 'kind' | 'provisional'>): string {
  return side === 'to' ? `${kind} ${provisional}` : `${side} ${kind} ${provisional}`
}

/** Names of what this run created since it read the catalogues: known to exist without asking again. */
export async function createdHere(env: Env, run: RunId): Promise<readonly string[]> {
  return ((await env.store.runs.document(run, 'created')) ?? []) as readonly string[]
}

export async function rememberCreated(
  store: StateStore,
  run: RunId,
  names: readonly string[],
): Promise<void> {
  await store.runs.saveDocument(run, 'created', names)
}

/** The catalogue as it is after this run's own creations, without asking again. */
function withCreated(
  account: AccountDocument,
  side: Side,
  memory: readonly VocabularyEntry[],
): AccountDocument {
  const fields = [...account.catalog.fields]
  const tags = [...account.catalog.tags]
  const groups = [...account.catalog.groups]
  for (const entry of memory) {
    if (entry.side !== side) continue
    if (entry.kind === 'field' && !fields.some((field) => field.path === entry.real)) {
      fields.push(entry.document as FieldDefinition)
    }
    if (entry.kind === 'option') addOptions(fields, entry)
    if (entry.kind === 'tag' && !tags.some((tag) => tag.key === entry.real))
      tags.push(entry.document as Tag)
    if (entry.kind === 'group' && !groups.some((group) => group.key === entry.real)) {
      groups.push(entry.document as Group)
    }
  }
  return { ...account, catalog: { ...account.catalog, fields, tags, groups } }
}

/** Entries come with fields first, and the latest list last. */
function addOptions(fields: FieldDefinition[], { real, document }: VocabularyEntry): void {
  const place = fields.findIndex(({ path }) => path === real)
  const field = fields[place]
  if (field === undefined) return
  const known = new Set(field.options?.map(({ value }) => value))
  const more = ((document as FieldDefinition).options ?? []).filter(
    ({ value }) => !known.has(value),
  )
  fields[place] = { ...field, options: [...(field.options ?? []), ...more] }
}

/** Fields that an earlier run created go on receiving what they were created for, unless the mapping now says something of its own. */
function withMemory(
  mapping: Mapping,
  memory: readonly VocabularyEntry[],
  accounts: { readonly from: AccountDocument; readonly to: AccountDocument },
): Mapping {
  const { from, to } = accounts
  const fields = new Set(from.catalog.fields.map((field) => field.path))
  const ruled = new Set(mapping.fields.flatMap((rule) => rule.from))
  const paths = new Set(to.catalog.fields.map((field) => field.path))
  const rules: FieldRule[] = []
  for (const entry of memory) {
    if (entry.kind !== 'field') continue
    const [here, there] =
      entry.side === 'to' ? [entry.source, entry.real] : [entry.real, entry.source]
    // Several sources of one field: a written rule of the mapping says how, and finds the field by its label.
    if (!fields.has(here)) continue
    if (ruled.has(here) || !paths.has(there)) continue
    rules.push({ ...AUTOMATIC, from: [here], to: there, isRemembered: true })
  }
  return rules.length === 0 ? mapping : { ...mapping, fields: [...mapping.fields, ...rules] }
}
