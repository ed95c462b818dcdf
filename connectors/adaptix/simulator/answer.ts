/** Answers and the three kinds of failure: refused by a controller, refused before it, crashed. */

export interface Answer {
  readonly status: number
  /** JSON text, as a rule. */
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** Answers of controllers carry the version header; failures before them do not. */
  readonly fromController: boolean
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, body: JSON.stringify(value), headers, fromController: true }
}

/** An answer whose body is JSON text already. */
export function rawJson(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, body, headers, fromController: true }
}

export type Details = Readonly<Record<string, readonly string[]>>
export interface ControllerError {
  readonly code: number
  readonly message: string
  readonly details: Details
}

/** `{"errors":[{code,message,details,type:null}]}`; `details` is `[]` when empty. */
export function errorAnswer(error: ControllerError): Answer {
  return json(error.code, { errors: [errorBody(error)] })
}

export function errorBody(error: ControllerError): Record<string, unknown> {
  const details = Object.keys(error.details).length === 0 ? [] : error.details
  return { code: error.code, message: error.message, details, type: null }
}

/** Failures of form fields, flattened into one message. */
export function invalid(details: Details, code = 400): ControllerError {
  const message = Object.entries(details)
    .map(([alias, texts]) => `${alias}: ${texts.join(', ')}`)
    .join(', ')
  return { code, message, details }
}

/** Failures of security and routing: no details, no version header. */
export function securityAnswer(code: number, message: string, type: string | null): Answer {
  return {
    status: code,
    body: JSON.stringify({ errors: [{ message, code, type }] }),
    headers: {},
    fromController: false,
  }
}

/** Unwinds a handler with an answer of the controller. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly error: ControllerError
  constructor(code: number, message: string, details: Details = {}) {
    super(message)
    this.error = { code, message, details }
  }
}

export function notFound(): Refused {
  return new Refused(404, 'Item was not found.')
}

export function forbidden(): Refused {
  return new Refused(403, 'You do not have access to the requested area/action.')
}

/** An uncaught exception on the server; the cause stays hidden from the client. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

export function crashAnswer(): Answer {
  return securityAnswer(
    500,
    'Looks like I encountered an error (error #500). If I do it again, please report me to the system administrator!',
    null,
  )
}
