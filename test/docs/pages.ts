/** Reads the documents: their pages, code blocks, links, code spans and tables. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Page {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** The text without its code blocks, each replaced by as many empty lines. */
  readonly prose: string
}
export interface Block {
  readonly language: string
  readonly text: string
  /** Line of its first line of code in the page, from 1. */
  readonly line: number
}

export function pages(): readonly Page[] {
  const paths = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT }).sort()]
  return paths.map((path) => read(path))
}

export function page(path: string): Page {
  return read(path)
}

function read(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const blocks: Block[] = []
  const prose = text.replace(FENCE, (whole: string, language: string, code: string, at: number) => {
    const line = text.slice(0, at).split('\n').length + 1
    blocks.push({ language, text: code, line })
    return whole.replace(/[^\n]/g, '')
  })
  return { path, text, blocks, prose }
}
const FENCE = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm

export interface CommandLine {
  readonly text: string
  readonly line: number
  /** A line to type; false: mentioned in prose, where the name alone may stand for the command. */
  readonly isWhole: boolean
}

/** Lines of shell blocks and code spans that begin with `ferry `, comments taken off. */
export function commandsOf(page: Page): readonly CommandLine[] {
  const found: CommandLine[] = []
  for (const block of page.blocks.filter(({ language }) => language === 'sh')) {
    for (const [place, raw] of block.text.split('\n').entries()) {
      const text = raw.replace(/\s+#.*$/, '').trim()
      if (text.startsWith('ferry ')) found.push({ text, line: block.line + place, isWhole: true })
    }
  }
  for (const span of spansOf(page))
    if (/^ferry [a-z]/.test(span.text)) found.push({ ...span, isWhole: false })
  return found
}

export function spansOf(page: Page): readonly { readonly text: string; readonly line: number }[] {
  return page.prose
    .split('\n')
    .flatMap((line, place) =>
      [...line.matchAll(/`([^`]+)`/g)].map((match) => ({ text: match[1] ?? '', line: place + 1 })),
    )
}

export interface Link {
  readonly line: number
  /** Path from the root; the page itself for a bare anchor. */
  readonly path: string
  /** '' without one. */
  readonly anchor: string
}

/** Links that stay in the repository. */
export function linksOf(page: Page): readonly Link[] {
  return page.prose.split('\n').flatMap((line, place) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match): readonly Link[] => {
      const target = match[1] ?? ''
      if (/^[a-z]+:/.test(target)) return []
      const [file = '', anchor = ''] = target.split('#')
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file))
      return [{ line: place + 1, path, anchor }]
    }),
  )
}

/** Anchors as GitHub makes them of headings. */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const headings = [...page.prose.matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] ?? '')
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  )
}

/** Rows of the table whose heading row begins with these words; cells without their marks. Throws when there is none. */
export function tableOf(page: Page, ...heading: readonly string[]): readonly (readonly string[])[] {
  const lines = page.prose.split('\n')
  const start = lines.findIndex((line) =>
    heading.every((word, place) => cells(line)[place] === word),
  )
  if (start < 0) throw new Error(`${page.path} has no table "${heading.join(' | ')}"`)
  const rows: (readonly string[])[] = []
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break
    rows.push(cells(line))
  }
  return rows
}

function cells(line: string): readonly string[] {
  if (!line.startsWith('|')) return []
  return line
    .slice(1)
    .replace(/\|\s*$/, '')
    .split('|')
    .map((cell) => cell.trim())
}

/** Texts of all code spans in a cell. */
export function codesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
}

/** The first block of this language below a heading of the second level. Throws when there is none. */
export function blockBelow(page: Page, heading: string, language: string): string {
  const start = page.text.slice(0, page.text.indexOf(`\n## ${heading}`)).split('\n').length
  const block = page.blocks.find((each) => each.line > start && each.language === language)
  if (block === undefined) throw new Error(`no ${language} below "${heading}"`)
  return block.text
}
