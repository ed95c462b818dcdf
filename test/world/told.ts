/** What a worker process tells of a seed. */
import type { Violation } from './watch.ts'

export interface Told {
  readonly seed: number
  readonly pair: string
  readonly violations: readonly Violation[]
  readonly steps: number
  readonly runs: number
  readonly faults: number
  readonly edits: number
  /** How often each fault struck, by `phase name`. */
  readonly struck: readonly (readonly [string, number])[]
  readonly cpuMs: number
}
