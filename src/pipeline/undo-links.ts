/** Pairs whose written side went back to what it was: they agree on nothing any more, and the next plan shows how they differ. */
import type { RemoteId } from '../model/id.ts'
import type { Link } from '../state/links.ts'
import type { StateStore } from '../state/store.ts'
import type { Job } from './env.ts'

export async function parted(
  store: StateStore,
  { env, run }: Job,
  fromIds: readonly RemoteId[],
): Promise<readonly Link[]> {
  const links = await store.links.byFrom(run.sync, fromIds)
  const updatedAt = env.clock.now()
  return links.map((link) => ({
    ...link,
    fromBase: null,
    toBase: null,
    run: run.id,
    updatedAt,
  }))
}
