/** Contacts that are not to come back by themselves. */
import type { RemoteId, Side } from '../model/id.ts'

/**
 * `removed` it was taken away on purpose: when it is seen again, a person is asked · `parted` its counterpart is no more, and that was dealt with:
 * it stays as it is and is not created anew over there · `unsure` it was to be created over there, and nobody can tell whether it was.
 */
export type TombstoneKind = 'removed' | 'parted' | 'unsure'

export interface Tombstones {
  add(
    sync: string,
    entries: readonly {
      readonly side: Side
      readonly id: RemoteId
      readonly why: string
      readonly at: number
      readonly kind: TombstoneKind
    }[],
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
  ): Promise<
    readonly { readonly id: RemoteId; readonly why: string; readonly kind: TombstoneKind }[]
  >
  /** Answers how many there were. */
  remove(sync: string, side: Side, ids: readonly RemoteId[]): Promise<number>
}
