/** The table of scenarios, by family. */
import type { Scenario } from './scenario.ts'
import { BOTH } from './scenarios-both.ts'
import { CHANGES } from './scenarios-changes.ts'
import { FIRST } from './scenarios-first.ts'
import { PLATFORMS } from './scenarios-platforms.ts'
import { RECORDS } from './scenarios-records.ts'
import { TROUBLE } from './scenarios-trouble.ts'

export const FAMILIES: Readonly<Record<string, readonly Scenario[]>> = {
  first: FIRST,
  changes: CHANGES,
  trouble: TROUBLE,
  platforms: PLATFORMS,
  both: BOTH,
  records: RECORDS,
}
