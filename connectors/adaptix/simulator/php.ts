/** The parts of PHP that show through the API: bracket syntax of queries and forms, its casts, how it writes arrays as JSON. */

/** Reads `a=1&b[c]=2&d[]=3` the way PHP fills $_GET and $_POST. Arrays become objects keyed by text. */
export function parseBrackets(text: string): Record<string, unknown> {
  const root = bag()
  for (const part of text.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    assign(root, name, equals < 0 ? '' : decode(part.slice(equals + 1)))
  }
  return root
}

/** An array of PHP: a JSON array or object. */
export function isPhpArray(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** The items of an array or object in order; of a scalar, none. */
export function valuesOf(value: unknown): unknown[] {
  return isPhpArray(value) ? Object.values(value) : []
}

/** A scalar as PHP would print it; null for null, arrays and what is missing. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : ''
  return null
}

/** PHP's is_numeric on the printed form. */
export function isNumeric(text: string): boolean {
  return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(text)
}

/** PHP's (float): the number that the text begins with, else 0. */
export function toFloat(text: string): number {
  const match = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/.exec(text)
  return match === null ? 0 : Number(match[0])
}

/** PHP's (int). */
export function toInt(value: unknown): number {
  return Math.trunc(toFloat(textOf(value) ?? ''))
}

/** PHP's idea of true, on scalars and arrays. */
export function isTruthy(value: unknown): boolean {
  if (isPhpArray(value)) return Object.keys(value).length > 0
  const text = textOf(value)
  return text !== null && text !== '' && text !== '0'
}

/** FILTER_VALIDATE_BOOLEAN, as far as the API uses it: true only for these words. */
export function filterBoolean(value: unknown): boolean {
  return ['1', 'true', 'on', 'yes'].includes((textOf(value) ?? '').trim().toLowerCase())
}

/** json_encode of an array with these keys: a JSON array when they are 0, 1, 2 …, else an object in this order. Values are JSON already. */
export function encodeArray(entries: readonly (readonly [string, string])[]): string {
  if (entries.every(([key], index) => key === String(index))) {
    return `[${entries.map(([, json]) => json).join(',')}]`
  }
  return `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`
}

/** An object without a prototype, so that `__proto__` is a name like any other. */
export function bag(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function assign(root: Record<string, unknown>, name: string, value: string): void {
  const open = name.indexOf('[')
  const head = (open < 1 ? name : name.slice(0, open)).trimStart().replaceAll(/[ .]/g, '_')
  const steps = open < 1 ? [] : [...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((m) => m[1])
  let at = root
  let key = head
  for (const step of steps) {
    const next = at[key]
    const inner = isPhpArray(next) ? (next as Record<string, unknown>) : bag()
    at[key] = inner
    at = inner
    key = step === '' || step === undefined ? nextIndex(inner) : step
  }
  at[key] = value
}

function nextIndex(array: Readonly<Record<string, unknown>>): string {
  let next = 0
  for (const key of Object.keys(array)) {
    if (/^\d+$/.test(key)) next = Math.max(next, Number(key) + 1)
  }
  return String(next)
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch (error) {
    if (error instanceof URIError) return spaced
    throw error
  }
}
