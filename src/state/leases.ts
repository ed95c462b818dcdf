/** Leases: who works on what, so that nothing is written under an old one. */

export interface Fence {
  readonly scope: string
  readonly epoch: number
}
export interface Leases {
  /**
   * Takes a scope that is free, lapsed, already this owner's, or whose holder `mayTakeOver` says is dead. Each taking by a new owner raises
   * the epoch; the same owner keeps it.
   */
  acquire(request: {
    readonly scope: string
    readonly owner: string
    readonly now: number
    readonly expiresAt: number
    readonly mayTakeOver: (holder: string) => boolean
  }): Promise<
    | { readonly kind: 'held'; readonly fence: Fence }
    | { readonly kind: 'busy'; readonly holder: string; readonly expiresAt: number }
  >
  /** False: lost. */
  renew(fence: Fence, expiresAt: number): Promise<boolean>
  release(fence: Fence): Promise<void>
  list(): Promise<
    readonly {
      readonly scope: string
      readonly owner: string
      readonly epoch: number
      readonly expiresAt: number
    }[]
  >
}
