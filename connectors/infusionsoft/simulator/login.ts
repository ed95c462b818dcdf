/** Logins: the legacy key as first parameter, the gateway's headers, and OAuth with refresh tokens that can be spent once. */
import type { SimulatedRequest, SimulatedResponse } from '../../../src/connector/simulator.ts'
import { jsonAnswer } from './answers.ts'
import type { Call } from './call.ts'
import { Fault } from './fault.ts'
import type { Quirks } from './quirks.ts'

export interface Login {
  /** `auth` of a connection, for the login that quirk `login` names. */
  readonly auth: Readonly<Record<string, string>>
  readonly basePath: string
  /**
   * Judges the headers before the body is read. null: the request may go on, `needsKey` tells whether its first parameter must be the
   * legacy key.
   */
  refuse(request: SimulatedRequest): SimulatedResponse | null
  needsKey(request: SimulatedRequest): boolean
  /** Fault 2 unless the first parameter is the legacy key. */
  requireKey(call: Call): void
  /** POST /token. */
  token(request: SimulatedRequest): SimulatedResponse
  revoke(): void
}

/** Every secret begins with this, so that a leak can be searched for. */
const prefix = 'KeapAK-test-'

export function login(seed: number, quirks: Quirks, now: () => number): Login {
  const secrets = {
    apiKey: `${prefix}legacy-${seed}`,
    serviceKey: `${prefix}service-${seed}`,
    accessToken: `${prefix}access-${seed}-0`,
    refreshToken: `${prefix}refresh-${seed}-0`,
    clientId: `${prefix}client-${seed}`,
    clientSecret: `${prefix}secret-${seed}`,
  }
  let isRevoked = false
  let issued = 0
  let refreshToken = secrets.refreshToken
  const accessUntil = new Map([[secrets.accessToken, now() + quirks.tokenLifeSeconds * 1000]])
  const accepts = (credential: string) =>
    !isRevoked &&
    (credential === secrets.serviceKey ||
      credential === secrets.apiKey ||
      (accessUntil.get(credential) ?? 0) > now())
  return {
    auth: authOf(quirks.login, secrets),
    basePath: quirks.login === 'apiKey' ? '/api/xmlrpc' : '/crm/xmlrpc/v1',
    refuse(request) {
      const credential = credentialOf(request)
      if (credential === null) return isLegacy(request) ? null : unauthorised('Missing credentials')
      if (accepts(credential)) return null
      if (quirks.loginFault) throw new Fault(2, 'Invalid Access Token')
      return unauthorised('Invalid Access Token')
    },
    needsKey: (request) => isLegacy(request) && credentialOf(request) === null,
    requireKey(call) {
      const key = call.params[0]
      if (isRevoked || key?.kind !== 'string' || key.value !== secrets.apiKey) {
        throw new Fault(2, 'Invalid Key')
      }
    },
    token(request) {
      const form = new URLSearchParams(request.body)
      const expected = `Basic ${btoa(`${secrets.clientId}:${secrets.clientSecret}`)}`
      if (request.headers['authorization'] !== expected) {
        return jsonAnswer(401, { error: 'invalid_client' })
      }
      if (form.get('grant_type') !== 'refresh_token') {
        return jsonAnswer(400, { error: 'unsupported_grant_type' })
      }
      if (isRevoked || form.get('refresh_token') !== refreshToken) {
        return jsonAnswer(400, {
          error: 'invalid_grant',
          error_description: 'Invalid refresh token',
        })
      }
      issued++
      refreshToken = `${prefix}refresh-${seed}-${issued}`
      const accessToken = `${prefix}access-${seed}-${issued}`
      accessUntil.set(accessToken, now() + quirks.tokenLifeSeconds * 1000)
      return jsonAnswer(200, {
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: quirks.tokenLifeSeconds,
        refresh_token: refreshToken,
        scope: `full|${quirks.tenant}.infusionsoft.com`,
      })
    },
    revoke() {
      isRevoked = true
    },
  }
}

function authOf(
  kind: Quirks['login'],
  secrets: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = {
    apiKey: ['apiKey'],
    serviceKey: ['serviceKey'],
    accessToken: ['accessToken'],
    oauth: ['clientId', 'clientSecret', 'refreshToken', 'accessToken'],
  }[kind]
  return Object.fromEntries(names.map((name) => [name, secrets[name] ?? '']))
}

/** From a header or, as old clients do, from the query. */
function credentialOf(request: SimulatedRequest): string | null {
  const key = request.headers['x-keap-api-key']
  if (key !== undefined) return key
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')
  if (bearer !== null) return bearer[1] ?? ''
  return new URL(request.url, 'http://localhost').searchParams.get('access_token')
}

function isLegacy(request: SimulatedRequest): boolean {
  return request.url.startsWith('/api/xmlrpc')
}

function unauthorised(message: string): SimulatedResponse {
  return jsonAnswer(401, {
    fault: {
      faultstring: message,
      detail: { errorcode: 'keymanagement.service.invalid_access_token' },
    },
  })
}
