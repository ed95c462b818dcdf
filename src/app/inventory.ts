/** What an account holds that no sync moves, with counts. */
import type { InventoryItem } from '../connector/connector.ts'
import type { App } from './app.ts'

/** What there is most of first; what cannot be counted last. */
export async function inventoryOf(
  app: App,
  connection: string,
  signal: AbortSignal,
): Promise<readonly InventoryItem[]> {
  const reader = await app.reader(connection)
  const items = await reader.inventory(signal)
  return items.toSorted(
    (a, b) => (b.count ?? -1) - (a.count ?? -1) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
}
