/** Makes docs/operations.md: every typed operation of every platform, the function that uses it, and the test that runs it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { operationsOf } from '../../connectors/operations.ts'

export interface Row {
  readonly platform: string
  readonly operation: string
  readonly effect: string
  readonly about: string
  readonly input: string
  /** Where syncs use it, or the way by name; '' if there is none. */
  readonly used: string
  /** '' if no test names it. */
  readonly test: string
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PLATFORMS: Readonly<Record<string, string>> = {
  infusionsoft: 'Infusionsoft / Keap',
  adaptix: 'Adaptix and Mautic',
  'xml-spec': 'XML-spec (GreenRope)',
}

export function rows(): readonly Row[] {
  return Object.keys(PLATFORMS).flatMap((platform) => {
    const sources = filesIn(`connectors/${platform}`).filter(
      ({ path }) => !/\/operations?(?:-\w+)?\.ts$|\/simulator/.test(path),
    )
    const tests = filesIn(`test/connectors/${platform}`).filter(({ path }) =>
      path.endsWith('.test.ts'),
    )
    const byName = sources.find(({ path }) => path.endsWith('/connector.ts'))
    return operationsOf(platform).map(({ name, effect, about, input, takesMore }): Row => {
      const keys = input.map((key) => `\`${key.name}${key.isRequired ? '' : '?'}\``)
      return {
        platform,
        operation: name,
        effect,
        about,
        input: [...keys, ...(takesMore ? ['fields'] : [])].join(' ') || 'nothing',
        used:
          usedIn(name, sources) ??
          (byName === undefined ? '' : `${linkTo(byName.path, '`call`')} only`),
        test: testOf(name, tests),
      }
    })
  })
}

export function page(): string {
  const all = rows()
  const sections = Object.entries(PLATFORMS).map(([platform, title]) => {
    const own = all.filter((row) => row.platform === platform)
    const lines = own.map(
      ({ operation, effect, about, input, used, test }) =>
        `| \`${operation}\` | ${effect} | ${cell(about)} | ${input} | ${used} | ${test} |`,
    )
    return [
      `## ${title}`,
      '',
      `${own.length} operations, ${own.filter(({ effect }) => effect === 'write').length} of them write.`,
      '',
      '| Operation | Effect | What it does | Input | Function | Test |',
      '| --- | --- | --- | --- | --- | --- |',
      ...lines,
    ].join('\n')
  })
  return `${HEAD}\n\n${sections.join('\n\n')}\n`
}

const HEAD = `# Operations

<!-- Generated: npx vitest run test/cli-more/operations-page.test.ts -u -->

Every operation of the three platforms that the program knows, with the function that uses it and the test that runs it. Any of them runs by name
with \`ferry call CONNECTION OPERATION --input JSON\`; \`ferry call CONNECTION --list\` lists them. One that writes asks first, or needs \`--yes\`, and is
refused on a connection that says \`readOnly: true\`. Keys with a question mark may be left out; *fields* stands for the account's own fields.`

interface File {
  /** From the root of the checkout. */
  readonly path: string
  readonly text: string
}

function filesIn(folder: string): readonly File[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

/** The function around the first line of the connector that names it; null: only \`call\` reaches it. */
function usedIn(name: string, sources: readonly File[]): string | null {
  for (const { path, text } of sources) {
    const at = text.indexOf(`'${name}'`)
    if (at < 0) continue
    const before = [...text.slice(0, at).matchAll(/^(?:export )?(?:async )?function\*? (\w+)/gm)]
    const around = before.at(-1)?.[1]
    if (around !== undefined) return linkTo(path, `\`${around}\``)
  }
  return null
}

/** A test of all operations by name is preferred: it says most about this one. */
function testOf(name: string, tests: readonly File[]): string {
  const word = new RegExp(`(?<![\\w.])${name.replace('.', '\\.')}(?:Request)?(?!\\w)`)
  const found = tests.filter(({ text }) => word.test(text))
  const [first] = found.toSorted((a, b) => Number(isOfAll(b)) - Number(isOfAll(a)))
  return first === undefined ? '' : linkTo(first.path, first.path.replace(/^.*\//, ''))
}
function isOfAll({ path }: File): boolean {
  return path.endsWith('/operations.test.ts')
}

function linkTo(path: string, text: string): string {
  return `[${text}](../${path})`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
