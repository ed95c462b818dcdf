/** How long personal data is kept. */
import type { RunId } from '../model/id.ts'

export interface Retention {
  /**
   * Removes the personal data of runs that ended before then: values of plans and journal, samples, closed cases. Never of a run that is open or can be
   * resumed, nor of one that such a run or a plan that has not expired works with.
   */
  prune(when: { readonly before: number; readonly now: number }): Promise<Pruned>
}
export interface Pruned {
  /** These wrote something and cannot be undone any more. */
  readonly runs: readonly RunId[]
  readonly plans: number
  /** Records of plans and journal. */
  readonly values: number
  readonly cases: number
}
