/** Looking after the state: a copy of it, and an end to personal data that nobody needs any more. */
import { resolve } from 'node:path'
import { backUp } from '../state/sql/backup.ts'
import type { Pruned } from '../state/retention.ts'
import type { App } from './app.ts'
import { resolveState, type StateAddress } from './config.ts'
import type { Config, Surroundings } from './config/settings.ts'

/** Answers where the copy lies; null: the state is no file, and its database has tools of its own. Throws StoreError. */
export async function backUpState(
  config: Config,
  copy: string,
  surroundings?: Surroundings,
): Promise<string | null> {
  const state: StateAddress = await resolveState(config, surroundings)
  if (state.kind !== 'sqlite' || state.path === ':memory:') return null
  const path = resolve(copy)
  backUp(state.path, path)
  return path
}

/** Removes the personal data of runs that ended before then, and keeps on record that it did. */
export async function pruneState(app: App, olderThanMs: number): Promise<Pruned> {
  const now = app.env.clock.now()
  const before = now - olderThanMs
  return app.store.transaction([], async (store) => {
    const pruned = await store.retention.prune({ before, now })
    await store.audit.add({
      at: now,
      who: app.env.owner,
      what: 'state pruned',
      run: null,
      data: { before, ...pruned },
    })
    return pruned
  })
}
