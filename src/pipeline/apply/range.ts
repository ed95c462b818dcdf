/** The piece of a plan that one slice writes. */
import type { Side } from '../../model/id.ts'
import type { Written } from '../../plan/tally.ts'

export interface WriteRange {
  readonly bucket: Written
  /** Only ops that write this side. */
  readonly side: Side
  /** Exclusive and inclusive bounds by seq. */
  readonly afterSeq: number
  readonly untilSeq: number
  /** Slices after this one, opened when it has gone well. */
  readonly opens: readonly WriteRange[]
  /** One of the first, small ones: what it wrote is read back before the others start. */
  readonly isCanary: boolean
}

export function sliceOf(range: WriteRange): {
  readonly name: string
  readonly position: WriteRange
} {
  const side = range.side === 'to' ? '' : ` ${range.side}`
  return { name: `${range.bucket}${side}:${range.untilSeq}`, position: range }
}

const CANARIES = 3

/** Canary batches one after the other, then all others at once. Empty: nothing of this bucket. */
export function firstRanges(
  kind: Pick<WriteRange, 'bucket' | 'side'>,
  ends: readonly number[],
): readonly WriteRange[] {
  const ranges = rangesOf(kind, ends)
  let next = ranges.slice(CANARIES)
  for (const range of ranges.slice(0, CANARIES).reverse())
    next = [{ ...range, opens: next, isCanary: true }]
  return next
}

/** All at once: what the canary batches would hold goes with the batch behind them. */
export function allRanges(
  kind: Pick<WriteRange, 'bucket' | 'side'>,
  ends: readonly number[],
): readonly WriteRange[] {
  return rangesOf(kind, ends.length > CANARIES ? ends.slice(CANARIES) : ends.slice(-1))
}

function rangesOf(
  { bucket, side }: Pick<WriteRange, 'bucket' | 'side'>,
  ends: readonly number[],
): readonly WriteRange[] {
  return ends.map((untilSeq, place) => ({
    bucket,
    side,
    afterSeq: ends[place - 1] ?? 0,
    untilSeq,
    opens: [],
    isCanary: false,
  }))
}
