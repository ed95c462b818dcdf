/** Writes over a row that is not a contact's. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Client } from './client.ts'
import type { Cells } from './schema.ts'

/** Throws ConnectorError `gone` also where the service answers nothing instead of a fault: some do for a row that is not there. */
export async function updateRow(
  client: Client,
  row: { readonly table: 'Company' | 'ContactAction'; readonly id: number; readonly values: Cells },
  signal: AbortSignal,
): Promise<void> {
  if ((await client.call('DataService.update', row, { signal })) === 0)
    throw new ConnectorError('gone', `there is no ${row.table} ${row.id}`)
}
