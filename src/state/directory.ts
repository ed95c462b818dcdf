/** Which contact has which e-mail. */
import type { RemoteId, RunId, Side } from '../model/id.ts'

/**
 * Which contact of a side has which key (an e-mail, by keyed hash), as of the last reading: finds twins of a changed contact, and the contact that an
 * opt-out is about, without reading the whole account again. May be behind: what it says is looked up before it counts.
 */
export interface Directory {
  /** Takes over the addresses of what the run staged: in the place of the whole side where it was read in full, else of the contacts that were read. */
  enter(
    sync: string,
    read: { readonly run: RunId; readonly side: Side; readonly isFull: boolean },
  ): Promise<void>
  among(
    sync: string,
    side: Side,
    hashes: readonly string[],
  ): Promise<readonly { readonly hash: string; readonly contact: RemoteId }[]>
}
