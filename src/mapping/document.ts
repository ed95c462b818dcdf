/** A YAML text that knows its lines. */
import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Locate, Problem } from './problem.ts'

export interface YamlDocument {
  /** undefined when the text is no YAML at all: then `problems` says where. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly locate: Locate
}

/** Never throws: what is broken stands in `problems`. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (node: unknown): number | null =>
    isNode(node) && node.range ? lines.linePos(node.range[0]).line : null
  const problems = document.errors.map((error) => ({
    path: '',
    line: lines.linePos(error.pos[0]).line,
    message: `not valid YAML: ${error.message}`,
    hint:
      HINTS[error.code] ??
      'check the indentation, colons and quotes on this line and the one above',
  }))
  if (problems.length > 0) return { value: undefined, problems, locate: () => null }
  const locate: Locate = (path, part) => {
    let node: Node | null = document.contents
    let line = lineAt(node)
    for (const [index, step] of path.entries()) {
      const found = child(node, step)
      if (found === null) return line
      node = isNode(found.value) ? found.value : null
      const isLast = index === path.length - 1
      line = (isLast && part === 'value' ? lineAt(node) : lineAt(found.key)) ?? lineAt(node) ?? line
    }
    return line
  }
  return aliases(() => document.toJS({ maxAliasCount: 100 }), locate)
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks, not with tabs',
  DUPLICATE_KEY: 'each key can stand only once; remove or rename one of them',
  BAD_INDENT: 'lines of one block must start in the same column',
  MULTILINE_IMPLICIT_KEY: 'a quote or bracket of an earlier line is probably not closed',
  BLOCK_AS_IMPLICIT_KEY: 'a value that holds a colon and a blank needs quotes',
  MISSING_CHAR: 'a quote, bracket or comma is missing',
}

/** Aliases are resolved only when the value is built; a text that has too many of them is refused there. */
function aliases(build: () => unknown, locate: Locate): YamlDocument {
  try {
    return { value: build(), problems: [], locate }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint = 'write the value out instead of repeating it by an alias'
    return {
      value: undefined,
      problems: [{ path: '', line: null, message: `not valid YAML: ${message}`, hint }],
      locate,
    }
  }
}

function child(node: Node | null, step: string | number): { key: unknown; value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find(
      ({ key }) => String(isScalar(key) ? key.value : key) === String(step),
    )
    return pair === undefined ? null : { key: pair.key, value: pair.value }
  }
  if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
    return { key: node.items[step], value: node.items[step] }
  }
  return null
}
