/** Finds out what became of ops whose answer is missing, before anything is sent again. */
import { ConnectorError } from '../../connector/error.ts'
import type { StoredOp } from '../../state/store.ts'
import { backToPlanned, exchange, type Work } from './exchange.ts'
import { intend } from './intend.ts'
import { lookForCreates } from './look.ts'
import type { Item } from './recheck.ts'
import { pauseMs, TRIES_MAX } from './repeat.ts'
import { settle } from './settle.ts'

/**
 * What became of ops whose answer is missing. Updates may be repeated: they are re-read first, and only what is left is sent. Creates
 * are looked for: found ones are finished, and only those that are certainly not there are answered, to be sent again.
 */
export async function resolve(work: Work, ops: readonly StoredOp[]): Promise<readonly StoredOp[]> {
  const { job, plan, terms, writer } = work
  const free = ops.filter(({ op }) => op.bucket === 'update')
  let creates = ops.filter(({ op }) => op.bucket === 'create')
  for (let tries = 1; creates.length > 0; tries += 1) {
    const looked = await lookForCreates(job, terms, writer, creates)
    await settle(job, plan, terms, looked.endings)
    free.push(...looked.absent)
    const { open, refusal } = await finish(work, looked.unfinished)
    if (open.length > 0 && tries >= TRIES_MAX) {
      throw (
        refusal ??
        new ConnectorError(
          'unknown',
          `${open.length} contacts were created in part, and the rest of them could not be written`,
        )
      )
    }
    if (open.length > 0) {
      await job.env.clock.sleep(Math.max(pauseMs(tries), refusal?.retryAfterMs ?? 0), job.signal)
    }
    creates = [...open]
  }
  return backToPlanned(work, free)
}

/** Creates that took effect in part: the rest is sent as an update. Answers with those whose end is still open; they stay `sent`. */
async function finish(
  work: Work,
  items: readonly Item[],
): Promise<{ readonly open: readonly StoredOp[]; readonly refusal: ConnectorError | null }> {
  const { job, plan, terms } = work
  const capability = terms.context.to.capabilities.update
  const size = capability === false ? 1 : capability.batchMax
  const open: StoredOp[] = []
  let refusal: ConnectorError | null = null
  for (let start = 0; start < items.length; start += size) {
    const batch = items.slice(start, start + size)
    await intend(job, plan, terms, batch)
    const exchanged = await exchange(work, batch)
    open.push(...exchanged.unknown, ...exchanged.untouched)
    refusal ??= exchanged.refusal
  }
  return { open, refusal }
}
