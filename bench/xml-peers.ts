/** Other ways from a document of the XML-spec API to a tree of elements: packages of npm, each set up to lose nothing. */
import { EntityDecoder } from '@nodable/entities'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { SaxesParser } from 'saxes'
import type { Peer } from './xml-rpc-peers.ts'

/** What all of them are brought to before they are compared. */
export interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
  readonly text: string
}

export function xmlPeers(): readonly Peer[] {
  const ordered = new XMLParser({ ...FXP, preserveOrder: true, entityDecoder: new EntityDecoder() })
  const asTree = (body: string) => treeOf((ordered.parse(body) as readonly Ordered[])[0])
  return [
    { name: 'fast-xml-parser 5, preserveOrder', decode: asTree },
    {
      name: 'the same after XMLValidator',
      decode(body) {
        if (XMLValidator.validate(body) !== true) throw new Error('the answer is broken XML')
        return asTree(body)
      },
    },
    { name: 'saxes 6, tree from its events', decode: bySaxes },
  ]
}

const FXP = {
  parseTagValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  jPath: false,
} as const

type Ordered = Readonly<Record<string, readonly Ordered[] | string>>

function treeOf(node: Ordered | undefined): Tree {
  for (const name in node) {
    const content = node[name]
    if (content === undefined || typeof content === 'string') continue
    const text = content[0]?.['#text']
    if (typeof text === 'string') return { name: name.toLowerCase(), children: NONE, text }
    return { name: name.toLowerCase(), children: content.map(treeOf), text: '' }
  }
  throw new Error('no element')
}
const NONE: readonly Tree[] = []

interface Growing {
  readonly name: string
  readonly children: Growing[]
  text: string
}

function bySaxes(body: string): Tree {
  const parser = new SaxesParser({ position: false })
  const top: Growing = { name: '', children: [], text: '' }
  const open: Growing[] = [top]
  parser.on('opentag', ({ name }) => {
    const element: Growing = { name: name.toLowerCase(), children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(body).close()
  const [root] = top.children
  if (root === undefined) throw new Error('no element')
  return root
}
