/** Reads a request document into a tree, as strictly as an XML parser must. */
import { SaxesParser } from 'saxes'

export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  /** Text directly below, entities decoded. */
  readonly text: string
}

/** Throws an Error with line and column when the text is not well-formed. */
export function readDocument(xml: string): Node {
  const parser = new SaxesParser()
  const open: Growing[] = []
  let root: Growing | null = null
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag) => {
    const node: Growing = {
      name: tag.name,
      attributes: { ...tag.attributes },
      children: [],
      text: '',
    }
    const parent = open.at(-1)
    if (parent === undefined) root = node
    else parent.children.push(node)
    open.push(node)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  function take(text: string): void {
    const node = open.at(-1)
    if (node !== undefined) node.text += text
  }
  parser.on('text', take)
  parser.on('cdata', take)
  parser.write(xml).close()
  if (root === null) throw new Error('no root element')
  return root
}

export function child(node: Node, name: string): Node | undefined {
  return node.children.find((other) => other.name === name)
}
export function children(node: Node, name: string): readonly Node[] {
  return node.children.filter((other) => other.name === name)
}
/** Text of a child, outer blanks cut; undefined: no such child. */
export function childText(node: Node, name: string): string | undefined {
  return child(node, name)?.text.trim()
}
/** The items of a list: `Contacts` > `Contact`. */
export function items(node: Node, list: string, name: string): readonly Node[] {
  const parent = child(node, list)
  return parent === undefined ? [] : children(parent, name)
}

interface Growing {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Growing[]
  text: string
}
