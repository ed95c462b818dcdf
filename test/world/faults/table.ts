/** All kinds of fault, and all cells of the matrix. */
import type { FaultKind } from '../fault.ts'
import type { Phase } from '../phase.ts'
import { BATCH } from './batch.ts'
import { DATA } from './data.ts'
import { ENGINE } from './engine.ts'
import { LISTING } from './listing.ts'
import { MEANING } from './meaning.ts'
import { TIME } from './time.ts'
import { TRANSPORT } from './transport.ts'

export const FAULTS: readonly FaultKind[] = [
  ...TRANSPORT,
  ...LISTING,
  ...TIME,
  ...DATA,
  ...MEANING,
  ...BATCH,
  ...ENGINE,
]

export interface Cell {
  readonly kind: FaultKind
  readonly phase: Phase
}
export const CELLS: readonly Cell[] = FAULTS.flatMap((kind) =>
  kind.phases.map((phase) => ({ kind, phase })),
)
