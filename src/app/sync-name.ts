/** The name of a sync behind a command that also takes none: a slip of the pen must not pass for an empty answer. */
import { nearest } from '../mapping/nearest.ts'
import type { Config } from './config/settings.ts'

/** `commands`: what else may have been meant, where a list is what happens without a subcommand. null: it is a sync. */
export function strangeSync(
  { syncs }: Config,
  sync: string,
  commands: readonly string[] = [],
): { readonly message: string; readonly hint: string } | null {
  if (syncs[sync] !== undefined) return null
  const known = Object.keys(syncs)
  const meant = nearest(sync, [...known, ...commands])
  return {
    message: `there is no sync "${sync}"${commands.length === 0 ? '' : ', and no such command'}`,
    hint:
      meant === null ? `Known syncs: ${known.join(', ') || 'none'}.` : `Did you mean "${meant}"?`,
  }
}
