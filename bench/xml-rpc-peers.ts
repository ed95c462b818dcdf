/** Other ways from an XML-RPC answer to its values: packages of npm, each set up as its documents and our trials say it is right and fast. */
import { EntityDecoder } from '@nodable/entities'
import { XMLParser } from 'fast-xml-parser'
import { createRequire } from 'node:module'

export interface Peer {
  readonly name: string
  /** Throws where it finds the answer wrong. */
  decode(body: string): unknown
}

export function xmlRpcPeers(): readonly Peer[] {
  return [
    { name: 'xmlrpc 1.3', decode: byXmlrpc },
    { name: 'fast-xml-parser 5, preserveOrder', decode: byOrderedTree() },
    { name: 'fast-xml-parser 5, plain objects', decode: byPlainTree() },
  ]
}

/** The package brings no types. It reads from a stream; the shortest stream is one chunk, handed over at once. */
interface Deserializer {
  deserializeMethodResponse(
    stream: unknown,
    done: (error: Error | null, value?: unknown) => void,
  ): void
}
const XmlrpcDeserializer = createRequire(import.meta.url)(
  'xmlrpc/lib/deserializer.js',
) as new () => Deserializer

function byXmlrpc(body: string): unknown {
  const stream = {
    setEncoding: () => {},
    on: () => {},
    pipe: (parser: { write(chunk: string): void; end(): void }) => {
      parser.write(body)
      parser.end()
    },
  }
  let answer: { readonly error: Error | null; readonly value: unknown } | null = null
  new XmlrpcDeserializer().deserializeMethodResponse(stream, (error, value) => {
    answer = { error, value }
  })
  const { error, value } = answer ?? { error: new Error('no answer at once'), value: null }
  if (error) throw error
  return value
}

/** Texts as they came, references decoded: without these, "00123" and " a " and "&#252;" come out wrong. */
const FXP = {
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  jPath: false,
} as const

type Ordered = Readonly<Record<string, readonly Ordered[] | string>>

function byOrderedTree(): Peer['decode'] {
  const parser = new XMLParser({ ...FXP, preserveOrder: true, entityDecoder: new EntityDecoder() })
  return (body) => {
    const at = ['methodResponse', 'params', 'param', 'value']
    let nodes = parser.parse(body) as readonly Ordered[]
    for (const name of at) nodes = inside(nodes, name)
    return orderedValue(nodes)
  }
}

function inside(nodes: readonly Ordered[], name: string): readonly Ordered[] {
  for (const node of nodes) {
    const found = node[name]
    if (found !== undefined && typeof found !== 'string') return found
  }
  throw new Error(`no <${name}>`)
}

function orderedText(nodes: readonly Ordered[]): string {
  const text = nodes[0]?.['#text']
  return typeof text === 'string' ? text : ''
}

function orderedValue(nodes: readonly Ordered[]): unknown {
  const first = nodes[0]
  if (first === undefined) return ''
  for (const type in first) {
    const content = first[type]
    if (content === undefined || typeof content === 'string') return content
    if (type === 'struct') {
      const members: Record<string, unknown> = {}
      for (const each of content) {
        const [name, value] = each['member'] as readonly [Ordered, Ordered]
        members[orderedText(name['name'] as readonly Ordered[])] = orderedValue(
          value['value'] as readonly Ordered[],
        )
      }
      return members
    }
    if (type === 'array')
      return inside(content, 'data').map((each) =>
        orderedValue(each['value'] as readonly Ordered[]),
      )
    return scalar(type, orderedText(content))
  }
  return ''
}

type Plain = string | readonly Plain[] | { readonly [name: string]: Plain }

function byPlainTree(): Peer['decode'] {
  const parser = new XMLParser({
    ...FXP,
    entityDecoder: new EntityDecoder(),
    isArray: (name: string) => name === 'member' || name === 'value',
  })
  return (body) => {
    const { methodResponse } = parser.parse(body) as {
      methodResponse: { params: { param: { value: readonly Plain[] } } }
    }
    return plainValue(methodResponse.params.param.value[0] ?? '')
  }
}

function plainValue(value: Plain): unknown {
  if (typeof value === 'string') return value
  for (const [type, content] of Object.entries(value as Readonly<Record<string, Plain>>)) {
    if (type === 'struct') {
      const members: Record<string, unknown> = {}
      const { member = [] } = content as {
        readonly member?: readonly { name: string; value: readonly Plain[] }[]
      }
      for (const {
        name,
        value: [inner = ''],
      } of member)
        members[name] = plainValue(inner)
      return members
    }
    if (type === 'array') {
      const { data } = content as { readonly data: { readonly value?: readonly Plain[] } }
      return (data.value ?? []).map(plainValue)
    }
    return scalar(type, content as string)
  }
  return ''
}

function scalar(type: string, text: string): unknown {
  switch (type) {
    case 'i4':
    case 'int':
    case 'double':
      return Number(text)
    case 'boolean':
      return text === '1'
    default:
      return text
  }
}
