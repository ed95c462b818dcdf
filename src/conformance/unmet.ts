/** Ends a probe early: the platform did not do what all that follows rests on. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
  readonly claimed: string
  readonly seen: string
  constructor(claimed: string, seen: string) {
    super(`${claimed}: ${seen}`)
    this.claimed = claimed
    this.seen = seen
  }
}
