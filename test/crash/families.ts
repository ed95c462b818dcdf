/** The table of scenarios, by family. */
import type { Scenario } from './scenario.ts'
import { BATCHES } from './scenarios-batches.ts'
import { BOTH } from './scenarios-both.ts'
import { CHANGES } from './scenarios-changes.ts'
import { FIRST } from './scenarios-first.ts'
import { PLATFORMS } from './scenarios-platforms.ts'
import { RECORDS } from './scenarios-records.ts'
import { RULINGS } from './scenarios-rulings.ts'
import { TROUBLE } from './scenarios-trouble.ts'
import { UNDO } from './scenarios-undo.ts'

export const FAMILIES: Readonly<Record<string, readonly Scenario[]>> = {
  first: FIRST,
  changes: CHANGES,
  trouble: TROUBLE,
  platforms: PLATFORMS,
  both: BOTH,
  records: RECORDS,
  batches: BATCHES,
  rulings: RULINGS,
  undo: UNDO,
}
