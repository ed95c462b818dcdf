/** XML-RPC on its way in: reads replies strictly, forgiving only what real servers are known to do around the document. Pure. */
import { SaxesParser } from 'saxes'
import { emptyTable } from '../../src/model/field.ts'
import { forbiddenPlaces, scrub } from './characters.ts'
import { DECIMAL, type WireStruct, type WireValue } from './xml-rpc.ts'

export type Reply = {
  /** How many forbidden characters were dropped. */
  readonly scrubbed: number
  /** From where, as far as it can be told: "FirstName of 7". */
  readonly scrubbedFrom: readonly string[]
  /** Things skipped around the document: a PHP notice, trailing text. */
  readonly notes: readonly string[]
} & (
  | { readonly kind: 'value'; readonly value: WireValue }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string }
)
export interface Call {
  readonly method: string
  readonly parameters: readonly WireValue[]
}

/** Why a text is not a reply: `cut` and `empty` may pass with the next attempt, the others will not. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly kind: 'empty' | 'cut' | 'malformed' | 'html' | 'json' | 'foreign'
  constructor(kind: WireError['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

/** Throws WireError. */
export function decodeReply(body: string): Reply {
  const { markup, notes } = cutOut(body, 'methodResponse')
  const { markup: clean, scrubbed } = scrub(markup)
  const read = parse(clean)
  const about = { scrubbed, scrubbedFrom: scrubbed === 0 ? [] : forbiddenPlaces(markup), notes }
  if (!read.isFault) return { kind: 'value', value: read.parameters[0] ?? null, ...about }
  const { code, text: message } = faultOf(read.parameters[0] ?? null)
  return { kind: 'fault', code, text: message, ...about }
}

/** Reads a request back; for proofs and for tools that look at recorded traffic. Throws WireError. */
export function decodeCall(body: string): Call {
  const { markup } = cutOut(body, 'methodCall')
  const { method, parameters } = parse(scrub(markup).markup)
  return { method, parameters }
}

const INTEGER = /^[+-]?\d+$/
const DEPTH_MAX = 64

/** Finds the document in what arrived: byte order mark, blanks, notices before and text behind it are left out. */
function cutOut(body: string, root: string): { markup: string; notes: string[] } {
  const notes: string[] = []
  const rootAt = body.indexOf(`<${root}`)
  if (rootAt === -1) throw strange(body)
  const declarationAt = body.lastIndexOf('<?xml', rootAt)
  const start = declarationAt === -1 ? rootAt : declarationAt
  if (!/^[\s\u00ef\u00bb\u00bf\ufeff]*$/.test(body.slice(0, start)))
    notes.push('Text in front of the XML document was skipped.')
  const end = endOf(body, root, rootAt)
  if (end === -1) throw new WireError('cut', 'the answer ends in the middle')
  if (!/^[\s\u0000]*$/.test(body.slice(end)))
    notes.push('Text behind the XML document was skipped.')
  return { markup: body.slice(start, end), notes }
}

function endOf(body: string, root: string, rootAt: number): number {
  const closing = `</${root}>`
  const at = body.lastIndexOf(closing)
  if (at !== -1) return at + closing.length
  const empty = new RegExp(`^<${root}\\s*/>`).exec(body.slice(rootAt, rootAt + root.length + 20))
  return empty === null ? -1 : rootAt + empty[0].length
}

