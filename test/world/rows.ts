/** Lists as the platforms write them, taken apart into rows and put together again: for pages that lie. */
import type { SimulatedRequest, SimulatedResponse } from '../../src/connector/simulator.ts'

const LISTS: Readonly<Record<string, (request: SimulatedRequest) => boolean>> = {
  infusionsoft: ({ body }) =>
    /<methodName>DataService\.query</.test(body) &&
    />(Contact|ContactGroupAssign|EmailAddStatus)</.test(body),
  adaptix: ({ method, url }) => method === 'GET' && /^\/api\/contacts(\?|$)/.test(url),
  'xml-spec': ({ body }) => /%3CGetContactsRequest|<GetContactsRequest/.test(body),
}

export function isListing(platform: string, request: SimulatedRequest): boolean {
  return LISTS[platform]?.(request) ?? false
}

/** Rows of an answer, changed. Null: there is nothing in it that looks like rows. */
export function withRows(
  platform: string,
  response: SimulatedResponse,
  change: (rows: readonly string[]) => readonly string[],
): SimulatedResponse | null {
  if (response.status >= 300) return null
  return platform === 'adaptix' ? inJson(response, change) : inMarkup(platform, response, change)
}

const ROW: Readonly<Record<string, RegExp>> = {
  infusionsoft: /<value><struct>[\s\S]*?<\/struct><\/value>/g,
  'xml-spec': /<Contact\b[^>]*>[\s\S]*?<\/Contact>/g,
}

function inMarkup(
  platform: string,
  response: SimulatedResponse,
  change: (rows: readonly string[]) => readonly string[],
): SimulatedResponse | null {
  const pattern = ROW[platform]
  const rows = pattern === undefined ? [] : (response.body.match(pattern) ?? [])
  const first = rows[0]
  const last = rows.at(-1)
  if (pattern === undefined || first === undefined || last === undefined) return null
  const start = response.body.indexOf(first)
  const end = response.body.lastIndexOf(last) + last.length
  const body = response.body.slice(0, start) + change(rows).join('') + response.body.slice(end)
  return { ...response, body }
}

function inJson(
  response: SimulatedResponse,
  change: (rows: readonly string[]) => readonly string[],
): SimulatedResponse | null {
  let whole: Record<string, unknown>
  try {
    whole = JSON.parse(response.body) as Record<string, unknown>
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const contacts = whole['contacts']
  if (contacts === null || typeof contacts !== 'object') return null
  const rows = Object.entries(contacts).map((entry) => JSON.stringify(entry))
  if (rows.length === 0) return null
  const changed = change(rows).map((row) => JSON.parse(row) as [string, unknown])
  // A key in front of numbers would be moved by the parser: the text is made by hand.
  const text = Array.isArray(contacts)
    ? JSON.stringify(changed.map(([, contact]) => contact))
    : `{${changed.map(([id, contact]) => `${JSON.stringify(id)}:${JSON.stringify(contact)}`).join(',')}}`
  const others = Object.entries(whole).map(([key, value]) =>
    key === 'contacts' ? `"contacts":${text}` : `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  )
  return { ...response, body: `{${others.join(',')}}` }
}
