/** Reads a method call: strict XML, then the XML-RPC values with the classes they arrived as. */
import { SaxesParser } from 'saxes'
import { Fault } from './fault.ts'

export type Rpc =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date'; readonly value: string }
  | { readonly kind: 'base64'; readonly value: string }
  | { readonly kind: 'nil' }
  | { readonly kind: 'array'; readonly items: readonly Rpc[] }
  | { readonly kind: 'struct'; readonly members: ReadonlyMap<string, Rpc> }

export interface Call {
  readonly method: string
  readonly params: readonly Rpc[]
}

/** Throws fault 0 for anything that is not a method call. */
export function parseCall(body: string): Call {
  const root: Frame = newFrame('')
  const stack: Frame[] = [root]
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => {
    stack.push(newFrame(tag.name))
  })
  const addText = (text: string) => {
    const top = stack.at(-1)
    if (top !== undefined) top.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const frame = stack.pop()
    const parent = stack.at(-1)
    if (frame !== undefined && parent !== undefined) close(frame, parent, root)
  })
  try {
    parser.write(body).close()
  } catch (error) {
    if (error instanceof Fault) throw error
    const reason = body.trim() === '' ? 'Premature end of file.' : (error as Error).message
    throw unreadable(reason)
  }
  if (root.member === null) throw unreadable('no methodName')
  return { method: root.member, params: root.items }
}

/** An element being read, with what its children have delivered so far. */
interface Frame {
  readonly name: string
  text: string
  value: Rpc | null
  items: Rpc[]
  /** Text of a `name` or `methodName` child. */
  member: string | null
  members: Map<string, Rpc>
}

function newFrame(name: string): Frame {
  return { name, text: '', value: null, items: [], member: null, members: new Map() }
}

function close(frame: Frame, parent: Frame, root: Frame): void {
  switch (frame.name) {
    case 'methodCall':
    case 'params':
      return
    case 'methodName':
      root.member = frame.text.trim()
      return
    case 'param':
      if (frame.value === null) throw unreadable('a param without a value')
      root.items.push(frame.value)
      return
    case 'value': {
      const value = frame.value ?? { kind: 'string', value: frame.text }
      if (parent.name === 'data') parent.items.push(value)
      else parent.value = value
      return
    }
    case 'data':
      parent.items = frame.items
      return
    case 'name':
      parent.member = frame.text.trim()
      return
    case 'member':
      if (frame.member === null || frame.value === null)
        throw unreadable('a member without name or value')
      parent.members.set(frame.member, frame.value)
      return
    case 'array':
      parent.value = { kind: 'array', items: frame.items }
      return
    case 'struct':
      parent.value = { kind: 'struct', members: frame.members }
      return
    default:
      parent.value = scalar(frame.name, frame.text)
  }
}

function scalar(type: string, text: string): Rpc {
  switch (type) {
    case 'string':
      return { kind: 'string', value: text }
    case 'int':
    case 'i4':
      if (!/^\s*[+-]?\d{1,10}\s*$/.test(text)) throw unreadable(`not an integer: ${text}`)
      return { kind: 'int', value: Number(text) }
    case 'double':
      if (!Number.isFinite(Number(text)) || text.trim() === '')
        throw unreadable(`not a double: ${text}`)
      return { kind: 'double', value: Number(text) }
    case 'boolean':
      if (!/^\s*[01]\s*$/.test(text)) throw unreadable(`not a boolean: ${text}`)
      return { kind: 'boolean', value: text.trim() === '1' }
    case 'dateTime.iso8601':
      return { kind: 'date', value: text.trim() }
    case 'base64':
      return { kind: 'base64', value: text }
    case 'nil':
      return { kind: 'nil' }
    default:
      throw unreadable(`unknown element ${type}`)
  }
}

function unreadable(reason: string): Fault {
  return new Fault(0, `Failed to parse XML-RPC request: ${reason}`)
}
