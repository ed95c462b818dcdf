import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codesIn, page, ROOT, tableOf } from './pages.ts'

const REGISTERS = ['connectors/index.ts', 'connectors/operations.ts', 'connectors/simulators.ts']

interface Rule {
  readonly allowed: readonly string[]
  /** Set where everything in `src` is allowed but these. */
  readonly butNot: readonly string[] | null
}

const rules = new Map<string, Rule>(
  tableOf(page('docs/architecture.md'), 'Folder', 'May import').map(([folder = '', may = '']) => [
    codesIn(folder)[0] ?? '',
    may.startsWith('everything')
      ? { allowed: REGISTERS, butNot: codesIn(may).slice(1) }
      : { allowed: codesIn(may), butNot: null },
  ]),
)

/** The row of the table that a file belongs to; the longest wins (`src/state/sql` before `src/state`). */
function folderOf(path: string): string | null {
  if (/^connectors\/[^/]+\//.test(path)) {
    return path.startsWith('connectors/people/') ? 'connectors/people.ts' : 'connectors/<platform>'
  }
  const fits = [...rules.keys()].filter((folder) => path.startsWith(`${folder}/`))
  return fits.toSorted((a, b) => b.length - a.length)[0] ?? null
}

interface Import {
  readonly from: string
  readonly to: string
}

function importsOf(path: string): readonly Import[] {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)].map((match) => ({
    from: path,
    to: normalize(join(dirname(path), match[1] ?? '')),
  }))
}

function isAllowed({ from, to }: Import): boolean {
  const [here, there] = [folderOf(from), folderOf(to) ?? to]
  const rule = rules.get(here ?? '')
  if (rule === undefined || (here === there && here !== 'connectors/<platform>')) return true
  if (here === there) return from.split('/')[1] === to.split('/')[1]
  if (rule.butNot !== null && to.startsWith('src/')) {
    return !rule.butNot.some((forbidden) => to.startsWith(`${forbidden}/`))
  }
  return rule.allowed.includes(there)
}

const files = globSync('{src,connectors}/**/*.ts', { cwd: ROOT })

describe('the import table of the architecture page', () => {
  it('is kept by every import line', () => {
    const broken = files
      .flatMap(importsOf)
      .filter((one) => !isAllowed(one))
      .map(({ from, to }) => `${from} imports ${to}`)
    expect(broken).toEqual([])
  })

  it('would notice a line that goes the wrong way', () => {
    expect(isAllowed({ from: 'src/plan/plan.ts', to: 'src/http/clock.ts' })).toBe(false)
    expect(isAllowed({ from: 'src/state/store.ts', to: 'src/state/sql/open.ts' })).toBe(false)
    expect(isAllowed({ from: 'src/app/app.ts', to: 'src/cli/main.ts' })).toBe(false)
    expect(isAllowed({ from: 'src/pipeline/pull.ts', to: 'connectors/index.ts' })).toBe(false)
    expect(isAllowed({ from: 'connectors/a/scan.ts', to: 'connectors/b/scan.ts' })).toBe(false)
    expect(isAllowed({ from: 'connectors/a/scan.ts', to: 'connectors/a/codec.ts' })).toBe(true)
  })

  it('has a row for every folder of src', () => {
    const folders = new Set(
      files
        .filter((path) => path.startsWith('src/'))
        .map((path) => path.split('/').slice(0, 2).join('/')),
    )
    expect([...folders].filter((folder) => !rules.has(folder))).toEqual([])
  })
})

describe('one place knows each library', () => {
  const owners: Readonly<Record<string, RegExp>> = {
    kysely: /^src\/state\/sql\//,
    pg: /^src\/state\/sql\//,
    bullmq: /^src\/runner\/bullmq/,
    undici: /^src\/http\/undici\.ts$/,
    commander: /^src\/cli\//,
  }
  it.each(Object.entries(owners))('%s', (library, owner) => {
    const strangers = files.filter((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return new RegExp(`from '${library}(?:/[^']*)?'`).test(text) && !owner.test(path)
    })
    expect(strangers).toEqual([])
  })
})
