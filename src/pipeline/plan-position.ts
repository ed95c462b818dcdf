/** How far planning is: kept between two pieces of the step. */
import type { Side } from '../model/id.ts'
import type { AbsentPosition } from './absent.ts'
import type { CompaniesPosition } from './companies.ts'
import type { Drafted } from './decisions.ts'
import type { NotesPosition } from './notes/work.ts'
import type { StartsPosition } from './starts.ts'

export interface PlanPosition extends Drafted {
  /** Whose contacts are worked through. */
  readonly side: Side
  /** Last staged contact of that side that is decided. */
  readonly afterSeq: number
  /** Contacts of the source, and those of the target that were decided by themselves. */
  readonly read: number
  readonly back: number
  /** Of both, those that are deleted: deletions are no records of a plan. */
  readonly departed: number
  readonly absent: AbsentPosition
  readonly starts: StartsPosition
  readonly notes: NotesPosition
  readonly companies: CompaniesPosition
}
