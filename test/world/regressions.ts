/** Seeds that once broke a promise, each with what it was. They are played with every test run. */

export interface Regression {
  readonly seed: number
  /** It failed when worlds were all dealt the same. */
  readonly isPlain?: true
  /** How many cells the matrix of faults had when it failed. */
  readonly cells?: number
  /** What the engine did wrong. */
  readonly was: string
}

export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 30,
    isPlain: true,
    was: 'a counterpart was merged into that of another contact, and the values of one were written over those of the other (I10)',
  },
  {
    seed: 41,
    isPlain: true,
    was: 'two people swapped their addresses, the target refused both, and every run tried again without telling anybody (I10, I11)',
  },
  {
    seed: 65,
    isPlain: true,
    was: 'the same, and the other fields of the two were never written nor reported either (I10)',
  },
  {
    seed: 59,
    isPlain: true,
    was: 'the target kept the first reason of an opt-out, and every run wrote the stricter one again (I11)',
  },
  {
    seed: 132,
    isPlain: true,
    was: 'an empty first page of opt-outs was believed, and everybody in it was contactable (I27)',
  },
  {
    seed: 77,
    isPlain: true,
    was: 'it broke a promise before opt-outs were asked for twice, and none since; why is not known',
  },
  {
    seed: 115,
    isPlain: true,
    was: 'a process that stood still right after it had taken its run worked it to the end although another one had taken it over (I16)',
  },
  {
    seed: 149,
    cells: 308,
    was: 'two people got one new address in one batch, and the target merged them into one for good (I6)',
  },
  {
    seed: 72,
    cells: 308,
    was: 'tags were taken off again after an incremental run, because a server that caps its pages had shown only some of them (I5)',
  },
  {
    seed: 316,
    cells: 308,
    was: 'the address of somebody whose old one had bounced became one that never consented, and the bounce was taken for an opt-out of it (I10)',
  },
  {
    seed: 3125,
    cells: 308,
    was: 'nothing: people who had no address any more were opted out, and the oracle did not know whose address that concerned at the target (I27)',
  },
  {
    seed: 6637,
    was: 'in a two-way sync a tag that somebody put on a new contact before it was read back counted as agreed on, and never travelled (I10)',
  },
  {
    seed: 835,
    was: 'more pairs were overwritten than were linked before, 104 percent, and the guard could not be lifted to let that through (I10)',
  },
  {
    seed: 1506,
    was: 'in a two-way sync somebody gave a contact of the target an address that was opted out at the source, and it was tagged before that was seen (I27)',
  },
  {
    seed: 774,
    was: 'a tag of the target whose name two tags of the source share was put on as one of them, and came back under a third name (I5)',
  },
  {
    seed: 1060,
    was: 'the same, where the target keeps every tag it was ever given (I10)',
  },
]
