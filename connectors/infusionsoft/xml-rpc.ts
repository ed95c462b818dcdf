/** XML-RPC on its way out: the values of the wire and how a call is written from typed ones. Pure. */
import { legal } from './characters.ts'

/**
 * What a reply holds. Integers and doubles are numbers where the number says exactly what the text said, else the text; stamps
 * (`dateTime.iso8601`) and base64 are their trimmed text; `nil` is null.
 */
export type WireValue = string | number | boolean | null | readonly WireValue[] | WireStruct
export interface WireStruct {
  readonly [name: string]: WireValue
}

/** Markup of one typed value, made by the functions below and by nothing else. */
export type Markup = string & { readonly __markup: true }

export function text(value: string): Markup {
  return `<value><string>${escaped(legal(value))}</string></value>` as Markup
}
/** Throws RangeError beyond 32 bits: the server's argument classes know nothing longer. */
export function int(value: number): Markup {
  if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff)
    throw new RangeError(`${value} is not a 32 bit integer`)
  return `<value><int>${value}</int></value>` as Markup
}
export function flag(value: boolean): Markup {
  return `<value><boolean>${value ? 1 : 0}</boolean></value>` as Markup
}
/** `value` in decimal digits, so that no precision is lost on the way. */
export function double(value: string): Markup {
  if (!DECIMAL.test(value)) throw new RangeError(`${value} is not a decimal number`)
  return `<value><double>${value}</double></value>` as Markup
}
/** `value` as `YYYYMMDDTHH:MM:SS`. */
export function stamp(value: string): Markup {
  return `<value><dateTime.iso8601>${escaped(value)}</dateTime.iso8601></value>` as Markup
}
export function array(values: readonly Markup[]): Markup {
  return `<value><array><data>${values.join('')}</data></array></value>` as Markup
}
export function struct(members: readonly (readonly [string, Markup])[]): Markup {
  const inner = members.map(
    ([name, value]) => `<member><name>${escaped(legal(name))}</name>${value}</member>`,
  )
  return `<value><struct>${inner.join('')}</struct></value>` as Markup
}

export function encodeCall(method: string, parameters: readonly Markup[]): string {
  const inner = parameters.map((parameter) => `<param>${parameter}</param>`).join('')
  return `${DECLARATION}<methodCall><methodName>${escaped(method)}</methodName><params>${inner}</params></methodCall>`
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
export const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function escaped(value: string): string {
  if (!/[&<>\r]/.test(value)) return value
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}
