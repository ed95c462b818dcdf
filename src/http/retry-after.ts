/** How long a server asks us to keep quiet, read from its headers. Always against the server's own Date, never against our clock. */

export interface Answered {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The server's Date header in epoch milliseconds; null: it told none. */
  readonly dateMs: number | null
  /** Our time of receipt, epoch milliseconds; stands in where the server told no date. */
  readonly nowMs: number
}

/**
 * For a refusal (429): milliseconds from now by Retry-After, else by a told reset of a quota that is spent, else by X-RateLimit-Reset.
 * null: it did not say.
 */
export function askedQuiet(answer: Answered): number | null {
  return retryAfter(answer) ?? spentQuiet(answer) ?? rateLimitReset(answer)
}

/** For any answer: milliseconds from now until a quota that is spent (0 left) renews; null: none is, or it did not say when. */
export function spentQuiet(answer: Answered): number | null {
  let longestMs: number | null = null
  const { headers } = answer
  if (
    headers['x-ratelimit-remaining'] !== undefined &&
    Number(headers['x-ratelimit-remaining']) <= 0
  )
    longestMs = rateLimitReset(answer)
  for (const name in headers) {
    // Families of counters named x-…-quota-available and x-…-throttle-available; where the end is told it is
    // x-…-expiry-time in epoch milliseconds.
    if (!name.endsWith('-available') || headers[name]?.trim() !== '0') continue
    if (!/-(quota|throttle)-available$/.test(name)) continue
    const expiresMs = whole(headers[`${name.slice(0, -'available'.length)}expiry-time`])
    if (expiresMs === null) continue
    longestMs = Math.max(longestMs ?? 0, expiresMs - serverNow(answer))
  }
  return longestMs
}

/** Seconds, or an HTTP date; null: missing or unreadable. */
export function retryAfter(answer: Answered): number | null {
  const text = answer.headers['retry-after']?.trim()
  if (text === undefined || text === '') return null
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - serverNow(answer))
}

/** Epoch seconds; a number too small for an epoch is read as seconds from now, as some servers send it. */
function rateLimitReset(answer: Answered): number | null {
  const reset = whole(answer.headers['x-ratelimit-reset'])
  if (reset === null) return null
  if (reset < EPOCH_SECONDS_MIN) return reset * 1000
  return Math.max(0, reset * 1000 - serverNow(answer))
}

/** September 2001: no server tells a reset before it, and nobody asks for 31 years of quiet. */
const EPOCH_SECONDS_MIN = 1_000_000_000

function serverNow(answer: Answered): number {
  return answer.dateMs ?? answer.nowMs
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : null
}
