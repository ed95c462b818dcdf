/** What an account has on record about one person's consent, from whichever stream tells it. */
import type { Reader } from '../connector/connector.ts'
import type { Consent } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import type { Sighting } from '../model/sighting.ts'

export interface ConsentReading {
  readonly consents: readonly Consent[]
  /** False: the stream that tells them is longer than what was read of it. */
  readonly isComplete: boolean
}

/** Pages of a consent stream read for one person. */
const PAGES_MAX = 50

export async function consentsOf(
  reader: Reader,
  sighting: Sighting,
  signal: AbortSignal,
): Promise<ConsentReading> {
  if (sighting.consents !== undefined) return { consents: sighting.consents, isComplete: true }
  if (reader.capabilities.streams.consents === undefined) return { consents: [], isComplete: false }
  const own = new Set(addressesOf(sighting))
  const consents: Consent[] = []
  let position: string | null = null
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const request = { stream: 'consents', since: null, overlapMs: 0, position, fields: [] } as const
    const page = await reader.scan(request, signal)
    for (const row of page.rows) {
      if (row.kind !== 'consent') continue
      const isOwn = row.contact === sighting.id || own.has(normEmail(row.consent.address ?? ''))
      if (isOwn) consents.push(row.consent)
    }
    if (page.next === null) return { consents, isComplete: true }
    position = page.next
  }
  return { consents, isComplete: false }
}

function addressesOf({ fields }: Sighting): readonly string[] {
  return Object.entries(fields).flatMap(([path, value]) =>
    path.startsWith('emails.') && typeof value === 'string' && value !== ''
      ? [normEmail(value)]
      : [],
  )
}
