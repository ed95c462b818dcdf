/** Empties columns for which no one way is documented. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { Client } from './client.ts'
import type { Cell, Row } from './schema.ts'

/**
 * Empties dates and numbers, for which no one way is documented: an empty text first, then, for what is still there, the text "0" that
 * emptied a date in one report (quirk 14). Returns the columns that kept a value.
 */
export async function emptyColumns(
  client: Client,
  what: {
    readonly id: number
    readonly columns: readonly string[]
    isDate(column: string): boolean
  },
  signal: AbortSignal,
): Promise<readonly string[]> {
  let kept = what.columns
  for (const value of ['', '0']) {
    const columns = value === '' ? kept : kept.filter((column) => what.isDate(column))
    if (columns.length === 0) break
    const data = Object.fromEntries(
      columns.map((column): [string, Cell] => [column, { as: 'text', value }]),
    )
    try {
      await client.call('ContactService.update', { contactId: what.id, data }, { signal })
    } catch (error) {
      // Refused for its value: the other way may be taken.
      if (!(error instanceof ConnectorError) || error.kind !== 'invalid') throw error
    }
    const row = await client.call(
      'DataService.load',
      { table: 'Contact', recordId: what.id, wantedFields: kept },
      { signal },
    )
    kept = kept.filter((column) => isFilled(row[column]))
  }
  return kept
}

function isFilled(value: Row[string] | undefined): boolean {
  return value !== undefined && value !== ''
}
