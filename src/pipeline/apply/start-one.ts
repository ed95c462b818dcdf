/**
 * One person into one sequence: looked at, written down, sent, settled.
 *
 *   (nothing) ──► sent ──► done       it answered, or is seen to be in it
 *       ▲          │ ├───► refused    the platform does not take this person; or, without being sent: opted out
 *       │          │ └───► unknown    no answer and no trace: a person decides; a later look may find it done
 *       └──────────┘ certainly without effect
 */
import { ConnectorError } from '../../connector/error.ts'
import { labelOf } from '../../plan/person.ts'
import type { Start } from '../../state/starts.ts'
import type { StartPage } from '../starts.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'
import { hasArrived, lookBefore, type Pair, type StartWork } from './start-look.ts'

export async function startOne(work: StartWork, page: StartPage, pair: Pair): Promise<void> {
  const { job } = work
  const look = await lookBefore(work, page, pair)
  if (look.kind === 'left') return
  const row: Start = {
    sequence: page.from,
    source: pair.from.id,
    target: page.to,
    contact: pair.to.id,
    state: 'sent',
    why: null,
    run: job.run.id,
    at: job.env.clock.now(),
  }
  if (look.kind !== 'start') return keep(work, { ...row, state: look.kind, why: look.why })
  await keep(work, row)
  await job.env.store.flush()
  await send(work, row, labelOf(pair.to))
}

async function send(work: StartWork, row: Start, label: string): Promise<void> {
  const { job, start } = work
  for (let tries = 1; ; tries += 1) {
    try {
      await start(row.target, row.contact, job.signal)
      return await keep(work, { ...row, state: 'done' })
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      const effect = EFFECT[error.kind]
      if (effect === 'unknown') return settleUnknown(work, row, label)
      if (effect === 'refused') return refuse(work, row, { label, error })
      if (effect !== 'again' || tries >= TRIES_MAX) {
        await job.commit((store) => store.starts.forget(job.run.sync, row.sequence, row.source))
        // The next run asks what became of the record.
        if (effect === 'left') return
        throw error
      }
      await job.env.clock.sleep(Math.max(pauseMs(tries), error.retryAfterMs ?? 0), job.signal)
    }
  }
}

/** What a failed start means. `again`, `left` and `stop` had no effect. */
const EFFECT: Readonly<
  Record<ConnectorError['kind'], 'unknown' | 'refused' | 'again' | 'left' | 'stop'>
> = {
  unknown: 'unknown',
  protocol: 'unknown',
  invalid: 'refused',
  throttled: 'again',
  unreachable: 'again',
  gone: 'left',
  stale: 'left',
  login: 'stop',
  permission: 'stop',
  unsupported: 'stop',
  scan: 'stop',
}

async function refuse(
  work: StartWork,
  row: Start,
  { label, error }: { readonly label: string; readonly error: ConnectorError },
): Promise<void> {
  await keep(work, { ...row, state: 'refused', why: error.message }, { kind: 'reject', label })
}

/** No answer. Where a second start changes nothing, the next run may send it; elsewhere a person decides. */
async function settleUnknown(work: StartWork, row: Start, label: string): Promise<void> {
  const { job, to } = work
  if (await hasArrived(work, row.target, row.contact)) return keep(work, { ...row, state: 'done' })
  if (to.reader.capabilities.sequences?.restarts === false) {
    await job.commit((store) => store.starts.forget(job.run.sync, row.sequence, row.source))
    return
  }
  const why = 'no answer when it was started, and no trace of it since'
  await keep(work, { ...row, state: 'unknown', why }, { kind: 'hold', label })
}

/** Starts of this run or an earlier one that were sent and never answered: whatever process sent them is gone. */
export async function resolveStarts(work: StartWork, rows: readonly Start[]): Promise<void> {
  const asked = rows.length === 0 ? new Set<string>() : await askedAbout(work)
  for (const row of rows) {
    if (row.state === 'sent') {
      await settleUnknown(work, row, `#${row.contact}`)
      continue
    }
    const { from, to, job } = work
    if ((await to.sequences.standing(row.target, row.contact, job.signal)) !== 'out')
      await close(work, { ...row, state: 'done' }, 'it is in the sequence')
    else if ((await from.sequences.standing(row.sequence, row.source, job.signal)) !== 'active')
      await close(work, { ...row, state: 'refused' }, 'it left the sequence at the source')
    // Something else about the contact was settled, and its case closed with it.
    else if (!asked.has(row.contact))
      await keep(work, row, { kind: 'hold', label: `#${row.contact}` })
  }
}

/** Contacts of the target that a person is asked about. */
async function askedAbout({ job }: StartWork): Promise<ReadonlySet<string>> {
  const { store } = job.env
  const open = await store.cases.list({ sync: job.run.sync, kind: 'hold', limit: CASES_MAX })
  return new Set(open.filter(({ side }) => side === 'to').map(({ record }) => record))
}
const CASES_MAX = 100_000

async function close(work: StartWork, row: Start, why: string): Promise<void> {
  const { run } = work.job
  await work.job.commit(async (store) => {
    await store.starts.save(run.sync, { ...row, why, run: run.id })
    await store.cases.close(run.sync, 'hold', 'to', [row.contact], why)
  })
}

/** Saves a row, and with it the case that a person is asked about. */
async function keep(
  { job, plan }: StartWork,
  row: Start,
  about?: { readonly kind: 'hold' | 'reject'; readonly label: string },
): Promise<void> {
  const { env, run } = job
  const now = env.clock.now()
  const title = plan.sequences?.find(({ to }) => to.id === row.target)?.to.name ?? ''
  await job.commit(async (store) => {
    await store.starts.save(run.sync, row)
    if (about === undefined) return
    await store.cases.open([
      {
        sync: run.sync,
        kind: about.kind,
        side: 'to',
        record: row.contact,
        label: about.label,
        cause: `sequence ${row.target}${title === '' ? '' : ` "${title}"`}: ${row.why ?? ''}`,
        hint: HINT[about.kind],
        fields: [],
        candidates: [],
        run: run.id,
        openedAt: now,
        updatedAt: now,
      },
    ])
  })
}
const HINT = {
  hold: 'It is not sent again, for a second start may mail twice. Look at the person there: start the sequence by hand, or take them out of the one at the source; the next run sees either.',
  reject: 'Start it by hand, if it is meant to be: it is not tried again.',
} as const
