/** What goes wrong between client and application: gateways, cut answers, revoked credentials, the rate limit. */
import { type Answer, errorAnswer } from './answer.ts'
import type { Quirks } from './quirks.ts'

export interface Faults {
  /** Counts an API request; an answer means that it never arrived. */
  arrive(): Answer | null
  /** Whether credentials are refused by now. */
  isRevoked(): boolean
  /** Counts a request of this key against the hour; an answer means that it was refused. */
  limit(key: string, now: number): { readonly refusal: Answer | null; readonly headers: Headers }
  /** The answer as it reaches the client. */
  leave(answer: Answer): Answer
}
type Headers = Readonly<Record<string, string>>
interface Window {
  readonly until: number
  used: number
}

const periodMs = 3_600_000
const PAGE =
  '<!DOCTYPE html><html><head><title>One moment</title></head><body>Maintenance</body></html>'

export function newFaults(quirks: Quirks): Faults {
  const windows = new Map<string, Window>()
  let arrived = 0
  return {
    arrive() {
      arrived += 1
      if (quirks.htmlEvery === 0 || arrived % quirks.htmlEvery !== 0) return null
      const headers = { 'content-type': 'text/html; charset=UTF-8' }
      return { status: quirks.htmlStatus, body: PAGE, headers, fromController: false }
    },
    isRevoked: () => quirks.revokeAfter > 0 && arrived > quirks.revokeAfter,
    limit(key, now) {
      const most = quirks.rateLimitPerHour
      if (most === 0) return { refusal: null, headers: {} }
      let window = windows.get(key)
      if (window === undefined || window.until <= now) {
        window = { until: now + periodMs, used: 0 }
        windows.set(key, window)
      }
      window.used += 1
      const headers = {
        'x-ratelimit-limit': String(most),
        'x-ratelimit-remaining': String(Math.max(0, most - window.used)),
        'x-ratelimit-reset': String(Math.ceil(window.until / 1000)),
      }
      if (window.used <= most) return { refusal: null, headers }
      const error = { code: 429, message: 'You exceeded the rate limit.', details: {} }
      const { status, body } = errorAnswer(error)
      const refusal = {
        status,
        body: body.replace(',"type":null', ''),
        headers,
        fromController: false,
      }
      return { refusal, headers }
    },
    leave(answer) {
      if (quirks.truncateEvery === 0 || arrived % quirks.truncateEvery !== 0) return answer
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) }
    },
  }
}
