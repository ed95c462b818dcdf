/**
 * Keeps the program small: it streams, so what it allocates is garbage soon, and a heap that grows with the machine's memory would only
 * collect it late: a migration of 20,000 contacts took 617 MB without. With this, and with the memory outside the heap that `bin/ferry.js` sees to, it took
 * 245 MB, and one of 200,000 took 261 MB.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** The old generation is collected when it has grown by this much. */
const GROWTH_PERCENT = 100
/** What the young generation takes, in bytes: it doubles from 2 MB as long as things survive, and would stop at 48 MB. */
const YOUNG_BYTES = 24 * 1024 * 1024

export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
  let survivors: object[] = []
  for (let place = 0; youngBytes() < YOUNG_BYTES && place < TRIES_MAX; place += 1) {
    for (let count = 0; count < 5_000; count += 1) survivors.push({ place, count })
    if (survivors.length > 50_000) survivors = []
  }
  setFlagsFromString('--semi-space-growth-factor=1')
}
const TRIES_MAX = 200

function youngBytes(): number {
  return (
    getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ??
    YOUNG_BYTES
  )
}
