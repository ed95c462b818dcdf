/** How the ops of one plan ended: every record read is in exactly one of these sums. */
export interface Books {
  readonly plan: string
  /** Records read at the source. */
  readonly read: number
  readonly applied: number
  readonly drifted: number
  readonly rejected: number
  readonly unknown: number
  readonly held: number
  readonly unchanged: number
  readonly excluded: number
  /** Records that an earlier plan of the same run had counted too, by how they had ended there. */
  readonly again: Readonly<
    Record<'applied' | 'drifted' | 'rejected' | 'unknown' | 'held' | 'excluded', number>
  >
  /** planned = applied + drifted + rejected + unknown + held, and everything read is somewhere. */
  readonly balanced: boolean
}
