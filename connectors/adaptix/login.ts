/** The ways in: user and password, a ready token, or tokens fetched with client credentials or a refresh token. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Channel, Kit } from '../../src/connector/kit.ts'
import { readTokens, type TokenKeeper, type Tokens, tokenKeeper } from '../../src/http/oauth.ts'

export const LOGINS: readonly (readonly string[])[] = [
  ['username', 'password'],
  ['accessToken'],
  ['clientId', 'clientSecret'],
  ['clientId', 'clientSecret', 'refreshToken'],
]

export type Login =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly accessToken: string }
  /** `refreshToken`: what a person's consent gave; null: the client stands for itself (version 4 and newer). */
  | {
      readonly kind: 'client'
      readonly clientId: string
      readonly clientSecret: string
      readonly refreshToken: string | null
    }

/** Throws `login` when the settings hold none of the sets whole. */
export function loginOf(settings: ConnectionSettings): Login {
  const { username, password, accessToken, clientId, clientSecret, refreshToken } = settings.auth
  if (username && password) return { kind: 'basic', username, password }
  if (accessToken) return { kind: 'token', accessToken }
  if (clientId && clientSecret) {
    return { kind: 'client', clientId, clientSecret, refreshToken: refreshToken || null }
  }
  throw new ConnectorError('login', `${settings.name}: no complete login in auth`, {
    hint: `Give one of: ${LOGINS.map((names) => names.join(' + ')).join('; ')}.`,
  })
}

export function secretsOf(login: Login): string[] {
  switch (login.kind) {
    case 'basic':
      return [login.password]
    case 'token':
      return [login.accessToken]
    case 'client':
      return [login.clientSecret, ...(login.refreshToken === null ? [] : [login.refreshToken])]
  }
}

/** What goes with every request: a header, or a query parameter where the host drops that header (README, "lost header"). */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}
export interface Doorman {
  credentials(signal: AbortSignal): Promise<Credentials>
  /** After a 401: whether another try with fresh credentials makes sense. */
  renew(refused: Credentials): boolean
}

/** `url`: the base of the API, beside which the token endpoint lives. */
export function doorman(
  login: Login,
  door: {
    readonly name: string
    readonly channel: Channel
    readonly kit: Kit
    readonly url: string
    readonly queryToken: boolean
  },
): Doorman {
  if (login.kind === 'basic') {
    const pair = Buffer.from(`${login.username}:${login.password}`).toString('base64')
    return fixed({ headers: { authorization: `Basic ${pair}` }, query: {} })
  }
  const carry = (token: string): Credentials =>
    door.queryToken
      ? { headers: {}, query: { access_token: token } }
      : { headers: { authorization: `Bearer ${token}` }, query: {} }
  if (login.kind === 'token') return fixed(carry(login.accessToken))
  const keeper: TokenKeeper = tokenKeeper({
    vault: door.kit.vault,
    name: door.name,
    clock: door.kit.clock,
    refresh: (refreshToken) => fetchTokens(login, refreshToken, door),
    ...(login.refreshToken === null ? {} : { firstRefreshToken: login.refreshToken }),
  })
  let token = ''
  return {
    async credentials(signal) {
      token = await keeper.token(signal)
      return carry(token)
    },
    renew(refused) {
      // Another request may have renewed it meanwhile: then the new one is tried, not dropped.
      if (JSON.stringify(refused) === JSON.stringify(carry(token))) keeper.drop(token)
      return true
    },
  }
}

function fixed(credentials: Credentials): Doorman {
  return { credentials: () => Promise.resolve(credentials), renew: () => false }
}

async function fetchTokens(
  login: Login & { readonly kind: 'client' },
  refreshToken: string | null,
  door: { readonly channel: Channel; readonly url: string },
): Promise<Tokens> {
  const grant =
    refreshToken === null
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken }
  const response = await door.channel.send(
    {
      method: 'POST',
      path: tokenUrl(door.url),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        ...grant,
        client_id: login.clientId,
        client_secret: login.clientSecret,
      }).toString(),
      // It changes nothing on the account, and a dry run needs it.
      effect: 'read',
      operation: 'oauth.token',
    },
    // Everybody waits for the one renewal, so no single caller may end it; the channel's time-out does.
    new AbortController().signal,
  )
  try {
    return readTokens(response)
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'login' || refreshToken !== null) {
      throw error
    }
    throw new ConnectorError('login', error.message, {
      cause: error,
      hint: 'Client credentials need version 4 or newer and a client made by an administrator.',
    })
  }
}

/** `https://host/api` and `https://host/index.php/api` to the token endpoint beside them. */
export function tokenUrl(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/oauth/v2/token`
}
