/** Which mapping a sync uses when it names none. */

/** Names of mapping files to look for, the best first; the last works for any two platforms. `from` and `to`: names of platforms. */
export function defaultNames(from: string, to: string): readonly string[] {
  return [`${from}-to-${to}`, `any-to-${to}`, 'generic']
}
