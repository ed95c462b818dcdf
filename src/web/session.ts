/**
 * Who may look: whoever was given the address with the token. The first visit trades it for a cookie that scripts cannot read and other sites
 * cannot send. A request must name this very server as its host, so that no other name of the machine, and no page of the web that
 * points a name of its own at it, gets an answer.
 */
import { timingSafeEqual } from 'node:crypto'

export interface Door {
  readonly token: string
  /** `127.0.0.1:7600` and whatever else this server is called. */
  readonly hosts: readonly string[]
  readonly port: number
}
export type Verdict = 'welcome' | 'enter' | 'stranger' | 'wrong host' | 'other site'

export const TOKEN_PARAMETER = 'token'

/** As much of a request as is judged. */
interface Asking {
  readonly method?: string | undefined
  readonly headers: {
    readonly host?: string | undefined
    readonly cookie?: string | undefined
    readonly origin?: string | undefined
  }
}

export function judge(door: Door, request: Asking, url: URL): Verdict {
  if (!door.hosts.includes(request.headers.host ?? '')) return 'wrong host'
  const given = url.searchParams.get(TOKEN_PARAMETER)
  if (given !== null && request.method === 'GET')
    return isSame(given, door.token) ? 'enter' : 'stranger'
  const cookie = cookies(request.headers.cookie ?? '').get(cookieName(door.port))
  if (cookie === undefined || !isSame(cookie, door.token)) return 'stranger'
  if (request.method === 'GET') return 'welcome'
  // A browser says where a form was sent from.
  const { origin } = request.headers
  return origin !== undefined && door.hosts.some((host) => origin === `http://${host}`)
    ? 'welcome'
    : 'other site'
}

export function cookieOf({ token, port }: Door): string {
  return `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`
}

/** Cookies know no ports; two servers on one machine must not take each other's. */
function cookieName(port: number): string {
  return `ferry-${port}`
}

function cookies(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(';').map((pair) => {
      const [name = '', ...value] = pair.trim().split('=')
      return [name, value.join('=')] as const
    }),
  )
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
