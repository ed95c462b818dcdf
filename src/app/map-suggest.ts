/** Proposes rules for the fields that do not map themselves, from both catalogues and a page of contacts of either side. */
import type { Page, Reader } from '../connector/connector.ts'
import type { MappingSide } from '../mapping/side.ts'
import { type Proposal, suggest } from '../mapping/suggest.ts'
import { normEmail } from '../model/email.ts'
import type { Fields } from '../model/field.ts'
import type { Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { App } from './app.ts'

export interface MapSuggestion {
  readonly read: Readonly<Record<Side, number>>
  /** People whose e-mail stands in both samples, or that the target was asked for. */
  readonly pairs: number
  readonly proposals: readonly Proposal[]
  /** A mapping file with the evidence as comments. */
  readonly yaml: string
}

export async function suggestMapping(
  app: App,
  sync: string,
  signal: AbortSignal,
): Promise<MapSuggestion> {
  const settings = await app.use(sync)
  const accounts = app.env.accounts(sync)
  const [from, to] = [accounts.reader('from'), accounts.reader('to')]
  const here = await sampleOf(from, settings.from, signal)
  const there = await sampleOf(to, settings.to, signal)
  const known = [...there.sample, ...(await counterparts(to, here.sample, there.sample, signal))]
  const pairs = pairsOf(here.sample, known)
  const { proposals, yaml } = suggest({
    from: here.side,
    to: there.side,
    sample: here.sample.map(({ fields }) => fields),
    pairs,
  })
  return {
    read: { from: here.sample.length, to: there.sample.length },
    pairs: pairs.length,
    proposals,
    yaml,
  }
}

interface Sample {
  readonly side: MappingSide
  readonly sample: readonly Sighting[]
}

/** The first page of contacts. */
async function sampleOf(reader: Reader, title: string, signal: AbortSignal): Promise<Sample> {
  const catalog = await reader.catalog(signal)
  const page: Page = await reader.scan(
    { stream: 'contacts', since: null, overlapMs: 0, position: null, fields: catalog.fields },
    signal,
  )
  return {
    side: { catalog, capabilities: reader.capabilities, rules: reader.rules, title },
    sample: page.rows.flatMap((row) => (row.kind === 'contact' ? [row.sighting] : [])),
  }
}

/** First pages need not show the same people: some of the others are asked for by e-mail. */
const ASKED_MAX = 200

async function counterparts(
  to: Reader,
  here: readonly Sighting[],
  there: readonly Sighting[],
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  if (!to.capabilities.find.includes('email')) return []
  const seen = new Set(there.map(emailOf))
  const wanted = [...new Set(here.map(emailOf))].filter((email) => email !== '' && !seen.has(email))
  const asked = wanted.slice(0, ASKED_MAX)
  const size = Math.max(1, to.capabilities.findMax)
  const found: Sighting[] = []
  for (let start = 0; start < asked.length; start += size) {
    const values = asked.slice(start, start + size)
    found.push(...(await to.find({ by: 'email', values }, signal)))
  }
  return found
}

/** An e-mail that two people of a side share says nothing about who is whom. */
function pairsOf(
  here: readonly Sighting[],
  there: readonly Sighting[],
): readonly { readonly from: Fields; readonly to: Fields }[] {
  const byEmail = Map.groupBy(there, emailOf)
  return [...Map.groupBy(here, emailOf)].flatMap(([email, [source, ...twins]]) => {
    const [target, ...others] = byEmail.get(email) ?? []
    if (email === '' || source === undefined || target === undefined) return []
    const isSure = twins.length === 0 && others.every(({ id }) => id === target.id)
    return isSure ? [{ from: source.fields, to: target.fields }] : []
  })
}

function emailOf({ fields }: Sighting): string {
  const email = fields['emails.1']
  return typeof email === 'string' ? normEmail(email) : ''
}
