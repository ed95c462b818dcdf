/** Seeds that once broke a promise, each with what it was. They are played with every test run. */

export interface Regression {
  readonly seed: number
  /** What the engine did wrong. */
  readonly was: string
}

export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 30,
    was: 'a counterpart was merged into that of another contact, and the values of one were written over those of the other (I10)',
  },
  {
    seed: 41,
    was: 'two people swapped their addresses, the target refused both, and every run tried again without telling anybody (I10, I11)',
  },
  {
    seed: 65,
    was: 'the same, and the other fields of the two were never written nor reported either (I10)',
  },
  {
    seed: 59,
    was: 'the target kept the first reason of an opt-out, and every run wrote the stricter one again (I11)',
  },
]
