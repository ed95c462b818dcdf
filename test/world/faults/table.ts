/** All kinds of fault, and all cells of the matrix. */
import type { FaultKind } from '../fault.ts'
import type { Phase } from '../phase.ts'
import { BATCH } from './batch.ts'
import { DATA } from './data.ts'
import { ENGINE } from './engine.ts'
import { LATER } from './later.ts'
import { LISTING } from './listing.ts'
import { MEANING } from './meaning.ts'
import { TIME } from './time.ts'
import { TRANSPORT } from './transport.ts'

const FIRST: readonly FaultKind[] = [
  ...TRANSPORT,
  ...LISTING,
  ...TIME,
  ...DATA,
  ...MEANING,
  ...BATCH,
  ...ENGINE,
]

export const FAULTS: readonly FaultKind[] = [...FIRST, ...LATER]

export interface Cell {
  readonly kind: FaultKind
  readonly phase: Phase
}
export const CELLS: readonly Cell[] = cellsOf(FAULTS)
export const PLAIN_CELLS: readonly Cell[] = cellsOf(FIRST)

function cellsOf(faults: readonly FaultKind[]): readonly Cell[] {
  return faults.flatMap((kind) => kind.phases.map((phase) => ({ kind, phase })))
}
