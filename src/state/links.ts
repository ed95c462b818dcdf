/** Who is whom, and what both sides showed when they last agreed. */
import type { RemoteId, RunId, Side } from '../model/id.ts'

export interface Link {
  readonly sync: string
  readonly fromId: RemoteId
  readonly toId: RemoteId
  /** Packed keyed hashes of what each side showed when both last agreed (see plan/base.ts); null: never agreed. */
  readonly fromBase: string | null
  readonly toBase: string | null
  /** How it came to be: `created`, `email`, `marker`, `import` …; for people. */
  readonly origin: string
  readonly run: RunId
  readonly updatedAt: number
}
export interface Links {
  byFrom(sync: string, ids: readonly RemoteId[]): Promise<readonly Link[]>
  byTo(sync: string, ids: readonly RemoteId[]): Promise<readonly Link[]>
  /** What one side of these, named by its ids, showed when both last agreed. */
  basesOf(
    sync: string,
    side: Side,
    ids: readonly RemoteId[],
  ): Promise<
    readonly { readonly id: RemoteId; readonly fromId: RemoteId; readonly base: string | null }[]
  >
  /**
   * Inserts or updates (by from id). One-to-one among live links by constraint: a to id that is another link's already
   * is not written and answered.
   */
  save(
    links: readonly Link[],
  ): Promise<readonly { readonly fromId: RemoteId; readonly toId: RemoteId }[]>
  /** What one side of links showed since; the other side's is not touched, so that both can be read back at once. */
  saw(
    sync: string,
    side: Side,
    bases: readonly { readonly fromId: RemoteId; readonly base: string }[],
  ): Promise<void>
  /** Ends links; kept as dead for explanations. */
  end(sync: string, fromIds: readonly RemoteId[], why: string): Promise<void>
  count(sync: string): Promise<number>
  /** Live ones by ascending from id as text; `after: null` from the start. */
  page(sync: string, after: RemoteId | null, limit: number): Promise<readonly Link[]>
}
