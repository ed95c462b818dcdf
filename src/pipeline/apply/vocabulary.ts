/** Creates the fields, tags and groups that the plan names, one to a commit. Each is looked for before it is made, so that a repeat makes no second one. */
import type { FieldDefinition, Group, Tag } from '../../model/vocabulary.ts'
import { foldName } from '../../plan/base.ts'
import type { PlanHeader } from '../../plan/plan.ts'
import type { VocabularyEntry } from '../../state/store.ts'
import { planContext } from '../compiled.ts'
import type { Job, Progressed } from '../env.ts'

export async function createVocabulary(job: Job, plan: PlanHeader): Promise<Progressed> {
  const { env, run, signal } = job
  const { vocabulary } = plan
  const total = vocabulary.fields.length + vocabulary.tags.length + vocabulary.groups.length
  const known = new Map(
    (await env.store.vocabulary.list(run.sync)).map((entry) => [
      `${entry.kind} ${entry.provisional}`,
      entry,
    ]),
  )
  let done = 0
  const remember = async (entry: VocabularyEntry) => {
    await job.commit(async (store) => {
      await store.vocabulary.save(run.sync, [entry])
      await store.audit.add({
        at: env.clock.now(),
        who: env.owner,
        what: `created ${entry.kind}`,
        run: run.id,
        data: { side: entry.side, key: entry.real },
      })
    })
    done += 1
    env.progress({
      run: run.id,
      step: 'apply',
      text: 'creating fields, tags and groups',
      done,
      total,
    })
  }
  if (total > 0) {
    const writer = env.accounts(run.sync).writer('to')
    const sources = await fieldSources(job)
    const fresh = await existing(job)
    for (const field of vocabulary.fields) {
      signal.throwIfAborted()
      if (known.has(`field ${field.path}`)) continue
      const definition: FieldDefinition = await writer.createField(field.draft, signal)
      await remember({
        side: 'to',
        kind: 'field',
        source: sources.get(field.path) ?? field.path,
        provisional: field.path,
        real: definition.path,
        document: definition,
      })
    }
    for (const planned of vocabulary.tags) {
      signal.throwIfAborted()
      if (known.has(`tag ${planned.key}`)) continue
      const tag: Tag =
        fresh.tags.get(foldName(planned.name)) ?? (await writer.createTag(planned, signal))
      await remember({
        side: 'to',
        kind: 'tag',
        source: planned.name,
        provisional: planned.key,
        real: tag.key,
        document: tag,
      })
    }
    for (const planned of vocabulary.groups) {
      signal.throwIfAborted()
      if (known.has(`group ${planned.key}`)) continue
      const group: Group =
        fresh.groups.get(foldName(planned.name)) ?? (await writer.createGroup(planned, signal))
      await remember({
        side: 'to',
        kind: 'group',
        source: planned.name,
        provisional: planned.key,
        real: group.key,
        document: group,
      })
    }
  }
  return { kind: 'closed', opens: [{ name: 'quiet', position: { afterSeq: 0 } }] }
}

/** After an interruption the list may show what an earlier try created; asked only then. */
async function existing(job: Job): Promise<{
  readonly tags: ReadonlyMap<string, Tag>
  readonly groups: ReadonlyMap<string, Group>
}> {
  const { env, run, signal } = job
  const begun = `vocabulary ${run.stage}`
  const isAgain = (await env.store.runs.document(run.id, begun)) !== null
  await job.commit((store) => store.runs.saveDocument(run.id, begun, { at: env.clock.now() }))
  if (!isAgain) return { tags: new Map(), groups: new Map() }
  const catalog = await env.accounts(run.sync).writer('to').catalog(signal)
  return {
    tags: new Map(catalog.tags.map((tag) => [foldName(tag.name), tag])),
    groups: new Map(catalog.groups.map((group) => [foldName(group.name), group])),
  }
}

/** Between several source paths of one field. */
const SOURCES_JOINED_BY = ' | '

/** Which source paths a planned field is for. */
async function fieldSources(job: Job): Promise<ReadonlyMap<string, string>> {
  const context = await planContext(job.env, job.run)
  return new Map(context.mapping.rules.map((rule) => [rule.to, rule.from.join(SOURCES_JOINED_BY)]))
}
