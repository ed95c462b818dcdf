/** Goes through the places of many scenarios on several processes. */
import { fileURLToPath } from 'node:url'
import { shareOut } from '../crew.ts'
import type { Enumerated } from './enumerate.ts'

export interface Asked {
  readonly scenario: string
  /** Places of a second crash, of each first one. */
  readonly seconds: number | 'all'
}
export interface Told extends Enumerated {
  readonly asked: Asked
  readonly cpuMs: number
}

const SHARD = fileURLToPath(new URL('./shard.ts', import.meta.url))

export function enumerateAll(
  asked: readonly Asked[],
  workers: number,
  heard: (told: Told) => void,
): Promise<void> {
  return shareOut(asked, { program: SHARD, workers, of: 'the enumeration', heard })
}
