/** Plans who is put into a sequence of the target: reads who is in those of the source that the mapping lists, a page to a commit. */
import type { SequenceReader } from '../connector/connector.ts'
import { digest } from '../model/hash.ts'
import type { PlanId, RemoteId, RunId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { PlanContext } from '../plan/context.ts'
import { decideStart, mayMail, type PlannedSequence, sequenceProblems } from '../plan/starts.ts'
import type { StateStore } from '../state/store.ts'
import type { Job } from './env.ts'

export interface StartsPosition {
  /** null: the mapping has not been held against both accounts yet. */
  readonly sequences: readonly PlannedSequence[] | null
  /** Which of them is being read, and where in it. */
  readonly place: number
  readonly position: string | null
  /** Pages of people kept so far. */
  readonly pages: number
  /** Hash over everybody to be started. */
  readonly chain: string
  /** What makes the plan unusable. */
  readonly problems: readonly string[]
  readonly isDone: boolean
}
export const NO_STARTS: StartsPosition = {
  sequences: null,
  place: 0,
  position: null,
  pages: 0,
  chain: '',
  problems: [],
  isDone: false,
}

/** One page of a plan: who of one sequence is to be started. */
export interface StartPage {
  readonly from: string
  readonly to: string
  readonly contacts: readonly RemoteId[]
}
export async function startPage(
  store: StateStore,
  plan: { readonly id: PlanId; readonly run: RunId },
  page: number,
): Promise<StartPage | null> {
  return (await store.runs.document(plan.run, pageName(plan.id, page))) as StartPage | null
}

function pageName(plan: PlanId, page: number): string {
  return `starts ${plan} ${page}`
}

export async function planStarts(
  job: Job,
  context: PlanContext,
  at: { readonly plan: PlanId; readonly starts: StartsPosition },
): Promise<StartsPosition> {
  const { starts } = at
  const wanted = context.policy.sequences
  const accounts = job.env.accounts(job.run.sync)
  const [from, to] = [accounts.reader('from').sequences, accounts.reader('to').sequences]
  // A platform without them is an error of the mapping, found where it is compiled.
  if (Object.keys(wanted).length === 0 || from === undefined || to === undefined)
    return { ...starts, isDone: true }
  if (starts.sequences === null) return begin(job, context, { from, to })
  const sequence = starts.sequences[starts.place]
  if (sequence === undefined) return { ...starts, isDone: true }
  return readPage(job, context, { ...at, reader: from, sequence })
}

async function begin(
  job: Job,
  context: PlanContext,
  readers: Readonly<Record<Side, SequenceReader>>,
): Promise<StartsPosition> {
  const wanted = context.policy.sequences
  const there = {
    from: { name: context.from.name, sequences: await readers.from.list(job.signal) },
    to: { name: context.to.name, sequences: await readers.to.list(job.signal) },
  }
  const problems = sequenceProblems(wanted, there.from, there.to)
  if (problems.length > 0) {
    const told = problems.map(({ message, hint }) => `${message} (${hint})`)
    return { ...NO_STARTS, sequences: [], problems: told, isDone: true }
  }
  const named = (side: Side, id: string) =>
    there[side].sequences.find((sequence) => sequence.id === id) ?? { id, name: id }
  const sequences = Object.entries(wanted).map(
    ([source, target]): PlannedSequence => ({
      from: named('from', source),
      to: named('to', target),
      start: 0,
      settled: 0,
      optedOut: 0,
      left: 0,
    }),
  )
  return { ...NO_STARTS, sequences }
}

async function readPage(
  job: Job,
  context: PlanContext,
  {
    plan,
    starts,
    reader,
    sequence,
  }: {
    readonly plan: PlanId
    readonly starts: StartsPosition
    readonly reader: SequenceReader
    readonly sequence: PlannedSequence
  },
): Promise<StartsPosition> {
  const { env, run, signal } = job
  const request = { sequence: sequence.from.id, position: starts.position }
  const { contacts, next } = await reader.members(request, signal)
  const ids = [...new Set(contacts)]
  const sums = { ...sequence }
  const chosen: RemoteId[] = []
  const decide = await factsOf(job, context, { plan, sequence, ids })
  for (const id of ids) {
    const decision = decide(id)
    sums[decision] += 1
    if (decision === 'start') chosen.push(id)
  }
  const page: StartPage = { from: sequence.from.id, to: sequence.to.id, contacts: chosen }
  if (chosen.length > 0)
    await job.commit((store) => store.runs.saveDocument(run.id, pageName(plan, starts.pages), page))
  env.progress({
    run: run.id,
    step: 'plan',
    text: `reading sequence ${sequence.from.name}`,
    done: sums.start + sums.settled + sums.optedOut + sums.left,
    total: null,
  })
  return {
    ...starts,
    sequences: (starts.sequences ?? []).map((one, place) => (place === starts.place ? sums : one)),
    place: next === null ? starts.place + 1 : starts.place,
    position: next,
    pages: starts.pages + (chosen.length > 0 ? 1 : 0),
    chain: chosen.length > 0 ? digest(starts.chain + JSON.stringify(page)) : starts.chain,
  }
}

/** What is known without asking anybody anew; what counts is looked at again right before a start. */
async function factsOf(
  job: Job,
  context: PlanContext,
  about: {
    readonly plan: PlanId
    readonly sequence: PlannedSequence
    readonly ids: readonly RemoteId[]
  },
): Promise<(id: RemoteId) => ReturnType<typeof decideStart>> {
  const { store } = job.env
  const { id: run, sync } = job.run
  const { plan, sequence, ids } = about
  const settled = new Set(
    (await store.starts.among(sync, sequence.from.id, ids)).map(({ source }) => source),
  )
  const links = new Map((await store.links.byFrom(sync, ids)).map((link) => [link.fromId, link]))
  const buckets = Map.groupBy(await store.plans.standings(plan, ids), ({ fromId }) => fromId)
  const toIds = [...links.values()].map(({ toId }) => toId)
  const seen = {
    from: byId(await store.staging.byIds(run, 'from', ids)),
    to: byId(await store.staging.byIds(run, 'to', toIds)),
  }
  const isFree = (side: Side, id: RemoteId | undefined) =>
    mayMail(
      side,
      (id === undefined ? undefined : seen[side].get(id)?.consents) ?? [],
      context[side].capabilities,
    )
  return (id) =>
    decideStart({
      isSettled: settled.has(id),
      isLinked: links.has(id),
      buckets: (buckets.get(id) ?? []).map(({ bucket }) => bucket),
      mayMail: isFree('from', id) && isFree('to', links.get(id)?.toId),
    })
}

function byId(sightings: readonly Sighting[]): ReadonlyMap<RemoteId, Sighting> {
  return new Map(sightings.map((sighting) => [sighting.id, sighting]))
}
