/** Slices: the durable to-do list of a run. */
import type { RunId } from '../model/id.ts'

/** Durable to-do list. A slice is a piece of one stage of one run; its position is the step's own text. */
export interface SliceRecord {
  readonly run: RunId
  readonly stage: number
  readonly name: string
  readonly isOpen: boolean
  /** JSON of the step; null at the start. */
  readonly position: unknown
}
export interface Slices {
  /** Adds what is missing; an existing one, open or closed, is left as it is. */
  open(
    run: RunId,
    stage: number,
    slices: readonly { readonly name: string; readonly position: unknown }[],
  ): Promise<void>
  get(run: RunId, stage: number, name: string): Promise<SliceRecord | null>
  save(run: RunId, stage: number, name: string, position: unknown): Promise<void>
  close(run: RunId, stage: number, name: string): Promise<void>
  isAnyOpen(run: RunId, stage: number): Promise<boolean>
  /** In the order in which they were opened. */
  stillOpen(run: RunId, stage: number): Promise<readonly SliceRecord[]>
}
