/** Reads refusals in every shape that the server gives them. */
import { entriesOf, isObject, text } from './schema.ts'

/** What an error answer tells, from any of its three shapes; null: the body is no error. */
export interface ServerError {
  readonly code: number | null
  readonly message: string
  readonly type: string | null
  /** Field alias to message, for validation errors. */
  readonly details: Readonly<Record<string, string>>
  /** True: it came from a controller, which knows the record; false: from routing, login or a crash. */
  readonly isDetailed: boolean
}

/**
 * `{"errors":[{code,message,details,type}]}` · `{"error":{code,message}}` · `{"error":"invalid_grant","error_description":…}`.
 * A batch answer has `errors` too and is none: it has `statusCodes`.
 */
export function parseServerError(body: unknown): ServerError | null {
  if (!isObject(body) || body['statusCodes'] !== undefined) return null
  const listed = entriesOf(body['errors'] ?? null)[0]?.[1]
  if (isObject(listed)) return parseError(listed)
  const single = body['error']
  if (isObject(single)) return parseError(single)
  if (typeof single === 'string') {
    const description = text(body['error_description'])
    return {
      code: null,
      message: description ?? single,
      type: single,
      details: {},
      isDetailed: false,
    }
  }
  return null
}

/** One error of an answer or of a batch item. */
export function parseError(raw: Readonly<Record<string, unknown>>): ServerError {
  const details: Record<string, string> = {}
  if (isObject(raw['details'])) {
    for (const [alias, messages] of Object.entries(raw['details'])) {
      details[alias] = Array.isArray(messages) ? messages.map(String).join(' ') : String(messages)
    }
  }
  const code = Number(raw['code'])
  return {
    code: Number.isInteger(code) && code > 0 ? code : null,
    message: text(raw['message']) ?? 'no message',
    type: text(raw['type']),
    details,
    isDetailed: raw['details'] !== undefined || raw['type'] === 'api',
  }
}
