/** Writes replies: untyped strings, `i4` integers, no white space between tags, null members left out by the caller. */
import type { Fault } from './fault.ts'
import { stampText, type Wall } from './wall.ts'

/** Pieces of a reply. `padded` writes scalars and names the way the printed samples show them, with line ends around. */
export interface ReplyWriter {
  readonly int: (value: number) => string
  readonly flag: (value: boolean) => string
  readonly double: (value: number) => string
  readonly stamp: (value: Wall) => string
  readonly text: (value: string) => string
  readonly array: (values: readonly string[]) => string
  readonly struct: (members: readonly (readonly [name: string, value: string])[]) => string
  readonly answer: (value: string) => string
  readonly fault: (fault: Fault) => string
}

export function replyWriter(style: 'compact' | 'padded'): ReplyWriter {
  const pad = style === 'padded' ? '\n      ' : ''
  const scalar = (type: string, value: string) =>
    `<value>${pad}<${type}>${pad}${value}${pad}</${type}>${pad}</value>`
  const struct: ReplyWriter['struct'] = (members) => {
    let xml = ''
    for (const [name, value] of members) {
      xml += `<member><name>${pad}${escapeText(name)}${pad}</name>${value}</member>`
    }
    return `<value><struct>${xml}</struct></value>`
  }
  const int = (value: number) => scalar('i4', String(value))
  return {
    int,
    flag: (value) => scalar('boolean', value ? '1' : '0'),
    double: (value) => scalar('double', String(value)),
    stamp: (value) => scalar('dateTime.iso8601', stampText(value)),
    text: (value) => (value === '' ? '<value/>' : `<value>${escapeText(value)}</value>`),
    array: (values) => `<value><array><data>${values.join('')}</data></array></value>`,
    struct,
    answer: (value) =>
      `${head}<methodResponse><params><param>${value}</param></params></methodResponse>`,
    fault: (fault) =>
      `${head}<methodResponse><fault>${struct([
        ['faultCode', int(fault.code)],
        ['faultString', `<value>${escapeText(fault.message)}</value>`],
      ])}</fault></methodResponse>`,
  }
}

const head = '<?xml version="1.0" encoding="utf-8"?>'
const special = /[&<>]/

export function escapeText(text: string): string {
  if (!special.test(text)) return text
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
