/** Talks XML-RPC to the simulated account, for its tests: values out, values in, shapes kept. */
import { SaxesParser } from 'saxes'
import { infusionsoftSimulator } from '../../../connectors/infusionsoft/simulator.ts'
import type { SimulatedResponse, Simulator } from '../../../src/connector/simulator.ts'

export type Sent =
  | string
  | number
  | boolean
  | { readonly xml: string }
  | readonly Sent[]
  | { readonly [name: string]: Sent }
/** Integers, doubles and booleans as such; untyped and string text as text; dates as `{ date }`. */
export type Got =
  | string
  | number
  | boolean
  | { readonly date: string }
  | readonly Got[]
  | { readonly [name: string]: Got }
export type Struct = Readonly<Record<string, Got>>
/** 3 February 2026, noon in New York. */
export const noon = Date.UTC(2026, 1, 3, 17)

export interface Account {
  readonly simulator: Simulator
  readonly clock: { now: number }
  /** Calls with a placeholder key and the header login; throws `fault CODE text`. */
  call(method: string, ...args: readonly Sent[]): Got
  rows(method: string, ...args: readonly Sent[]): readonly Struct[]
  send(body: string, headers?: Readonly<Record<string, string>>, url?: string): SimulatedResponse
}

export function account(contacts = 60, quirks: Readonly<Record<string, unknown>> = {}): Account {
  const clock = { now: noon }
  const simulator = infusionsoftSimulator.create({
    contacts,
    seed: 3,
    now: () => clock.now,
    quirks,
  })
  const key = simulator.auth['serviceKey'] ?? ''
  const send: Account['send'] = (
    body,
    headers = { 'x-keap-api-key': key },
    url = simulator.basePath,
  ) => simulator.handle({ method: 'POST', url, headers, body })
  const call: Account['call'] = (method, ...args) =>
    decode(send(request(method, 'x', ...args)).body)
  return {
    simulator,
    clock,
    send,
    call,
    rows: (method, ...args) => call(method, ...args) as readonly Struct[],
  }
}

export function request(method: string, ...args: readonly Sent[]): string {
  const params = args.map((arg) => `<param>${encode(arg)}</param>`).join('')
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`
}

function encode(value: Sent): string {
  if (typeof value === 'string') return `<value><string>${escaped(value)}</string></value>`
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>`
  if (typeof value === 'number') {
    const type = Number.isInteger(value) ? 'int' : 'double'
    return `<value><${type}>${value}</${type}></value>`
  }
  if (Array.isArray(value)) {
    return `<value><array><data>${value.map(encode).join('')}</data></array></value>`
  }
  if ('xml' in value && typeof value.xml === 'string') return `<value>${value.xml}</value>`
  const members = Object.entries(value)
    .map(([name, member]) => `<member><name>${name}</name>${encode(member)}</member>`)
    .join('')
  return `<value><struct>${members}</struct></value>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

interface Node {
  readonly name: string
  text: string
  readonly children: Node[]
}

export function decode(body: string): Got {
  const root: Node = { name: '', text: '', children: [] }
  const stack = [root]
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => {
    const node: Node = { name: tag.name, text: '', children: [] }
    stack.at(-1)?.children.push(node)
    stack.push(node)
  })
  parser.on('text', (text) => {
    const top = stack.at(-1)
    if (top !== undefined) top.text += text
  })
  parser.on('closetag', () => {
    stack.pop()
  })
  parser.write(body).close()
  const [answer] = child(root, 'methodResponse').children
  if (answer?.name === 'fault') {
    const fault = read(child(answer, 'value')) as Struct
    throw new Error(`fault ${String(fault['faultCode'])} ${String(fault['faultString'])}`)
  }
  return read(child(child(child(root, 'methodResponse'), 'params'), 'param').children[0])
}

function child(node: Node, name: string): Node {
  const found = node.children.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no ${name} in ${node.name}`)
  return found
}

function read(value: Node | undefined): Got {
  const typed = value?.children[0]
  if (value === undefined) throw new Error('no value')
  if (typed === undefined) return value.text
  switch (typed.name) {
    case 'i4':
    case 'double':
      return Number(typed.text)
    case 'boolean':
      return typed.text.trim() === '1'
    case 'dateTime.iso8601':
      return { date: typed.text.trim() }
    case 'array':
      return child(typed, 'data').children.map(read)
    case 'struct':
      return Object.fromEntries(
        typed.children.map((member) => [
          child(member, 'name').text.trim(),
          read(child(member, 'value')),
        ]),
      )
    default:
      throw new Error(`unexpected ${typed.name}`)
  }
}
