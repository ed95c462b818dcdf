/** Who may log in: Basic, Bearer, and the token endpoint at the root of the host. */
import { BOT, PERSON, type User } from './account.ts'
import { type Answer, securityAnswer } from './answer.ts'
import { parseBrackets, textOf } from './php.ts'
import { type Quirks, since } from './quirks.ts'

export interface Logins {
  /** `auth` entries of a connection, as the quirk `auth` asks. */
  readonly auth: Readonly<Record<string, string>>
  /** Who sent a request, or the refusal. */
  login(request: Credentials, now: number): User | Answer
  /** `/oauth/v2/authorize` and `/oauth/v2/token`. */
  token(request: TokenRequest, now: number): Answer
}
export interface Credentials {
  readonly authorization: string
  /** `access_token` of the query or the body. */
  readonly accessToken: string | null
}
export interface TokenRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
  readonly body: string
}

const refreshLifeMs = 14 * 86_400_000

export function newLogins(quirks: Quirks, seed: number): Logins {
  const basic = { username: BOT.username, password: `sync-${seed}-password` }
  const client = { clientId: `1_client-${seed}`, clientSecret: `secret-${seed}` }
  const lasting = `token-${seed}-lasting`
  const access = new Map([[lasting, Number.POSITIVE_INFINITY]])
  const refresh = new Map([[`refresh-${seed}-0`, Number.POSITIVE_INFINITY]])
  const codes = new Set<string>()
  let issued = 0

  const ways: Record<Quirks['auth'], Readonly<Record<string, string>>> = {
    basic,
    bearer: { accessToken: lasting },
    client,
    refresh: { ...client, refreshToken: `refresh-${seed}-0` },
  }
  const people = new Map([
    [`${basic.username}:${basic.password}`, BOT],
    [`${PERSON.username}:${PERSON.username}-${seed}-password`, PERSON],
  ])

  function issue(now: number, hasRefresh: boolean): Answer {
    issued += 1
    const token = `token-${seed}-${issued}`
    access.set(token, now + quirks.tokenSeconds * 1000)
    const body: Record<string, unknown> = {
      access_token: token,
      expires_in: quirks.tokenSeconds,
      token_type: 'bearer',
      scope: null,
    }
    if (hasRefresh) {
      const next = `refresh-${seed}-${issued}`
      refresh.set(next, now + refreshLifeMs)
      body['refresh_token'] = next
    }
    return oauthAnswer(200, body)
  }

  function grant(form: Readonly<Record<string, unknown>>, now: number): Answer {
    const isClient =
      textOf(form['client_id']) === client.clientId &&
      textOf(form['client_secret']) === client.clientSecret
    if (!isClient) return oauthError('invalid_client', 'The client credentials are invalid')
    switch (textOf(form['grant_type'])) {
      case 'client_credentials':
        return since(quirks, '4.4')
          ? issue(now, false)
          : oauthError('unsupported_grant_type', 'Grant type is not supported')
      case 'refresh_token': {
        const token = textOf(form['refresh_token']) ?? ''
        const until = refresh.get(token) ?? 0
        if (until <= now) return oauthError('invalid_grant', 'Invalid refresh token')
        refresh.delete(token)
        return issue(now, true)
      }
      case 'authorization_code': {
        const code = textOf(form['code']) ?? ''
        if (!codes.delete(code)) return oauthError('invalid_grant', "Code doesn't exist or expired")
        return issue(now, true)
      }
      default:
        return oauthError('invalid_request', 'Invalid grant_type parameter or parameter missing')
    }
  }

  return {
    auth: ways[quirks.auth],
    login({ authorization, accessToken }, now) {
      if (/^basic /i.test(authorization)) {
        if (!quirks.basicAuth) return denied(403)
        const pair = Buffer.from(authorization.slice(6).trim(), 'base64').toString('utf8')
        return people.get(pair) ?? denied(401)
      }
      const token = /^bearer /i.test(authorization) ? authorization.slice(7).trim() : accessToken
      if (token === null || token === '') return denied(401)
      const until = access.get(token)
      if (until === undefined) return refused('The access token provided is invalid.')
      return until <= now ? refused('The access token provided has expired.') : BOT
    },
    token(request, now) {
      if (request.path === '/oauth/v2/authorize') return authorize(request, client.clientId, codes)
      if (request.path !== '/oauth/v2/token')
        return oauthError('invalid_request', 'Unknown path', 404)
      const form = request.method === 'GET' ? request.query : parseBrackets(request.body)
      return grant(form, now)
    },
  }
}

/** The password of the person at the screen, for tests that edit as people do. */
export function personAuth(seed: number): string {
  const pair = `${PERSON.username}:${PERSON.username}-${seed}-password`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}

/** Consents at once: redirects with a code that works one time. */
function authorize(request: TokenRequest, clientId: string, codes: Set<string>): Answer {
  const { query } = request
  if (textOf(query['client_id']) !== clientId) {
    return oauthError('invalid_client', 'No client id supplied')
  }
  const code = `code-${codes.size + 1}`
  codes.add(code)
  const state = encodeURIComponent(textOf(query['state']) ?? '')
  const location = `${textOf(query['redirect_uri']) ?? ''}?state=${state}&code=${code}`
  return { status: 302, body: '', headers: { location }, fromController: false }
}

function denied(status: number): Answer {
  return securityAnswer(status, 'API authorization denied.', 'access_denied')
}

export function refused(message: string): Answer {
  return securityAnswer(401, message, 'invalid_grant')
}

function oauthAnswer(status: number, value: unknown): Answer {
  const headers = { 'cache-control': 'no-store' }
  return { status, body: JSON.stringify(value), headers, fromController: false }
}

function oauthError(error: string, description: string, status = 400): Answer {
  return oauthAnswer(status, { error, error_description: description })
}
