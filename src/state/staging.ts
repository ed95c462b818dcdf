/** What the scans of one run read. */
import type { Consent } from '../model/consent.ts'
import type { RemoteId, RunId, Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'

export interface StagedContact {
  readonly sighting: Sighting
  /** What can find it when matching: kind `email`, `marker`, `phone-name`; several per kind allowed. */
  readonly keys: readonly { readonly kind: string; readonly key: string }[]
  /** Hashes of all of its addresses, for the directory. */
  readonly addresses: readonly string[]
}
export interface StagedSighting {
  /** Order of arrival, for reading on. */
  readonly seq: number
  /** Joined: the contact with its tags, groups and consents from whatever stream told them. */
  readonly sighting: Sighting
}
export interface Staging {
  /** A contact seen again replaces the earlier reading (it keeps its seq). Answers how many ids were new. */
  addContacts(run: RunId, side: Side, contacts: readonly StagedContact[]): Promise<number>
  /** Tag or group memberships told by their own stream. Seen twice is one. */
  addMembers(
    run: RunId,
    side: Side,
    kind: 'tag' | 'group',
    members: readonly { readonly contact: RemoteId; readonly key: string }[],
  ): Promise<void>
  /** `owner`: `contact:<id>` or `address:<normal form>`. */
  addConsents(
    run: RunId,
    side: Side,
    consents: readonly { readonly owner: string; readonly consent: Consent }[],
  ): Promise<void>
  /** Says that a stream was read completely in this run, so that joined sightings may say "none" (an empty list) instead of "not told". */
  markRead(run: RunId, side: Side, kind: 'tag' | 'group' | 'consent'): Promise<void>
  after(run: RunId, side: Side, seq: number, limit: number): Promise<readonly StagedSighting[]>
  /** Contacts, as their own pages showed them, that an earlier version staged without their addresses. */
  unaddressed(run: RunId, side: Side, limit: number): Promise<readonly Sighting[]>
  /** Adds the addresses that were missing. */
  address(
    run: RunId,
    side: Side,
    contacts: readonly { readonly id: RemoteId; readonly addresses: readonly string[] }[],
  ): Promise<void>
  byIds(run: RunId, side: Side, ids: readonly RemoteId[]): Promise<readonly Sighting[]>
  /** Readings by id that do not tell consent, with what the consent stream told of them; in the same order. */
  withConsents(run: RunId, side: Side, sightings: readonly Sighting[]): Promise<readonly Sighting[]>
  byKeys(
    run: RunId,
    side: Side,
    kind: string,
    keys: readonly string[],
  ): Promise<readonly { readonly key: string; readonly id: RemoteId }[]>
  /** What a consent stream has told of each of these contacts, read completely or not; in the order of the contacts. */
  consentsAbout(
    run: RunId,
    side: Side,
    sightings: readonly Sighting[],
  ): Promise<readonly (readonly Consent[])[]>
  /** What a consent stream told, in order of owner; `after` is the last owner seen. An owner's consents never stand on two pages. */
  consentsAfter(
    run: RunId,
    side: Side,
    after: string,
    limit: number,
  ): Promise<readonly { readonly owner: string; readonly consent: Consent }[]>
  contactIds(run: RunId, side: Side): Promise<readonly RemoteId[]>
  /** Contacts that a membership row names, staged or not. */
  memberIds(run: RunId, side: Side): Promise<readonly RemoteId[]>
  count(run: RunId, side: Side): Promise<number>
  /** Forgets everything staged for a run (one side, or both). */
  clear(run: RunId, side: Side | null): Promise<void>
}
