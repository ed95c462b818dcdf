/**
 * Times pieces of work beside each other: in turn, round by round, so that a slow moment of the machine meets all of them. What counts is
 * the processor time of this thread, so that other programs on the machine do not.
 */
import { median } from './median.ts'

/** Median milliseconds of each, in the order given, after `WARM_UP` untimed rounds. */
export function inTurn(works: readonly (() => unknown)[], rounds: number): readonly number[] {
  const times = works.map((): number[] => [])
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [place, work] of works.entries()) {
      const before = process.threadCpuUsage()
      kept = work()
      const { user, system } = process.threadCpuUsage(before)
      if (round >= 0) times[place]?.push((user + system) / 1000)
    }
  }
  return times.map(median)
}

const WARM_UP = 5

/** Results go here, so that no work can be found useless and left out. */
export let kept: unknown
