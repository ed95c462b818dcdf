/** What each refusal of the server means for the caller: faults by their name first and their number second, then replies that are no XML-RPC. */
import { type Cause, ConnectorError } from '../../src/connector/error.ts'
import type { WireError } from './reply.ts'

/** Whether a call may be sent again: `reads` only where that changes nothing, `always` when it certainly had no effect. */
export type Repeat = 'never' | 'reads' | 'always'

export interface Failure {
  readonly error: ConnectorError
  readonly repeat: Repeat
}

/** The fault as the server gave it; the `cause` of the ConnectorError. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: number
  /** `NoFieldFound` of `[NoFieldFound]Contact._Plan`; '' when there is none. */
  readonly label: string
  readonly detail: string
  constructor(code: number, text: string) {
    super(text)
    this.code = code
    const match = /^\s*\[(\w+)\]\s*([\s\S]*)$/.exec(text)
    this.label = match?.[1] ?? ''
    this.detail = match?.[2] ?? text
  }
}

export function faultOf(error: unknown): Fault | null {
  return error instanceof ConnectorError && error.cause instanceof Fault ? error.cause : null
}

/** The call names a field that is not there (any more). */
export function isMissingField(error: unknown): boolean {
  const fault = faultOf(error)
  if (fault === null) return false
  return kindOf(fault) === KINDS['NoFieldFound'] || /unknown column/i.test(fault.message)
}

/** The account does not have this table or method, or keeps it from us: the product goes on with less. */
export function isMissingFeature(error: unknown): boolean {
  return (
    error instanceof ConnectorError && (error.kind === 'unsupported' || error.kind === 'permission')
  )
}

export function faultFailure(operation: string, fault: Fault): Failure {
  const { cause, repeat, hint } = kindOf(fault)
  const words = fault.message === '' ? `fault ${fault.code}` : fault.message
  const error = new ConnectorError(cause, `${operation}: ${words}`, {
    cause: fault,
    hint,
    retryAfterMs: cause === 'throttled' ? THROTTLED_MS : undefined,
  })
  return { error, repeat }
}

/** For answers that are not 200, and for bodies that are not XML-RPC. null: nothing wrong with the status. */
export function statusFailure(operation: string, status: number, body: string): Failure | null {
  if (status === 200 || status >= 500) {
    if (body.includes('<methodResponse')) return null
  }
  if (status === 401 || /developer inactive/i.test(body.slice(0, SNIFF_CHARS)))
    return failure(
      'login',
      `${operation}: the credentials were refused (${status})`,
      'never',
      LOGIN,
    )
  if (status === 403)
    return failure('permission', `${operation}: forbidden (403)`, 'never', PERMISSION)
  if (status === 429 || /quota exceeded|request throttled|spike arrest/i.test(quotaText(body)))
    return throttled(operation)
  if (status >= 500)
    return failure('unknown', `${operation}: the server answered ${status}`, 'never', WINDOW)
  if (status === 404)
    return failure('protocol', `${operation}: nothing answers at this url (404)`, 'never', URL)
  if (status >= 300 && !body.includes('<methodResponse'))
    return failure('protocol', `${operation}: the server answered ${status}`, 'never', URL)
  return null
}

export function wireFailure(operation: string, error: WireError): Failure {
  const mayPass = error.kind === 'empty' || error.kind === 'cut' || error.kind === 'html'
  const made = new ConnectorError('protocol', `${operation}: ${error.message}`, {
    cause: error,
    hint: error.kind === 'malformed' ? undefined : URL,
  })
  return { error: made, repeat: mayPass ? 'reads' : 'never' }
}

const THROTTLED_MS = 2_000
const SNIFF_CHARS = 2_000
const LOGIN =
  'Check the key or token and that it belongs to this url: a legacy key does not work at the gateway, nor a token at the app host.'
const PERMISSION =
  'A personal access token may do what its creator may; ask an admin for a service account key.'
const URL =
  'Check the url: https://api.infusionsoft.com/crm/xmlrpc/v1 or https://APP.infusionsoft.com/api/xmlrpc.'
const WINDOW =
  'XML-RPC is being switched off with growing outages until the end of 2026; run again later.'
