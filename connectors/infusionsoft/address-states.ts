/** The opt states of one person's addresses, asked for by themselves. */
import type { Consent } from '../../src/model/consent.ts'
import { normEmail } from '../../src/model/email.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import type { Client } from './client.ts'
import { consentOf } from './consents.ts'
import type { Row } from './schema.ts'

/** A request for each address. null: one of them cannot be asked about. Throws ConnectorError. */
export async function statesOf(
  client: Client,
  sighting: Sighting,
  signal: AbortSignal,
): Promise<readonly Consent[] | null> {
  const told = await Promise.all(
    addressesOf(sighting).map((address) => stateOf(client, address, signal)),
  )
  return told.includes(null) ? null : told.flatMap((consents) => consents ?? [])
}

export function addressesOf({ fields }: Sighting): readonly string[] {
  return ['emails.1', 'emails.2', 'emails.3'].flatMap((path) => {
    const address = fields[path]
    return typeof address === 'string' && address.trim() !== '' ? [address.trim()] : []
  })
}

/** Equality is checked here: the server's own comparison ignores case and accents, and knows wildcards (quirk 17). */
async function stateOf(
  client: Client,
  address: string,
  signal: AbortSignal,
): Promise<readonly Consent[] | null> {
  // The server would take it for a condition.
  if (/[%~]/.test(address)) return null
  const ask = () =>
    client.call(
      'DataService.query',
      {
        table: 'EmailAddStatus',
        limit: ROWS_OF_ONE,
        page: 0,
        queryData: { Email: address },
        selectedFields: ['Email', 'Type'],
      },
      { signal },
    )
  const first = await ask()
  // Taken for the truth, one wrong answer would have somebody written to who said no.
  const rows = first.length === 0 ? await ask() : first
  const own = rows.filter(
    (row: Row) => normEmail(String(row['Email'] ?? '')) === normEmail(address),
  )
  if (own.length === 0 && rows.length === ROWS_OF_ONE) return null
  return own.map((row: Row) => consentOf(address, String(row['Type'] ?? '')))
}
const ROWS_OF_ONE = 10
