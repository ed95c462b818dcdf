/**
 * Linked contacts that a whole, proven reading of the source did not show. The first time they are only noted; the second time, in another
 * run, the source is asked for each by its id, and what it says is gone is decided by the policy.
 */
import type { Reader } from '../connector/connector.ts'
import { normEmail } from '../model/email.ts'
import type { RemoteId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { type AbsentFacts, decideAbsent } from '../plan/absent.ts'
import type { PlanContext } from '../plan/context.ts'
import type { LinkedTarget } from '../plan/match.ts'
import { primaryEmail } from '../plan/person.ts'
import type { Link } from '../state/links.ts'
import { type Drafted, keepDecisions } from './decisions.ts'
import type { Job } from './env.ts'
import type { ScanResult } from './scans.ts'
import { PRIMARY } from './staged.ts'
import { type RulingsOf, rulingsOf } from './rulings.ts'

/** Plain data: where the search stands, and what is to be said of it. */
export interface AbsentPosition {
  readonly after: RemoteId | null
  readonly isDone: boolean
  /** Not seen for the first time. */
  readonly noted: number
  /** Not in the listing, and there all the same. */
  readonly missed: number
  /** The source did not say what became of them. */
  readonly unsaid: number
}
export const NOT_BEGUN: AbsentPosition = {
  after: null,
  isDone: false,
  noted: 0,
  missed: 0,
  unsaid: 0,
}

export interface AbsentChunk {
  readonly absent: AbsentPosition
  readonly lastOp: number
  readonly chain: string
  /** Contacts accounted for; deletions have a count of their own. */
  readonly read: number
}

/** The next links to be looked at; `isDone` without any where nothing may be concluded from absence. */
export async function decideAbsentees(
  job: Job,
  context: PlanContext,
  drafted: Drafted,
  { absent, scans }: { readonly absent: AbsentPosition; readonly scans: readonly ScanResult[] },
): Promise<AbsentChunk> {
  const { env, run, signal } = job
  const { deletes, direction } = env.settings(run.sync)
  // Where both sides are read whole, whoever is left behind stands in a listing of their own.
  const unreadable = direction === 'two-way' ? null : await coverageOf(job, 'from', scans)
  const { lastOp, chain } = drafted
  const nothing = { absent: { ...absent, isDone: true }, lastOp, chain, read: 0 }
  if (deletes === 'ignore' || unreadable === null) return nothing
  if (absent.after === null)
    await job.commit((store) => store.absences.clearSeen(run.sync, run.id, 'from'))
  const page = await env.store.absences.unseen(
    run.sync,
    run.id,
    'from',
    absent.after,
    env.limits.planChunk,
  )
  const last = page.at(-1)
  if (last === undefined) return nothing
  const links = page.filter((link) => !unreadable.has(link.fromId))
  const ids = links.map((link) => link.fromId)
  const noted = await env.store.absences.among(run.sync, 'from', ids)
  const before = new Set(noted.flatMap((absence) => (absence.run === run.id ? [] : [absence.id])))
  const first = ids.filter((id) => !before.has(id))
  if (first.length > 0) {
    const now = { run: run.id, at: env.clock.now() }
    await job.commit((store) => store.absences.note(run.sync, 'from', first, now))
  }
  const accounts = env.accounts(run.sync)
  const facts = await factsOf(
    job,
    { source: accounts.reader('from'), target: accounts.reader('to'), signal },
    links.filter((link) => before.has(link.fromId)),
    await rulingsOf({ store: env.store, run }, 'from', ids),
  )
  const decisions = facts.flatMap((fact) => decideAbsent(context, deletes, fact) ?? [])
  const kept = await keepDecisions(
    job,
    context,
    drafted,
    decisions.map((op) => [op]),
  )
  const count = (kind: AbsentFacts['proof']['kind']) =>
    facts.filter(({ proof }) => proof.kind === kind).length
  return {
    absent: {
      after: last.fromId,
      isDone: false,
      noted: absent.noted + first.length,
      missed: absent.missed + count('found'),
      unsaid: absent.unsaid + count('inconclusive'),
    },
    ...kept,
    read: decisions.filter(({ bucket }) => bucket !== 'delete').length,
  }
}

/** What the plan says about absences, for people. */
export function absenceWarnings({ noted, missed, unsaid }: AbsentPosition): readonly string[] {
  return [
    ...(noted === 0
      ? []
      : [
          `${noted} linked contacts were not in the listing of their side; when the next full reading does not show them either, and that side says that they are gone, they count as deleted`,
        ]),
    ...(missed === 0
      ? []
      : [
          `${missed} contacts were in no listing of their side but are there when asked for by id; nothing is concluded from their absence`,
        ]),
    ...(unsaid === 0
      ? []
      : [
          `nobody says what became of ${unsaid} contacts that no listing shows any more; nothing is done about them`,
        ]),
  ]
}

/**
 * Ids of rows of a side that came but could not be read: those are not absent. null: nothing follows from absence there, since the side was not
 * read whole, or not provably so, or in another way than the last time.
 */
export async function coverageOf(
  { env, run }: Job,
  side: Side,
  scans: readonly ScanResult[],
): Promise<ReadonlySet<string> | null> {
  const scan = scans.find((each) => each.side === side && each.stream === 'contacts')
  if (scan === undefined || !scan.isFull || !scan.isProven || scan.rows === 0) return null
  const cursor = await env.store.cursors.get(run.sync, side, 'contacts')
  if (cursor !== null && cursor.fingerprint !== scan.fingerprint) return null
  const ids = scan.broken.flatMap((row) => row.id ?? [])
  return ids.length < scan.broken.length ? null : new Set(ids)
}

/** Who of `side` has the e-mail of whoever is left; by the id of the latter. Only where that side was read whole. */
export async function namesakesOf(
  { env, run }: Job,
  side: Side,
  left: readonly Sighting[],
): Promise<ReadonlyMap<RemoteId, RemoteId>> {
  const emails = new Map(left.map((each) => [each.id, normEmail(primaryEmail(each) ?? '')]))
  const keys = [...new Set(emails.values())].filter((email) => email !== '')
  const rows = await env.store.staging.byKeys(run.id, side, PRIMARY, keys)
  const holders = new Map(rows.map(({ key, id }) => [key, id]))
  return new Map(
    [...emails].flatMap(([id, email]) => {
      const holder = holders.get(email)
      return holder === undefined ? [] : [[id, holder] as const]
    }),
  )
}

interface Asking {
  readonly source: Reader
  readonly target: Reader
  readonly signal: AbortSignal
}

async function factsOf(
  job: Job,
  { source, target, signal }: Asking,
  links: readonly Link[],
  rulings: RulingsOf,
): Promise<readonly AbsentFacts[]> {
  const proofs = await fetched(
    source,
    links.map((link) => link.fromId),
    signal,
  )
  const gone = links.filter((link) => proofs.get(link.fromId)?.kind === 'gone')
  const targets = await fetched(
    target,
    gone.map((link) => link.toId),
    signal,
  )
  const left = [...targets.values()].flatMap((answer) =>
    answer.kind === 'found' ? [answer.sighting] : [],
  )
  const namesakes = await namesakesOf(job, 'from', left)
  return links.map(({ fromId, toId, toBase }) => ({
    fromId,
    toId,
    side: 'from',
    base: toBase,
    proof: proofs.get(fromId) ?? UNANSWERED,
    counterpart: targets.get(toId) ?? { kind: 'unread' },
    namesake: namesakes.get(toId) ?? null,
    ruling: rulings.get(fromId)?.find(({ field }) => field === null),
  }))
}
const UNANSWERED = { kind: 'inconclusive', message: 'the answer does not mention it' } as const

type Answer = Exclude<LinkedTarget, { kind: 'unread' }>

export async function fetched(
  reader: Reader,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RemoteId, Answer>> {
  const answers = new Map<RemoteId, Answer>()
  const size = Math.max(1, reader.capabilities.fetchMax)
  for (let start = 0; start < ids.length; start += size)
    for (const entry of await reader.fetch(ids.slice(start, start + size), signal))
      answers.set(entry.id, entry)
  return answers
}
