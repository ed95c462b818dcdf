/** Which quirks a server has, by the version it tells (README, "versions"). An unknown version gets the careful answer to each question. */

export interface Profile {
  /** As the header told it; null: not known yet, or the server tells none. */
  readonly version: string | null
  /** `Adaptix` or `Mautic`, by the header's name. */
  readonly product: string | null
  /** Whether a blank can be written at all (`overwriteWithBlank`, since 3.0). */
  readonly clears: boolean
  /** False: batch edits may land on other rows than the ids say (3.2.5 to 3.3.x), so contacts are edited one by one. */
  readonly batchEditIsSafe: boolean
  /** False: `dateModified` cannot be relied on to move with every update (6.0.x and later copies of its code). */
  readonly modifiedMoves: boolean
  /** False: a new contact has no `dateModified` until its first change. */
  readonly modifiedAtCreation: boolean
  /** False: a change of do-not-contact alone leaves `dateModified` as it is (since 5.2). */
  readonly dncMovesModified: boolean
  /** Whether `doNotContact` on create and edit is certain to be obeyed (since 3.0). */
  readonly dncInline: boolean
  /** False: characters beyond the basic plane end in a server error (MySQL utf8mb3, certain on 2.x). */
  readonly emoji: boolean
  /** Whether fields have `charLengthLimit`, with 64 as the default of new ones (since 5.1). */
  readonly charLengthLimit: boolean
  /** How long a count, and with it an empty list, may be answered from a cache (since 5.1). */
  readonly countCacheMs: number
  /** Whether `GET contacts/ID/events` still exists (2.x). */
  readonly hasEvents: boolean
}

const COUNT_CACHE_MS = 5_000

/** From the version and product name; `null` for what the server does not tell. */
export function profileOf(version: string | null, product: string | null): Profile {
  const at = parseVersion(version)
  const since = (major: number, minor = 0, patch = 0): boolean =>
    at !== null && compare(at, [major, minor, patch]) >= 0
  const isKnown = at !== null
  const isBelow = (major: number, minor = 0, patch = 0): boolean =>
    isKnown && !since(major, minor, patch)
  return {
    version,
    product,
    clears: !isBelow(3),
    batchEditIsSafe: isKnown && (isBelow(3, 2, 5) || since(4)),
    modifiedMoves: isBelow(6),
    modifiedAtCreation: since(6),
    dncMovesModified: isBelow(5, 2),
    dncInline: since(3),
    emoji: since(3),
    charLengthLimit: since(5, 1),
    countCacheMs: isBelow(5, 1) ? 0 : COUNT_CACHE_MS,
    hasEvents: isBelow(3, 3, 5),
  }
}

/** Reads the version headers, whose name depends on the brand: `Adaptix-Version`, `Mautic-Version`. null: neither is there. */
export function profileFromHeaders(headers: Readonly<Record<string, string>>): Profile | null {
  for (const [name, product] of VERSION_HEADERS) {
    const version = headers[name]?.trim()
    if (version) return profileOf(version, product)
  }
  return null
}
const VERSION_HEADERS = [
  ['adaptix-version', 'Adaptix'],
  ['mautic-version', 'Mautic'],
] as const

/** `4.4.13`, `5.2-dev`, `6.0.0-beta2`; null when there is no number to hold on to. */
function parseVersion(version: string | null): readonly [number, number, number] | null {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? '')
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
}

function compare(
  a: readonly [number, number, number],
  b: readonly [number, number, number],
): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}
