/** Chance in four streams that do not touch each other: dropping a fault leaves every edit, payload and turn as it was. */
import { randomStream, seedOf } from '../../src/simulation/random.ts'

const STREAMS = { scheduling: 1, edits: 2, faults: 3, payloads: 4, network: 5 } as const
export type StreamName = keyof typeof STREAMS

/** Draws for the n-th decision of a stream; what others drew before changes nothing. */
export interface Draw {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  whole(below: number): number
  chance(of: number): boolean
  pick<T>(from: readonly T[]): T | undefined
}

export function draws(seed: number, stream: StreamName, n: number): Draw {
  const next = randomStream(seedOf(seedOf(seed, STREAMS[stream]), n))
  return {
    next,
    whole: (below) => Math.floor(next() * below),
    chance: (of) => next() < of,
    pick: (from) => from[Math.floor(next() * from.length)],
  }
}

/** One of them, by weight. */
export function weighted<T>(draw: Draw, from: readonly (readonly [T, number])[]): T {
  const total = from.reduce((sum, [, weight]) => sum + weight, 0)
  let left = draw.next() * total
  for (const [value, weight] of from) {
    left -= weight
    if (left < 0) return value
  }
  const last = from.at(-1)
  if (last === undefined) throw new RangeError('nothing to choose from')
  return last[0]
}
