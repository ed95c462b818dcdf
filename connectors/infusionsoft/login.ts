/** Who we are to the server: which key stands in a call, which header goes with it, and how a spent token is renewed. */
import { ConnectorError } from '../../src/connector/error.ts'
import type { ConnectionSettings } from '../../src/connector/connector.ts'

export interface Login {
  readonly kind: 'apiKey' | 'serviceKey' | 'accessToken' | 'oauth'
  /** First parameter of nearly every call: the key on the legacy host, a constant at the gateway, where it is ignored. */
  readonly firstParameter: string
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>
  /** After the server refused the credentials: true when others are at hand now and the call may be sent again. */
  renew(signal: AbortSignal): Promise<boolean>
  readonly secrets: readonly string[]
}

/** The accepted sets of `auth` keys. */
export const LOGINS = [
  ['serviceKey'],
  ['clientId', 'clientSecret', 'refreshToken'],
  ['accessToken'],
  ['apiKey'],
] as const satisfies readonly (readonly string[])[]

/** Throws ConnectorError `login` when `auth` is none of `LOGINS`. */
export function loginOf(settings: ConnectionSettings): Login {
  const { auth } = settings
  const { serviceKey, accessToken, apiKey } = auth
  if (filled(serviceKey)) return fixed('serviceKey', serviceKey, { 'x-keap-api-key': serviceKey })
  if (filled(accessToken))
    return fixed('accessToken', accessToken, { authorization: `Bearer ${accessToken}` })
  if (filled(apiKey)) return { ...fixed('apiKey', apiKey, {}), firstParameter: apiKey }
  const known = LOGINS.map((keys) => keys.join(' + ')).join(', ')
  throw new ConnectorError('login', `${settings.name}: auth must hold one of: ${known}`, {
    hint: 'Put the key into an environment variable and write env:NAME.',
  })
}

/** What the gateway is given instead of a key: the secret travels in a header, and a parameter must still be there. */
const PLACEHOLDER = 'x'

function fixed(
  kind: Login['kind'],
  secret: string,
  headers: Readonly<Record<string, string>>,
): Login {
  return {
    kind,
    firstParameter: PLACEHOLDER,
    headers: () => Promise.resolve(headers),
    renew: () => Promise.resolve(false),
    secrets: [secret],
  }
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}
