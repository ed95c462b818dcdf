/** Which contact has which e-mail. */
import type { RemoteId, Side } from '../model/id.ts'

/**
 * Which contact of a side has which key (an e-mail, by keyed hash), as of the last reading: finds twins of a changed contact, and the contact that an
 * opt-out is about, without reading the whole account again. May be behind: what it says is looked up before it counts.
 */
export interface Directory {
  clear(sync: string, side: Side): Promise<void>
  /** Replaces what was known of these contacts. */
  put(
    sync: string,
    side: Side,
    entries: readonly { readonly contact: RemoteId; readonly hashes: readonly string[] }[],
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    hashes: readonly string[],
  ): Promise<readonly { readonly hash: string; readonly contact: RemoteId }[]>
}
