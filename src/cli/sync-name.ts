/** Refuses the name of a sync that is none. */
import type { App } from '../app/app.ts'
import { strangeSync } from '../app/sync-name.ts'
import { UsageError } from './exit.ts'

/** `commands`: what else may have been meant. Throws UsageError. */
export function refuseStrangeSync(
  { config }: App,
  sync: string | undefined,
  commands: readonly string[] = [],
): void {
  const stranger = sync === undefined ? null : strangeSync(config, sync, commands)
  if (stranger !== null) throw new UsageError(stranger.message, stranger.hint)
}
