/**
 * Step one: read both accounts into the staging tables. First the catalogues, then every stream page by page, a page and its position
 * in one commit. A stream is COMPLETE only when its last page said so; only then does it leave a watermark, and that becomes a cursor
 * only when the run has applied what it read.
 *
 * An incremental run reads what changed at the source since its cursor, and nothing of a target that only receives: counterparts are fetched
 * by id when the plan needs them. A full run reads both sides whole.
 */
import type { StreamName } from '../connector/capabilities.ts'
import type { Page } from '../connector/connector.ts'
import { ConnectorError } from '../connector/error.ts'
import { type Side, SIDES } from '../model/id.ts'
import type { RunRecord } from '../state/runs.ts'
import type { StateStore } from '../state/store.ts'
import { accountDocument, rememberCreated } from './compiled.ts'
import type { AccountDocument, Env, Job, Progressed, Step } from './env.ts'
import {
  firstPosition,
  isTwoWay,
  plansFor,
  type ScanPosition,
  streamFingerprint,
} from './scan-plan.ts'
import type { PullDocument, ScanResult } from './scans.ts'
import { keyRules, stage } from './staged.ts'
import { stageTouched } from './touched.ts'

export const pullStep: Step = {
  async open() {
    return [{ name: 'catalogue', position: null }]
  },
  closing: ['touched'],
  work(job) {
    if (job.slice === 'catalogue') return readCatalogues(job)
    if (job.slice === 'touched') return stageTouched(job)
    return readPage(job)
  },
}

async function readCatalogues(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  await job.commit((store) => store.staging.clear(run.id, null))
  const accounts = env.accounts(run.sync)
  // A later pull of the same run speaks of the same fields; what it created itself it knows.
  const sides = run.stage === 0 ? SIDES : []
  for (const side of sides) {
    env.progress({
      run: run.id,
      step: 'pull',
      text: `reading the catalogue of ${nameOf(env, run, side)}`,
      done: 0,
      total: null,
    })
    const reader = accounts.reader(side)
    const catalog = await reader.catalog(signal)
    accounts.answered(side)
    const document: AccountDocument = { catalog, capabilities: reader.capabilities }
    await job.commit((store) => store.runs.saveDocument(run.id, `account ${side}`, document))
  }
  // An incremental run asks the target for what changed there only where that may travel back.
  const asked = isTwoWay(env, run) ? SIDES : (['from'] as const)
  let isFull = false
  let census: string | null = null
  for (const side of asked) {
    const plans = await plansFor(env, run, side, false)
    isFull ||= plans.isFull
    census ??= plans.census
  }
  const slices: { name: string; position: ScanPosition }[] = []
  for (const side of isFull ? SIDES : asked) {
    const { positions } = await plansFor(env, run, side, isFull)
    for (const position of positions) slices.push({ name: `${side}/${position.stream}`, position })
  }
  await job.commit(async (store) => {
    await store.runs.saveDocument(run.id, 'pull', { isFull, census } satisfies PullDocument)
    await store.runs.saveDocument(run.id, 'scans', [])
    if (run.stage === 0) await rememberCreated(store, run.id, [])
  })
  if (census !== null) env.log.warn(`${run.sync}: ${census}`)
  return { kind: 'closed', opens: slices }
}

/** Reads a stream whole within the step at hand, as a scan of its own would. */
export async function readWhole(job: Job, side: Side, stream: StreamName): Promise<void> {
  const { env, run } = job
  const account = await accountDocument(env, run.id, side)
  const fingerprint = streamFingerprint(env, run, side, account)
  let position = firstPosition(side, stream, { fingerprint, since: null })
  for (;;) {
    job.signal.throwIfAborted()
    const page = await readPage({ ...job, position })
    if (page.kind === 'closed') return
    position = page.position as ScanPosition
  }
}

async function readPage(job: Job): Promise<Progressed> {
  const { env, run, signal } = job
  const position = job.position as ScanPosition
  const { side, stream } = position
  const account = await accountDocument(env, run.id, side)
  const reader = env.accounts(run.sync).reader(side)
  const page = await reader.scan(
    {
      stream,
      since: position.since,
      overlapMs: OVERLAP_MS,
      position: position.next,
      fields: account.catalog.fields,
    },
    signal,
  )
  if (page.next !== null && page.next === position.next) {
    throw new ConnectorError(
      'scan',
      `the ${stream} of ${nameOf(env, run, side)} do not move on: the same page came twice`,
      {
        hint: 'Run again; if it stays so, report it with the log of "-v".',
      },
    )
  }
  const rules = await keyRules(job, side)
  const rows = position.rows + page.rows.length
  await job.commit(async (store) => {
    await stage(store, run, side, page.rows, rules)
    if (page.next !== null && page.broken.length + page.notes.length === 0) return
    await keepResult(store, run, position, page, rows)
  })
  env.progress({
    run: run.id,
    step: 'pull',
    text: `reading ${stream} of ${nameOf(env, run, side)}`,
    done: rows,
    total: page.total,
  })
  if (page.next === null) return { kind: 'closed' }
  return {
    kind: 'more',
    position: { ...position, next: page.next, rows, high: page.high ?? position.high },
  }
}

/** Lower bound of an incremental scan lies this much before its watermark. The connector widens it where a zone repeats an hour. */
const OVERLAP_MS = 10 * 60_000

async function keepResult(
  store: StateStore,
  run: RunRecord,
  position: ScanPosition,
  page: Page,
  rows: number,
): Promise<void> {
  const { side, stream } = position
  await store.runs.lock(run.id)
  const results = ((await store.runs.document(run.id, 'scans')) ?? []) as ScanResult[]
  const before = results.find((result) => result.side === side && result.stream === stream)
  const result: ScanResult = {
    side,
    stream,
    isFull: position.since === null,
    rows,
    high: page.next === null ? (page.high ?? position.high) : null,
    isProven: page.next === null && page.isProven,
    fingerprint: position.fingerprint,
    broken: [
      ...(before?.broken ?? []),
      ...page.broken.map(({ id, message, hint }) => ({ id, message, hint })),
    ],
    notes: [...new Set([...(before?.notes ?? []), ...page.notes])],
  }
  await store.runs.saveDocument(run.id, 'scans', [
    ...results.filter((other) => other !== before),
    result,
  ])
  if (page.next !== null || position.since !== null) return
  if (stream === 'taggings') await store.staging.markRead(run.id, side, 'tag')
  if (stream === 'groupings') await store.staging.markRead(run.id, side, 'group')
  if (stream === 'consents') await store.staging.markRead(run.id, side, 'consent')
}

function nameOf(env: Env, run: RunRecord, side: Side): string {
  return env.settings(run.sync)[side]
}
