/** Finds out what became of ops whose answer is missing, before anything is sent again. */
import type { ConnectorError } from '../../connector/error.ts'
import type { StoredOp } from '../../state/plans.ts'
import { compare } from './compare.ts'
import { backToPlanned, exchange, type Work } from './exchange.ts'
import { intend } from './intend.ts'
import { lookForCreates } from './look.ts'
import { readAgain } from './looks.ts'
import type { Item } from './recheck.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'
import type { Ending } from './ending.ts'
import { settle } from './settle.ts'
import { silence } from './silence.ts'

/**
 * What became of ops whose answer is missing. Updates may be repeated: they are re-read first, and only what is left is sent. Creates
 * are looked for: found ones are finished, and only those that are certainly not there are answered, to be sent again.
 *
 * Finishing goes on as long as less is left each time. What stays the same for TRIES_MAX tries is not waited for any longer.
 */
export async function resolve(work: Work, ops: readonly StoredOp[]): Promise<readonly StoredOp[]> {
  const { job, plan, terms, writer } = work
  const free = ops.filter(({ op }) => op.bucket === 'update')
  let creates = ops.filter(({ op }) => op.bucket === 'create')
  let least = Number.POSITIVE_INFINITY
  for (let tries = 1; creates.length > 0; tries += 1) {
    const looked = await lookForCreates(job, terms, writer, creates)
    await settle(job, plan, terms, looked.endings)
    free.push(...looked.absent)
    const unfinished = await readWhole(work, looked.unfinished)
    const left = sizeOf(unfinished)
    if (left < least) tries = 1
    least = Math.min(least, left)
    const { open, refusal, isAnswered } = await finish(work, unfinished)
    if (open.length > 0 && tries >= TRIES_MAX) {
      if (refusal !== null) throw refusal
      await giveUp(work, open, isAnswered)
      break
    }
    if (open.length > 0) {
      await job.env.clock.sleep(Math.max(pauseMs(tries), refusal?.retryAfterMs ?? 0), job.signal)
    }
    creates = [...open]
  }
  return backToPlanned(work, free)
}

/**
 * A look-up need not tell tags and groups. What is there already would be sent again and again then, and of many, one answer might get lost
 * each time: so contacts are read as an update would read them, and those that turn out whole are settled.
 */
async function readWhole(work: Work, items: readonly Item[]): Promise<readonly Item[]> {
  const { job, plan, terms, writer } = work
  const untold = items.filter(
    ({ left, current }) =>
      (current?.tags === undefined && left.tags.add.length > 0) ||
      (current?.groups === undefined && left.groups.add.length > 0),
  )
  if (untold.length === 0) return items
  const readings = await readAgain(
    job,
    writer,
    untold.flatMap(({ id }) => id ?? []),
  )
  const whole: Ending[] = []
  const open: Item[] = []
  for (const item of items) {
    const reading = item.id === null ? undefined : readings.get(item.id)
    const current = reading?.kind === 'found' ? reading.sighting : null
    const comparison = current === null ? null : compare(terms, item.stored.op, current)
    if (current === null || comparison?.kind === 'drifted') open.push(item)
    else if (comparison?.kind === 'left') open.push({ ...item, left: comparison.op, current })
    else
      whole.push({
        kind: 'applied',
        stored: item.stored,
        id: current.id,
        echo: current,
        current: null,
      })
  }
  await settle(job, plan, terms, whole)
  return open
}

/** How much is still to be written: it falls with every value and every tag that arrived. */
function sizeOf(items: readonly Item[]): number {
  return items.reduce((sum, { left }) => sum + JSON.stringify(left).length, 0)
}

/** Throws `unreachable` when the account answers nobody. */
async function giveUp(work: Work, open: readonly StoredOp[], isAnswered: boolean): Promise<void> {
  const unheard = silence(work, 'it was created, but a part of it could not be written')
  if (isAnswered) await unheard.broken()
  await unheard.of(open)
  await unheard.end()
}

/** Creates that took effect in part: the rest is sent as an update. Answers with those whose end is still open; they stay `sent`. */
async function finish(
  work: Work,
  items: readonly Item[],
): Promise<{
  readonly open: readonly StoredOp[]
  readonly refusal: ConnectorError | null
  readonly isAnswered: boolean
}> {
  const { job, plan, terms } = work
  const capability = terms.context.to.capabilities.update
  const size = capability === false ? 1 : capability.batchMax
  const open: StoredOp[] = []
  let refusal: ConnectorError | null = null
  let isAnswered = false
  for (let start = 0; start < items.length; start += size) {
    const batch = items.slice(start, start + size)
    await intend(job, plan, terms, batch)
    const exchanged = await exchange(work, batch)
    open.push(...exchanged.unknown, ...exchanged.untouched)
    refusal ??= exchanged.refusal
    isAnswered ||= exchanged.isAnswered
  }
  return { open, refusal, isAnswered }
}
