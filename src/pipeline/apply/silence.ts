/**
 * Records that get no answer each time they are sent alone. While nobody else gets one either, that says nothing about the record: the account
 * counts as down, and the run rests with all of them still to be written. Once another write is answered after them they are to blame, and are set
 * aside by name. So is one of a few that got no answer in an earlier run either: a single bad record does not stop a sync for good.
 */
import { ConnectorError } from '../../connector/error.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { Work } from './exchange.ts'
import { caseOf, said } from './quiet.ts'
import { settle } from './settle.ts'

export interface Silence {
  /** A write of somebody was answered, whatever the answer was. */
  broken(): Promise<void>
  /** Throws `unreachable` when too many in a row got no answer. */
  of(ops: readonly StoredOp[]): Promise<void>
  /** Nothing more is sent. Throws `unreachable` when nobody got an answer, now or before. */
  end(): Promise<void>
}

/** So many records that fail alone, with no answer to anybody in between, are no accident, however often it happened before. */
const SILENT_MAX = 3
/** How often one record may fail alone before it counts as one that does. */
export const ATTEMPTS_MAX = 3

export function silence(work: Work, why: string): Silence {
  let unanswered: readonly StoredOp[] = []
  let isBroken = false

  async function blame(): Promise<void> {
    if (unanswered.length === 0) return
    await work.writer.check(work.job.signal)
    const { side, place } = work.terms
    const other = side === 'to' ? 'the source' : 'the target'
    const hint = `Look at the values of this record at ${other}; "ferry rejects" names it. The others were written.`
    const outcome = said(`${place} fails on this record each time it is sent alone; ${why}`, hint)
    const endings = unanswered.map((stored) => ({ kind: 'rejected', stored, outcome }) as const)
    await settle(work.job, work.plan, work.terms, endings)
    unanswered = []
  }

  return {
    async broken() {
      isBroken = true
      await blame()
    },
    async of(ops) {
      unanswered = [...unanswered, ...ops]
      // That somebody was answered before says nothing: an account may go down in the midst of many.
      if (unanswered.length >= SILENT_MAX) throw down(work, unanswered.length)
    },
    async end() {
      if (!isBroken && (await isNews(work, unanswered)) && !(await hasWritten(work)))
        throw down(work, unanswered.length)
      await blame()
    },
  }
}

/** Whether one of them did not fail before: in an earlier attempt at this plan, or in an earlier run. */
async function isNews({ job }: Work, ops: readonly StoredOp[]): Promise<boolean> {
  const fresh = ops.filter(({ attempts }) => attempts < ATTEMPTS_MAX)
  if (fresh.length === 0) return false
  const open = await job.env.store.cases.list({
    sync: job.run.sync,
    kind: 'reject',
    limit: LOOKED_AT,
  })
  const known = new Set(open.map(({ side, record }) => `${side} ${record}`))
  return fresh.some(({ op }) => {
    const { side, record } = caseOf(job, op, 'reject', { cause: '', hint: '' })
    return !known.has(`${side} ${record}`)
  })
}

/** Whether anything of this plan was taken by the account. */
async function hasWritten({ job, plan, terms }: Work): Promise<boolean> {
  const applied = await job.env.store.plans.ops(plan.id, {
    afterSeq: 0,
    untilSeq: Number.MAX_SAFE_INTEGER,
    limit: LOOKED_AT,
    states: ['applied'],
    buckets: ['create', 'update'],
  })
  return applied.some(({ op }) => op.writes === terms.side)
}
const LOOKED_AT = 1_000

function down({ terms }: Work, count: number): ConnectorError {
  const records = count === 1 ? 'one record' : `${count} records, one after the other`
  const message = `${terms.place} answered no write of ${records}, sent alone and several times, and none of anybody else`
  const hint = 'Run the same command again later: they are still to be written.'
  return new ConnectorError('unreachable', message, { hint })
}