function strange(body: string): WireError {
  const start = body.trimStart().slice(0, 1000)
  if (start === '') return new WireError('empty', 'the answer is empty')
  if (/^<\?xml|^<m/i.test(start) && !/^<\?xml[^>]*\?>\s*<(?!m)/i.test(start))
    return new WireError('cut', 'the answer ends in the middle')
  if (/^[[{]/.test(start)) return new WireError('json', 'the answer is JSON, not XML-RPC')
  if (/<(?:!doctype\s+html|html|head|body)\b/i.test(start))
    return new WireError('html', 'the answer is an HTML page, not XML-RPC')
  return new WireError('foreign', 'the answer is not XML-RPC')
}

function faultOf(value: WireValue): { code: number; text: string } {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new WireError('malformed', 'the fault carries no struct')
  const { faultCode, faultString } = value as WireStruct
  const code = Number(faultCode)
  if (faultCode === undefined || !Number.isInteger(code))
    throw new WireError('malformed', 'the fault carries no faultCode')
  return { code, text: typeof faultString === 'string' ? faultString.trim() : '' }
}

interface Read {
  readonly method: string
  readonly parameters: readonly WireValue[]
  readonly isFault: boolean
}

/** Marks a `<value>` whose typed child has not come (yet). */
const UNTYPED = Symbol('untyped')
type Slot = WireValue | typeof UNTYPED
type Container = { items: WireValue[] } | { members: Record<string, WireValue>; name: string }

/**
 * One pass over the events. `slots` holds the open `<value>`s, `containers` the open arrays and structs; a closed value goes to the
 * innermost container, or to `parameters` where none is open.
 */
function parse(markup: string): Read {
  const parser = new SaxesParser({ position: false })
  const slots: Slot[] = []
  const containers: Container[] = []
  const parameters: WireValue[] = []
  let characters = ''
  let method = ''
  let isFault = false

  parser.on('text', (chunk) => {
    characters += chunk
  })
  parser.on('cdata', (chunk) => {
    characters += chunk
  })
  parser.on('opentagstart', (tag) => {
    const { name } = tag
    switch (name) {
      case 'value':
        if (slots.push(UNTYPED) > DEPTH_MAX) throw malformed('values lie too deep')
        break
      case 'struct':
      case 'array':
        openTyped(name)
        containers.push(name === 'array' ? { items: [] } : { members: emptyTable(), name: '' })
        break
      case 'member': {
        const container = containers.at(-1)
        if (container === undefined || !('members' in container)) throw misplaced(name)
        container.name = ''
        break
      }
      case 'data':
        if (!('items' in (containers.at(-1) ?? {}))) throw misplaced(name)
        break
      case 'fault':
        isFault = true
        break
      case 'name':
      case 'methodName':
      case 'params':
      case 'param':
      case 'methodResponse':
      case 'methodCall':
        break
      default:
        if (SCALARS.get(name) === undefined) throw malformed(`<${name}> is no part of XML-RPC`)
        openTyped(name)
    }
    characters = ''
  })
  parser.on('closetag', (tag) => {
    const { name } = tag
    switch (name) {
      case 'value': {
        const slot = slots.pop()
        deliver(slot === UNTYPED || slot === undefined ? characters : slot)
        break
      }
      case 'struct':
      case 'array': {
        const container = containers.pop()
        if (container !== undefined)
          slots[slots.length - 1] = 'items' in container ? container.items : container.members
        break
      }
      case 'name': {
        const container = containers.at(-1)
        if (container === undefined || !('members' in container)) throw misplaced(name)
        container.name = characters.trim()
        break
      }
      case 'methodName':
        method = characters.trim()
        break
      default: {
        const convert = SCALARS.get(name)
        if (convert !== undefined) slots[slots.length - 1] = convert(characters)
      }
    }
    characters = ''
  })

  function openTyped(name: string) {
    if (slots.at(-1) !== UNTYPED) throw misplaced(name)
    if (characters.trim() !== '') throw malformed(`text in front of <${name}>`)
  }
  function deliver(value: WireValue) {
    const container = containers.at(-1)
    if (container === undefined) {
      parameters.push(value)
    } else if ('items' in container) {
      container.items.push(value)
    } else {
      if (container.name === '') throw malformed('a member without a name')
      container.members[container.name] = value
    }
  }

  try {
    parser.write(markup).close()
  } catch (error) {
    if (error instanceof WireError) throw error
    throw new WireError('malformed', `the answer is not well-formed XML: ${message(error)}`, error)
  }
  return { method, parameters, isFault }
}

/** What the text of a typed value means, by the name of its type. Throws WireError. */
export const SCALARS: ReadonlyMap<string, (characters: string) => WireValue> = new Map<
  string,
  (characters: string) => WireValue
>(
  Object.entries({
    string: (characters) => characters,
    i4: integer,
    int: integer,
    i8: integer,
    'ex:i8': integer,
    double: (characters) => {
      const short = characters.trim()
      if (!DECIMAL.test(short)) throw malformed(`<double> holds ${quote(short)}`)
      return exact(short)
    },
    boolean: (characters) => {
      const short = characters.trim().toLowerCase()
      if (short === '1' || short === 'true') return true
      if (short === '0' || short === 'false') return false
      throw malformed(`<boolean> holds ${quote(short)}`)
    },
    'dateTime.iso8601': (characters) => characters.trim(),
    base64: (characters) => characters.replace(/\s+/g, ''),
    nil: () => null,
    'ex:nil': () => null,
  }),
)

function integer(characters: string): WireValue {
  const short = characters.trim()
  if (!INTEGER.test(short)) throw malformed(`an integer holds ${quote(short)}`)
  const number = Number(short)
  return Number.isSafeInteger(number) ? number : short
}

function exact(decimal: string): number | string {
  const number = Number(decimal)
  return String(number) === decimal ? number : decimal
}

function misplaced(name: string): WireError {
  return malformed(`<${name}> is out of place`)
}
function malformed(what: string): WireError {
  return new WireError('malformed', `the answer is not XML-RPC: ${what}`)
}
function quote(found: string): string {
  return JSON.stringify(found.slice(0, 40))
}
function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
