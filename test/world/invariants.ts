/** The promises of the design, each with where this simulation holds them against the engine, or why it does not yet. */

export interface Invariant {
  readonly promise: string
  /** The file that asserts it, or null with the reason in `not`. */
  readonly assertedIn: string | null
  readonly not?: string
}

export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  I1: { promise: 'a record alive during a complete scan is seen', assertedIn: 'oracle.ts' },
  I2: { promise: 'watermarks never fall but by a whole reading', assertedIn: 'checks.ts' },
  I3: { promise: 'at most one live record per intent to create', assertedIn: 'oracle.ts' },
  I4: { promise: 'live links are one-to-one', assertedIn: 'checks.ts' },
  I5: {
    promise: 'every edit of a person reaches the other side or is set aside',
    assertedIn: 'oracle.ts',
  },
  I6: { promise: 'nothing vanishes that people did not remove', assertedIn: 'checks.ts' },
  I7: {
    promise: 'caps on removals hold',
    assertedIn: null,
    not: 'a sync removes nobody yet; I6 holds it to that, and an undo has its own tests',
  },
  I8: { promise: 'nothing is written against the direction', assertedIn: 'watch.ts' },
  I9: { promise: 'a dry run sends nothing that changes', assertedIn: 'watch.ts' },
  I10: { promise: 'once all is quiet both sides agree within a few runs', assertedIn: 'quiet.ts' },
  I11: { promise: 'then the next plan is empty', assertedIn: 'quiet.ts' },
  I12: { promise: 'a crash anywhere ends in the same state as none', assertedIn: 'oracle.ts' },
  I13: { promise: 'what is delivered twice or late changes nothing', assertedIn: 'runs.ts' },
  I14: { promise: 'the journal stands before the write', assertedIn: 'checks.ts' },
  I15: {
    promise: 'undo restores what a run wrote',
    assertedIn: null,
    not: 'an undo is worth looking at right after its run; its own tests do so',
  },
  I16: { promise: 'nothing is written by who was overtaken', assertedIn: 'watch.ts' },
  I17: { promise: 'the books balance', assertedIn: 'checks.ts' },
  I18: {
    promise: 'a hold leaves only by decision or equality',
    assertedIn: null,
    not: 'holds that ask about one field come with two-way syncs; those about a whole record end when the record changes',
  },
  I19: {
    promise: 'a normal form is its own normal form',
    assertedIn: null,
    not: 'a property of pure functions, tested where they are',
  },
  I20: { promise: 'a field that is not sent is not emptied', assertedIn: 'checks.ts' },
  I21: { promise: 'the same seed gives the same world', assertedIn: 'world.test.ts' },
  I22: { promise: 'one bad record neither stops nor delays the others', assertedIn: 'oracle.ts' },
  I23: { promise: 'every loop makes progress', assertedIn: 'runs.ts' },
  I24: { promise: 'nothing is sent before Retry-After is over', assertedIn: 'watch.ts' },
  I25: {
    promise: 'a create without an answer is looked for before it goes again',
    assertedIn: 'watch.ts',
  },
  I26: { promise: 'a merge at the target makes no second record', assertedIn: 'oracle.ts' },
  I27: { promise: 'consent never widens', assertedIn: 'checks.ts' },
}
