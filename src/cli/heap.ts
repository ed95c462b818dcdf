/**
 * Keeps the program small: it streams, so what it allocates is garbage soon, and a heap that grows with the machine's memory would only
 * collect it late: a migration of 20,000 contacts took 617 MB without. With this, with the memory outside the heap that `bin/ferry.js` sees to, and with
 * answers whose memory is given back once they are read (`http/body.ts`), it took 232 MB, and one of 200,000 took 244 MB.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** The old generation is collected when it has grown by this much. */
const GROWTH_PERCENT = 75
/** What the young generation takes, in bytes: it doubles from 2 MB as long as things survive, and would stop at 48 MB. */
const YOUNG_BYTES = 16 * 1024 * 1024

export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
  let survivors: number[][] = []
  let young = youngBytes()
  for (let turn = 0; young < YOUNG_BYTES && turn < TURNS_MAX; turn += 1) {
    for (let count = 0; count < SURVIVORS_A_TURN; count += 1) survivors.push(Array.from(SURVIVOR))
    if (survivors.length * SURVIVOR.length * WORD_BYTES > young / 3) survivors = []
    young = youngBytes()
  }
  setFlagsFromString('--semi-space-growth-factor=1')
}
const TURNS_MAX = 400
const SURVIVORS_A_TURN = 64
/** 8 kB: so many bytes are copied faster in few pieces. */
const SURVIVOR: readonly number[] = Array.from({ length: 1_000 }, () => 0)
const WORD_BYTES = 8

function youngBytes(): number {
  return (
    getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ??
    YOUNG_BYTES
  )
}
