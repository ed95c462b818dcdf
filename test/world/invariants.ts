/** The promises of the design, each with the file of this simulation that holds the engine to it, and how. `docs/architecture.md` shows them to people. */

export interface Invariant {
  readonly promise: string
  /** Beside this one; says the invariant's name where it asserts it, or that of `as`. */
  readonly assertedIn: string
  /** Told under this name: the assertion is one and the same. */
  readonly as?: string
  readonly how: string
}

export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  I1: {
    promise: 'a record alive and unchanged during a complete scan is seen',
    assertedIn: 'oracle.ts',
    how: 'once all is quiet, everybody at the source is at the target or told as set aside',
  },
  I2: {
    promise: 'watermarks never fall but by a whole reading, and never pass remote time',
    assertedIn: 'checks.ts',
    how: 'watermarks before and after each run, against the clock of that account',
  },
  I3: {
    promise: 'at most one live record per intent to create',
    assertedIn: 'oracle.ts',
    how: 'nobody at the target is made by the engine and linked to nobody, or there twice',
  },
  I4: {
    promise: 'live links are one-to-one',
    assertedIn: 'checks.ts',
    how: 'all links after each run',
  },
  I5: {
    promise: 'every edit of a person survives, reaches the other side or is set aside',
    assertedIn: 'oracle.ts',
    how: 'both accounts field by field, what was typed at the target excepted',
  },
  I6: {
    promise: 'who is removed was absent twice, asked for by id, and in an approved plan',
    assertedIn: 'checks.ts',
    how: 'everybody who vanished from the target during a run, against the truth of the source',
  },
  I7: {
    promise: 'caps on removals hold, and an empty listing deletes nobody',
    assertedIn: 'removals.ts',
    how: 'how many each run parted from, in worlds that delete; I6 for lists that come empty',
  },
  I8: {
    promise: 'nothing is written against the direction or outside the mapped fields',
    assertedIn: 'watch.ts',
    how: 'each request to the source where it is not to be written; I20 and I15 for the target',
  },
  I9: {
    promise: 'a dry run sends nothing that changes',
    assertedIn: 'watch.ts',
    how: 'each request of a process that may not write',
  },
  I10: {
    promise: 'once all is quiet both sides agree within a few runs',
    assertedIn: 'quiet.ts',
    how: 'faults and people stop, syncs follow, both accounts are compared',
  },
  I11: {
    promise: 'then the next plan is empty',
    assertedIn: 'quiet.ts',
    how: 'a plan over both accounts read whole, at the end of each seed',
  },
  I12: {
    promise: 'a crash anywhere, once or twice, ends in the same state as none',
    assertedIn: 'quiet.ts',
    as: 'I10',
    how: 'the same comparison after crashes at any commit and send; `npm run simulate:crashes` goes through all of them, and through those of recoveries',
  },
  I13: {
    promise: 'what is delivered twice or late changes nothing',
    assertedIn: 'runs.ts',
    how: 'tickets kept back are given again after the run, and must find nothing to do',
  },
  I14: {
    promise: 'the journal stands before the write',
    assertedIn: 'checks.ts',
    how: 'everything that was sent, after each run',
  },
  I15: {
    promise: 'apply then undo restores the target exactly, and keeps what people edited since',
    assertedIn: 'undoing.ts',
    how: 'a run, an edit by a person and an undo at the end of every fourth seed',
  },
  I16: {
    promise: 'nothing is written under an old epoch',
    assertedIn: 'watch.ts',
    how: 'each write of a process that stood still until another one took over',
  },
  I17: {
    promise: 'planned = applied + drifted + rejected + unknown + held',
    assertedIn: 'checks.ts',
    how: 'the books of each run',
  },
  I18: {
    promise: 'a question leaves only by decision or equality',
    assertedIn: 'questions.ts',
    how: 'each open question before and after a run, with all records that bear on it',
  },
  I19: {
    promise: 'a normal form is its own normal form',
    assertedIn: 'normal-forms.ts',
    how: 'every value of both accounts at the end of each seed, as text and as one other type',
  },
  I20: {
    promise: 'a field that is not sent is not emptied',
    assertedIn: 'checks.ts',
    how: 'every field at the target before and after each run',
  },
  I21: {
    promise: 'plans are deterministic',
    assertedIn: 'world.test.ts',
    how: 'a seed played twice ends in the same accounts and as many requests',
  },
  I22: {
    promise: 'one bad record neither stops nor delays the others, and is not forgotten',
    assertedIn: 'quiet.ts',
    as: 'I10',
    how: 'who is refused each time waits among the rejects, and everybody else has arrived',
  },
  I23: {
    promise: 'every loop makes progress',
    assertedIn: 'runs.ts',
    how: 'a run ends within so many tickets, and no round of them is idle for long',
  },
  I24: {
    promise: 'nothing is sent before Retry-After is over',
    assertedIn: 'watch.ts',
    how: 'the time of each request, by process and account',
  },
  I25: {
    promise: 'what is not known to have happened is looked for before it is sent again',
    assertedIn: 'watch.ts',
    how: 'each request that creates somebody, from the one whose answer was lost to the next',
  },
  I26: {
    promise: 'a merged id causes no delete and no create',
    assertedIn: 'oracle.ts',
    as: 'I3',
    how: 'after merges on either side, as I3 and I6',
  },
  I27: {
    promise: 'consent never widens unless a person decided so',
    assertedIn: 'checks.ts',
    how: 'opt-outs at the target before and after each run, and the breaches its simulator counts',
  },
}
