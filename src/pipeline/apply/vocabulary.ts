/**
 * Creates the fields, tags and groups that the plan names, one to a commit. A repeat makes no second one: fields are looked for by the
 * connector itself, tags and groups are looked for here whenever an earlier try may have made them.
 */
import type { Writer } from '../../connector/connector.ts'
import type { Side } from '../../model/id.ts'
import type { Group, Tag } from '../../model/vocabulary.ts'
import { foldName } from '../../plan/base.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { VocabularyEntry } from '../../state/store.ts'
import { createdHere, createdName, planContext, rememberCreated } from '../compiled.ts'
import type { Job, Progressed } from '../env.ts'
import { repeated } from './repeat.ts'

export async function createVocabulary(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { fields, tags, groups } = plan.vocabulary
  const next = { kind: 'closed', opens: [{ name: 'quiet', position: { afterSeq: 0 } }] } as const
  if (fields.length + tags.length + groups.length === 0) return next
  const work = await begin(job, fields.length + tags.length + groups.length)
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
    text: 'creating fields, tags and groups',
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
