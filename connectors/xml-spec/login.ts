/** Who we are to the server: an e-mail address with a password, for which it lends a token, or with a token that was given to us. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Channel, Kit } from '../../src/connector/kit.ts'
import { tokenKeeper, type Tokens } from '../../src/http/oauth.ts'
import { branch } from './document.ts'
import { childText } from './element.ts'
import { ServerRefusal, statusError, wireFailure } from './refusal.ts'
import { readReply, WireError } from './reply.ts'
import { failureOrSuccess } from './answers.ts'

export const LOGINS: readonly (readonly string[])[] = [
  ['email', 'password'],
  ['email', 'token'],
]

export interface Login {
  readonly email: string
  token(signal: AbortSignal): Promise<string>
  /** After the server refused this token: whether another try makes sense. */
  renew(refused: string): boolean
}

/** A contributor to a public client caches tokens for two hours (fact sheet, token lifetime); renewed at four fifths of that. */
const TOKEN_LIFE_SECONDS = 7_200

/** Texts that must appear nowhere. Throws `login` when the settings hold none of the sets whole. */
export function secretsOf(settings: ConnectionSettings): readonly string[] {
  const { password, token } = credentialsOf(settings)
  return [password, token].filter((secret) => secret !== null)
}

/** Sends nothing yet. Of a token and a password together, the token serves until it is refused. */
export function loginOf(settings: ConnectionSettings, kit: Kit, channel: Channel): Login {
  const { email, password, token } = credentialsOf(settings)
  let given = token
  const keeper =
    password === null
      ? null
      : tokenKeeper({
          vault: kit.vault,
          name: `xml-spec ${settings.name} ${new URL(settings.url).host} ${email}`,
          clock: kit.clock,
          refresh: () => fetchToken(channel, { email, password }),
        })
  return {
    email,
    async token(signal) {
      if (given !== null) return given
      if (keeper === null) throw spent(settings)
      return await keeper.token(signal).catch((error: unknown) => {
        throw plain(error)
      })
    },
    renew(refused) {
      if (keeper === null) return false
      if (refused === given) given = null
      else keeper.drop(refused)
      return true
    },
  }
}

interface Credentials {
  readonly email: string
  readonly password: string | null
  readonly token: string | null
}

function credentialsOf(settings: ConnectionSettings): Credentials {
  const email = filled(settings.auth['email'])
  const password = filled(settings.auth['password'])
  const token = filled(settings.auth['token'])
  if (email !== null && (password !== null || token !== null)) return { email, password, token }
  throw new ConnectorError('login', `${settings.name}: no complete login in auth`, {
    hint: `Give one of: ${LOGINS.map((names) => names.join(' + ')).join('; ')}.`,
  })
}

function filled(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim()
}

async function fetchToken(
  channel: Channel,
  login: { readonly email: string; readonly password: string },
): Promise<Tokens> {
  const response = await channel.send(
    {
      method: 'POST',
      path: '',
      headers: FORM_HEADERS,
      body: new URLSearchParams({
        email: login.email,
        password: login.password,
        xml: branch('GetAuthTokenRequest', {}),
      }).toString(),
      // It changes nothing on the account, and a dry run needs it.
      effect: 'read',
      operation: LOGIN,
    },
    // Everybody waits for the one renewal, so no single caller may end it; the channel's time-out does.
    new AbortController().signal,
  )
  const byStatus = statusError(LOGIN, response.status, 'read')
  if (byStatus !== null) throw byStatus
  const token = tokenIn(response.body)
  return { accessToken: token, refreshToken: null, expiresInSeconds: TOKEN_LIFE_SECONDS }
}

export const LOGIN = 'GetAuthToken'
export const FORM_HEADERS = {
  'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  accept: 'text/xml, application/xml',
} as const

function tokenIn(body: string): string {
  try {
    const { root } = readReply(body)
    const result = failureOrSuccess(root)
    if (result?.kind === 'failure') {
      const refusal = new ServerRefusal(LOGIN, result)
      // Whatever its words are, the answer to a login that fails is about the login.
      throw refusal.kind === 'throttled'
        ? refusal
        : new ConnectorError('login', refusal.message, { cause: refusal, hint: WRONG })
    }
    const token = childText(root, 'token') ?? ''
    if (token === '') throw new ConnectorError('protocol', `${LOGIN}: success without a token`)
    return token
  } catch (error) {
    throw error instanceof WireError ? wireFailure(LOGIN, error) : error
  }
}

const WRONG =
  'Check e-mail and password of this connection. The user needs access to the API there.'

/** The keeper speaks of authorisations; a password is all there is here. */
function plain(error: unknown): unknown {
  const isWrapped = error instanceof ConnectorError && error.kind === 'login'
  return isWrapped && error.cause instanceof ConnectorError ? error.cause : error
}

function spent(settings: ConnectionSettings): ConnectorError {
  return new ConnectorError('login', `${settings.name}: the token was refused`, {
    hint: 'Put a new token into auth.token, or use email and password, for which tokens are fetched.',
  })
}
