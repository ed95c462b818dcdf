/** How many updates one slice of a plan holds: as many as are looked at together, which may be many batches. */
import type { Capabilities } from '../connector/capabilities.ts'

/** Of an account that takes one contact a call, so many take less than two minutes at the slowest permitted rate. */
const UPDATES_MAX = 200

export function updatesPerSlice({ update, fetchMax }: Capabilities): number {
  const batch = update === false ? 1 : update.batchMax
  return Math.max(1, batch, Math.min(fetchMax, UPDATES_MAX))
}
