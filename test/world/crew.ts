/** Plays many seeds on several processes. */
import { fileURLToPath } from 'node:url'
import { shareOut } from '../crew.ts'
import type { Told } from './told.ts'

export interface SeedAsked {
  readonly seed: number
  readonly isPlain?: boolean
  readonly cells?: number
}

const SHARD = fileURLToPath(new URL('./shard.ts', import.meta.url))

export async function playAll(
  seeds: readonly SeedAsked[],
  workers: number,
  heard: (told: Told) => void,
): Promise<readonly Told[]> {
  const all: Told[] = []
  await shareOut(seeds, {
    program: SHARD,
    workers,
    of: 'the simulation',
    heard: (told: Told) => {
      all.push(told)
      heard(told)
    },
  })
  return all.toSorted((a, b) => a.seed - b.seed)
}
