/** Which mapping a sync uses when it names none. */
import type { Mapping } from './mapping.ts'
import { readMapping } from './parse.ts'

/** Works for any two platforms. */
export const GENERIC_NAME = 'generic'

/** Names of mapping files to look for, the best first. `from` and `to`: names of platforms. */
export function defaultNames(from: string, to: string): readonly string[] {
  return [`${from}-to-${to}`, GENERIC_NAME]
}

/** Everything as a careful person would expect it of "move everything", with no file at all. */
export function genericMapping(): Mapping {
  const { value } = readMapping({}, GENERIC_NAME)
  if (value === null) throw new Error('the empty mapping must be valid')
  return value
}
