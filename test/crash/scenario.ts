/** A scenario: two accounts, what happened before, and the command that is cut off at every place where something lasts. */
import type { Fault } from '../../src/simulation/faults.ts'
import type { AccountSpec } from './account.ts'
import type { FileSpec } from './files.ts'
import type { Command, World } from './world.ts'

export interface Scenario {
  readonly name: string
  readonly from: AccountSpec | FileSpec
  readonly to: AccountSpec | FileSpec
  readonly sync?: string
  /** What happened before the command: people, earlier runs, edits. Nothing of it is cut off. */
  before?(world: World): void | Promise<void>
  readonly command: Command
  /** The fate of the first, second … request of the command that would change something at the target. */
  readonly faults?: readonly (Fault | null)[]
  /** Reading and planning are cut off at every commit too, not at one in several. */
  readonly isWhole?: boolean
  /** The recovery is cut off as well, at every place of its own. */
  readonly isDouble?: boolean
  /** The command writes next to nothing: without asking for all there may be no place. */
  readonly isQuiet?: boolean
  /** Given again after it was done, the command reads what it wrote itself: bases and cursors are another run's then, and not compared. */
  readonly isRestless?: boolean
  /** What must be true in the end, beside that it is the same as without a crash. */
  expect?(world: World): void
}
