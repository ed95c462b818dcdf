/**
 * Creates the fields, options, tags and groups that the plan names, one to a commit. A repeat makes no second one: fields and options are
 * looked for by the connector itself, tags and groups are looked for here whenever an earlier try may have made them.
 */
import type { Writer } from '../../connector/connector.ts'
import type { FieldPath } from '../../model/field.ts'
import type { Side } from '../../model/id.ts'
import type { FieldDefinition, Group, Tag } from '../../model/vocabulary.ts'
import { foldName } from '../../plan/base.ts'
import type { PlanHeader, PlannedOptions } from '../../plan/plan.ts'
import type { VocabularyEntry } from '../../state/vocabulary.ts'
import { createdHere, createdName, planContext, rememberCreated } from '../compiled.ts'
import type { Job, Progressed } from '../env.ts'
import { repeated } from './repeat.ts'

export async function createVocabulary(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { fields, options, tags, groups } = plan.vocabulary
  const total = fields.length + options.length + tags.length + groups.length
  const next = { kind: 'closed', opens: [{ name: 'companies', position: null }] } as const
  if (total === 0) return next
  const work = await begin(job, total)
  for (const field of fields) {
    await make(
      work,
      {
        side: field.side,
        kind: 'field',
        provisional: field.path,
        source: work.sources.get(field.path) ?? field.path,
      },
      async () => {
        const definition = await work.writer(field.side).createField(field.draft, job.signal)
        return { real: definition.path, document: definition }
      },
    )
  }
  for (const planned of options) await addOptions(work, planned)
  for (const planned of tags) {
    await make(
      work,
      { side: planned.side, kind: 'tag', provisional: planned.key, source: planned.name },
      async (mayExist) => {
        const found = mayExist
          ? (await listed(work, planned.side)).tags.get(foldName(planned.name))
          : undefined
        const tag: Tag = found ?? (await work.writer(planned.side).createTag(planned, job.signal))
        return { real: tag.key, document: tag }
      },
    )
  }
  for (const planned of groups) {
    await make(
      work,
      { side: planned.side, kind: 'group', provisional: planned.key, source: planned.name },
      async (mayExist) => {
        const found = mayExist
          ? (await listed(work, planned.side)).groups.get(foldName(planned.name))
          : undefined
        const group: Group =
          found ?? (await work.writer(planned.side).createGroup(planned, job.signal))
        return { real: group.key, document: group }
      },
    )
  }
  return next
}

/** A field that the plan itself creates is there by now. */
async function addOptions(work: Work, planned: PlannedOptions): Promise<void> {
  const { side, path, options } = planned
  const name = JSON.stringify([path, options.map(({ value }) => value)])
  const what = { side, kind: 'option', provisional: name, source: name } as const
  await make(work, what, async () => {
    const field = await fieldAt(work, side, path)
    const added = options.map(({ value, label }) => ({ value, label }))
    const definition = await work.writer(side).addOptions(field, added, work.job.signal)
    return { real: definition.path, document: definition }
  })
}

async function fieldAt({ job }: Work, side: Side, path: FieldPath): Promise<FieldDefinition> {
  const memory = await job.env.store.vocabulary.list(job.run.sync)
  const made = memory.find(
    (entry) => entry.kind === 'field' && entry.side === side && entry.provisional === path,
  )
  if (made !== undefined) return made.document as FieldDefinition
  const { catalog } = (await planContext(job))[side]
  const field = catalog.fields.find((one) => one.path === path)
  if (field === undefined) throw new Error(`the plan adds options to ${path}, which is not there`)
  return field
}

interface Work {
  readonly job: Job
  readonly writer: (side: Side) => Writer
  /** Paths on the other side of each planned field. */
  readonly sources: ReadonlyMap<string, string>
  /** Names of what this run has made already. */
  readonly made: Set<string>
  /** An earlier try was cut off: what it was making may be there. */
  readonly isAgain: boolean
  readonly total: number
}

async function begin(job: Job, total: number): Promise<Work> {
  const { env, run } = job
  const accounts = env.accounts(run.sync)
  const context = await planContext(job)
  const begun = `vocabulary ${run.stage}`
  const isAgain = (await env.store.runs.document(run.id, begun)) !== null
  await job.commit((store) => store.runs.saveDocument(run.id, begun, { at: env.clock.now() }))
  return {
    job,
    writer: (side) => accounts.writer(side),
    sources: new Map(
      [...context.mapping.rules, ...(context.mirror?.mapping.rules ?? [])].map((rule) => [
        rule.to,
        rule.from.join(SOURCES_JOINED_BY),
      ]),
    ),
    made: new Set(await createdHere(env, run.id)),
    isAgain,
    total,
  }
}

/** Between several source paths of one field. */
const SOURCES_JOINED_BY = ' | '

type Made = Pick<VocabularyEntry, 'real' | 'document'>

async function make(
  work: Work,
  what: Pick<VocabularyEntry, 'side' | 'kind' | 'provisional' | 'source'>,
  create: (mayExist: boolean) => Promise<Made>,
): Promise<void> {
  const { job, made, total } = work
  const { env, run } = job
  const name = createdName(what)
  if (made.has(name)) return
  job.signal.throwIfAborted()
  const { real, document } = await repeated(job, what.side, (isAgain) =>
    create(isAgain || work.isAgain),
  )
  made.add(name)
  await job.commit(async (store) => {
    await store.vocabulary.save(run.sync, [{ ...what, real, document }])
    await rememberCreated(store, run.id, [...made])
    const data = { side: what.side, kind: what.kind, key: real }
    await store.audit.add({
      at: env.clock.now(),
      who: env.owner,
      what: 'created',
      run: run.id,
      data,
    })
  })
  env.progress({
    run: run.id,
    step: 'apply',
    text: 'creating fields, options, tags and groups',
    done: made.size,
    total,
  })
}

async function listed(
  { writer, job }: Work,
  side: Side,
): Promise<{
  readonly tags: ReadonlyMap<string, Tag>
  readonly groups: ReadonlyMap<string, Group>
}> {
  const catalog = await writer(side).catalog(job.signal)
  return {
    tags: new Map(catalog.tags.map((tag) => [foldName(tag.name), tag])),
    groups: new Map(catalog.groups.map((group) => [foldName(group.name), group])),
  }
}
