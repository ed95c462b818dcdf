/** Reads the house: every source file, without its comments, and every line of it that imports something. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Source {
  /** From the root of the repository. */
  readonly path: string
  /** Without comments. */
  readonly code: string
  /** Without comments and without what stands in quotes: only words of the program itself. */
  readonly words: string
  readonly imports: readonly Import[]
}
export interface Import {
  /** A path from the root for what is ours, else the name of a package. */
  readonly to: string
  readonly isOurs: boolean
  readonly isType: boolean
}

export function sourceOf(path: string, text: string): Source {
  const { code, words } = stripped(text)
  return { path, code, words, imports: importsOf(path, code) }
}

/** Every TypeScript file of the program, fixtures left out. */
export function sources(): readonly Source[] {
  return globSync('{src,connectors}/**/*.ts', { cwd: ROOT })
    .filter((path) => !path.includes('/fixtures/'))
    .sort()
    .map((path) => sourceOf(path, readFileSync(join(ROOT, path), 'utf8')))
}

const IMPORT =
  /\b(?:import|export)\s+(type\s+)?[^'"`;=()]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*['"]([^'"]+)['"]|(typeof\s+)?\b(?:import|require(?:\.resolve)?)\s*\(\s*['"`]([^'"`]+)['"`]/g

function importsOf(path: string, code: string): readonly Import[] {
  return [...code.matchAll(IMPORT)].map(([, type, named, bare, , called]) => {
    const name = named ?? bare ?? called ?? ''
    const isOurs = name.startsWith('.')
    return {
      to: isOurs ? normalize(join(dirname(path), name)) : name,
      isOurs,
      isType: type !== undefined,
    }
  })
}

/**
 * Walks a text once. Inside a template, `${` leads back to code, and its `}` back into the template; a slash begins a pattern where no
 * value can end before it.
 */
function stripped(text: string): { readonly code: string; readonly words: string } {
  let code = ''
  let words = ''
  let place = 0
  /** For every template that is open: how many braces are open in its current hole. */
  const holes: number[] = []
  const take = (part: string, isWord: boolean) => {
    code += part
    words += isWord ? part : part.replace(/[^\n]/g, ' ')
    place += part.length
  }
  const template = () => {
    const part = /^(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{|$)/.exec(text.slice(place))?.[0] ?? ''
    take(part, false)
    if (part.endsWith('${')) holes.push(0)
  }
  while (place < text.length) {
    const rest = text.slice(place, place + 2)
    const [first = ''] = rest
    if (rest === '//' || rest === '/*') {
      const end = text.indexOf(rest === '//' ? '\n' : '*/', place + 2)
      const stop = end < 0 ? text.length : rest === '//' ? end : end + 2
      const gap = text.slice(place, stop).replace(/[^\n]/g, '')
      code += gap
      words += gap
      place = stop
    } else if (first === "'" || first === '"') {
      const quoted = first === "'" ? /'(?:[^'\\\n]|\\[\s\S])*'?/y : /"(?:[^"\\\n]|\\[\s\S])*"?/y
      quoted.lastIndex = place
      take(quoted.exec(text)?.[0] ?? first, false)
    } else if (first === '`') {
      take('`', false)
      template()
    } else if (first === '/' && BEFORE_A_PATTERN.test(words.trimEnd())) {
      const pattern = /\/(?:\[(?:[^\]\\\n]|\\.)*\]|[^/\\[\n]|\\.)+\/\w*/y
      pattern.lastIndex = place
      take(pattern.exec(text)?.[0] ?? first, false)
    } else {
      const open = holes.at(-1)
      if (open !== undefined && first === '}' && open === 0) {
        take('}', false)
        holes.pop()
        template()
        continue
      }
      if (open !== undefined && first === '{') holes[holes.length - 1] = open + 1
      if (open !== undefined && first === '}') holes[holes.length - 1] = open - 1
      const plain = /[^'"`/{}]+|[\s\S]/y
      plain.lastIndex = place
      take(plain.exec(text)?.[0] ?? first, true)
    }
  }
  return { code, words }
}
const BEFORE_A_PATTERN = /(?:^|[(,=:[!&|?{};+\n>]|\breturn|\btypeof|\bcase)$/
