/** Turns what the server says when it says no into an error that tells the caller what to do. The classes are data: no list of codes is public. */
import type { Cause } from '../../src/connector/error.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { WireError } from './reply.ts'

/** `nothing`: nothing was found · `exists`: the contact is there already · `ambiguous`: criteria hit several · `other`: refused. */
export type RefusalClass =
  | 'login'
  | 'permission'
  | 'throttled'
  | 'nothing'
  | 'exists'
  | 'ambiguous'
  | 'other'

/** A ConnectorError that keeps what the server told, for those who can act on it. */
export class ServerRefusal extends ConnectorError {
  readonly class: RefusalClass
  readonly code: string
  readonly text: string
  constructor(operation: string, told: Told) {
    const is = classOf(told)
    const { cause, hint } = MEANINGS[is]
    super(cause, `${operation}: ${words(told)}`, { hint })
    this.class = is
    this.code = told.code
    this.text = told.text
  }
}
export interface Told {
  readonly code: string
  readonly text: string
}

/** By code where one is known, else by words; first match wins. Evidence stands in the README, "error codes". */
const CLASSES: readonly {
  readonly class: RefusalClass
  readonly codes: readonly string[]
  readonly text: RegExp
}[] = [
  { class: 'exists', codes: ['1002'], text: /\balready (?:exists|in use)\b/i },
  {
    class: 'login',
    codes: [],
    text: /\b(?:(?:invalid|expired|missing|bad|wrong|incorrect|unknown|no)\b.{0,30}\b(?:token|login|log-?in|password|credentials?)|(?:token|login|log-?in|password|credentials?|authentication)\b.{0,30}\b(?:invalid|expired|failed|incorrect|required|missing|not valid))\b/i,
  },
  {
    class: 'permission',
    codes: [],
    text: /\b(?:permissions?|no access|access denied|denied|not authori[sz]ed|not allowed|forbidden|(?:unknown|invalid|no such) account|account\b.{0,40}\b(?:not found|unknown|does not exist))\b/i,
  },
  {
    class: 'throttled',
    codes: [],
    text: /\b(?:too many requests|rate limit|throttl\w*|quota|try again later)\b/i,
  },
  {
    class: 'ambiguous',
    codes: [],
    text: /\b(?:more than one|multiple|not (?:a )?(?:single|unique))\b/i,
  },
  {
    class: 'nothing',
    codes: ['5001', '5301'],
    text: /\b(?:(?:no|not?|could ?not|cannot)\b.{0,60}\b(?:found|find|exist|match\w*|results?|records?)|nothing found)\b/i,
  },
]

const MEANINGS: Readonly<Record<RefusalClass, { cause: Cause; hint: string }>> = {
  login: {
    cause: 'login',
    hint: 'Check e-mail and password, or the token, of this connection.',
  },
  permission: {
    cause: 'permission',
    hint: 'The user of this connection lacks a permission, or access to the account that is named.',
  },
  throttled: {
    cause: 'throttled',
    hint: 'The server asks for fewer requests; it is tried again later.',
  },
  exists: { cause: 'invalid', hint: 'It is there already.' },
  ambiguous: { cause: 'invalid', hint: 'Several contacts meet the criteria; name one by its id.' },
  nothing: { cause: 'gone', hint: 'It does not exist there, or this user may not see it.' },
  other: { cause: 'invalid', hint: 'The server gives the reason in its own words.' },
}

export function classOf(told: Told): RefusalClass {
  const found = CLASSES.find(
    ({ codes, text }) => codes.includes(told.code.trim()) || text.test(told.text),
  )
  return found?.class ?? 'other'
}

/** "This contact already exists with ID 77": the id of the one that is there; null when it is not told. */
export function existingId(text: string): string | null {
  return /\bID\W{0,3}(\d{1,18})\b/i.exec(text)?.[1] ?? null
}

/** The server's own words, with its code. */
export function words(told: Told): string {
  const text = told.text.trim() === '' ? 'refused without a reason' : told.text.trim()
  return told.code === '' ? text : `${text} (code ${told.code})`
}

export function isMissing(error: unknown): error is ServerRefusal {
  return error instanceof ServerRefusal && error.class === 'nothing'
}

/** A status that is no success; bodies carry failures with status 200 (fact sheet, transport). */
export function statusError(
  operation: string,
  status: number,
  effect: 'read' | 'write',
): ConnectorError | null {
  const what = `${operation}: the server answered ${status}`
  if (status >= 200 && status < 300) return null
  if (status === 401) return new ConnectorError('login', what, { hint: MEANINGS.login.hint })
  if (status === 403)
    return new ConnectorError('permission', what, { hint: MEANINGS.permission.hint })
  if (status === 413)
    return new ConnectorError('invalid', what, {
      hint: 'The request was too big: set limits.batchSize to less.',
    })
  if (status === 408 || status >= 500) return new ConnectorError('unknown', what)
  return new ConnectorError('protocol', what, {
    hint:
      effect === 'read' || status < 400
        ? 'Check the url: for GreenRope it is https://api.stgi.net/api-xml.'
        : 'Check the url, and whether the write took effect.',
  })
}

/** A body that is no answer of this platform. A write may have taken effect all the same. */
export function wireFailure(operation: string, error: WireError): ConnectorError {
  const isCut = error.kind === 'cut' || error.kind === 'empty'
  return new ConnectorError(isCut ? 'unknown' : 'protocol', `${operation}: ${error.message}`, {
    cause: error,
    hint: WIRE_HINTS[error.kind],
  })
}
const WIRE_HINTS: Readonly<Record<WireError['kind'], string>> = {
  empty: 'The connection ended before an answer came.',
  cut: 'The answer broke off. Where that happens again and again, set limits.pageSize to less.',
  html: 'A page for people came instead: the url may be wrong, or the server is down for maintenance.',
  json: 'Check the url: this is not the XML-spec API.',
  malformed: 'The server wrote XML that cannot be repaired; the line tells where.',
  foreign: 'Check the url: for GreenRope it is https://api.stgi.net/api-xml.',
}