const BUG = 'The server does not know this call in this form.'

interface FaultKind {
  readonly cause: Cause
  readonly repeat: Repeat
  readonly hint?: string | undefined
}

const KINDS: Readonly<Record<string, FaultKind>> = {
  // Seen spuriously, and then the next attempt works (quirk 21).
  InvalidConfig: { cause: 'unknown', repeat: 'reads' },
  InvalidKey: { cause: 'login', repeat: 'never', hint: LOGIN },
  UnexpectedError: { cause: 'unknown', repeat: 'reads' },
  DatabaseError: {
    cause: 'invalid',
    repeat: 'never',
    hint: 'The database refused it: often a value that is too long or holds characters it cannot keep.',
  },
  RecordNotFound: { cause: 'gone', repeat: 'never' },
  LoadingError: { cause: 'unknown', repeat: 'reads' },
  NoTableAccess: { cause: 'unsupported', repeat: 'never' },
  NoFieldAccess: { cause: 'unsupported', repeat: 'never' },
  NoTableFound: { cause: 'unsupported', repeat: 'never' },
  NoFieldFound: { cause: 'unsupported', repeat: 'never' },
  NoFields: { cause: 'invalid', repeat: 'never' },
  InvalidParameter: { cause: 'invalid', repeat: 'never' },
  // Only authenticateUser answers these two, about the credentials it was asked to check.
  FailedLoginAttempt: { cause: 'invalid', repeat: 'never' },
  FailedLoginAttemptPasswordExpired: { cause: 'invalid', repeat: 'never' },
  NoAccess: { cause: 'permission', repeat: 'never', hint: PERMISSION },
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'InvalidConfig',
  2: 'InvalidKey',
  3: 'UnexpectedError',
  4: 'DatabaseError',
  5: 'RecordNotFound',
  6: 'LoadingError',
  7: 'NoTableAccess',
  8: 'NoFieldAccess',
  9: 'NoTableFound',
  10: 'NoFieldFound',
  11: 'NoFields',
  12: 'InvalidParameter',
  13: 'FailedLoginAttempt',
  14: 'NoAccess',
  15: 'FailedLoginAttemptPasswordExpired',
}

/** Texts that decide where neither name nor number does. */
const TEXTS: readonly (readonly [RegExp, FaultKind])[] = [
  [/ThrottlingException|threads throttled/i, { cause: 'throttled', repeat: 'always' }],
  [/IP access not allowed/i, { cause: 'permission', repeat: 'never' }],
  [/invalid access token/i, { cause: 'login', repeat: 'never', hint: LOGIN }],
  [
    /no method matching|no such handler|no such method|unknown method/i,
    { cause: 'unsupported', repeat: 'never', hint: BUG },
  ],
]

function kindOf(fault: Fault): FaultKind {
  const byName = Object.hasOwn(KINDS, fault.label) ? KINDS[fault.label] : undefined
  if (byName !== undefined) return byName
  const byText = TEXTS.find(([pattern]) => pattern.test(fault.message))
  if (byText !== undefined) return byText[1]
  const name = NAMES[fault.code]
  const byNumber = name === undefined ? undefined : KINDS[name]
  if (byNumber !== undefined) return byNumber
  if (fault.code === -32601) return { cause: 'unsupported', repeat: 'never', hint: BUG }
  if (fault.code === 0 || fault.code <= -32600)
    return { cause: 'invalid', repeat: 'never', hint: BUG }
  return { cause: 'unknown', repeat: 'never' }
}

function failure(cause: Cause, message: string, repeat: Repeat, hint: string): Failure {
  return { error: new ConnectorError(cause, message, { hint }), repeat }
}

function throttled(operation: string): Failure {
  const error = new ConnectorError('throttled', `${operation}: the quota is spent`, {
    retryAfterMs: THROTTLED_MS,
    hint: 'The platform asks for quiet. Run again later; this request had no effect.',
  })
  return { error, repeat: 'always' }
}

/** Only a JSON body is searched: a contact's notes may well speak of quotas. */
function quotaText(body: string): string {
  const start = body.slice(0, SNIFF_CHARS).trimStart()
  return start.startsWith('{') ? start : ''
}
