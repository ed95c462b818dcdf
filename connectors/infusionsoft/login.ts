/** Who we are to the server: which key stands in a call, which header goes with it, and how a spent token is renewed. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Channel, Kit } from '../../src/connector/kit.ts'
import { readTokens, type Tokens, tokenKeeper } from '../../src/http/oauth.ts'

export interface Login {
  readonly kind: 'apiKey' | 'serviceKey' | 'accessToken' | 'oauth'
  /** First parameter of nearly every call: the key on the legacy host, a constant at the gateway, where it is ignored. */
  readonly firstParameter: string
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>
  /** After the server refused these headers: true when others may be had and the call may be sent again. */
  renew(refused: Readonly<Record<string, string>>): boolean
  readonly secrets: readonly string[]
  close(): Promise<void>
}

/** The accepted sets of `auth` keys. */
export const LOGINS = [
  ['serviceKey'],
  ['clientId', 'clientSecret', 'refreshToken'],
  ['accessToken'],
  ['apiKey'],
] as const satisfies readonly (readonly string[])[]

/** Sends nothing yet. Throws ConnectorError `login` when `auth` is none of `LOGINS`. */
export function loginOf(settings: ConnectionSettings, kit: Kit): Login {
  const { serviceKey, accessToken, apiKey, clientId, clientSecret, refreshToken } = settings.auth
  if (filled(clientId) && filled(clientSecret) && filled(refreshToken))
    return oauth(settings, kit, { clientId, clientSecret, refreshToken, accessToken })
  if (filled(serviceKey)) return fixed('serviceKey', serviceKey, { 'x-keap-api-key': serviceKey })
  if (filled(accessToken)) return fixed('accessToken', accessToken, bearer(accessToken))
  if (filled(apiKey)) return { ...fixed('apiKey', apiKey, {}), firstParameter: apiKey }
  const known = LOGINS.map((keys) => keys.join(' + ')).join(', or ')
  throw new ConnectorError('login', `${settings.name}: auth must hold ${known}`, {
    hint: 'Put the key into an environment variable and write env:NAME.',
  })
}

/** What the gateway is given instead of a key: the secret travels in a header, and a parameter must still be there. */
const PLACEHOLDER = 'x'
const TOKEN_URL = 'https://api.infusionsoft.com/token'
const TOKEN_TIMEOUT_MS = 30_000
const TOKEN_ANSWER_BYTES_MAX = 1024 * 1024

function fixed(
  kind: Login['kind'],
  secret: string,
  headers: Readonly<Record<string, string>>,
): Login {
  return {
    kind,
    firstParameter: PLACEHOLDER,
    headers: () => Promise.resolve(headers),
    renew: () => false,
    secrets: [secret],
    close: () => Promise.resolve(),
  }
}

interface Grant {
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly accessToken: string | undefined
}

/**
 * A renewal uses the refresh token up, so it is kept by `tokenKeeper`: one at a time, saved before use (quirk 22). An access token of the
 * configuration serves until it is refused, unless newer ones are kept already.
 */
function oauth(settings: ConnectionSettings, kit: Kit, grant: Grant): Login {
  const { tokenUrl = TOKEN_URL } = settings.options
  if (typeof tokenUrl !== 'string' || !URL.canParse(tokenUrl))
    throw new ConnectorError('login', `${settings.name}: tokenUrl is not a url`)
  const secrets = [grant.clientSecret, grant.refreshToken, grant.accessToken].filter(filled)
  const name = `infusionsoft ${settings.name} ${grant.clientId}`
  let channel: Channel | null = null
  const keeper = tokenKeeper({
    vault: kit.vault,
    name,
    clock: kit.clock,
    firstRefreshToken: grant.refreshToken,
    refresh: (refreshToken) => {
      channel ??= kit.http.channel({
        name: `${settings.name} login`,
        url: tokenUrl,
        // A renewal changes nothing in the account: a dry run needs it too.
        mayWrite: true,
        requestsPerSecond: 1,
        burst: 2,
        concurrency: 1,
        timeoutMs: TOKEN_TIMEOUT_MS,
        maxResponseBytes: TOKEN_ANSWER_BYTES_MAX,
        secrets,
      })
      return renewal(channel, grant, refreshToken ?? grant.refreshToken)
    },
  })
  let given = grant.accessToken
  let isVaultRead = false
  return {
    kind: 'oauth',
    firstParameter: PLACEHOLDER,
    async headers(signal) {
      if (given !== undefined && !isVaultRead) {
        isVaultRead = true
        if ((await kit.vault.load(name)) !== null) given = undefined
      }
      return bearer(given ?? (await keeper.token(signal)))
    },
    renew(refused) {
      const token = refused['authorization']?.replace('Bearer ', '')
      if (token !== undefined && token === given) given = undefined
      else if (token !== undefined) keeper.drop(token)
      return true
    },
    secrets,
    close: async () => {
      await channel?.close()
    },
  }
}

/** Sent as a write, so that the channel never repeats it by itself: the keeper knows when that is safe. */
async function renewal(channel: Channel, grant: Grant, refreshToken: string): Promise<Tokens> {
  const basic = Buffer.from(`${grant.clientId}:${grant.clientSecret}`).toString('base64')
  const response = await channel.send(
    {
      method: 'POST',
      path: '',
      headers: {
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }).toString(),
      effect: 'write',
      operation: 'token',
    },
    new AbortController().signal,
  )
  return readTokens(response)
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}
