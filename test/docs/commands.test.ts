import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Act } from '../../src/cli/act.ts'
import { allRegisters } from '../../src/cli/commands.ts'
import { MASKS } from '../../src/report/mask.ts'
import { commandsOf, pages, ROOT, spansOf } from './pages.ts'

const REGISTERS = await allRegisters()

/** Options that stand before or behind any command, with the number of words they take. */
const GLOBAL: Readonly<Record<string, number>> = {
  '--config': 1,
  '--json': 0,
  '--ndjson': 0,
  '--quiet': 0,
  '--verbose': 0,
  '--no-color': 0,
  '--yes': 0,
  '--mask': 1,
}

/** The real commands over handlers that do nothing. Answers with the complaint of the parser; null: it parses. */
async function complaintAbout(words: readonly string[]): Promise<string | null> {
  const program = new Command('ferry').exitOverride()
  program.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  let isReached = false
  const act: Act = () => async () => {
    isReached = true
  }
  for (const register of REGISTERS) register(program, act)
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return isReached ? null : 'it names no command that does anything'
}

/** Whether the words are a command's name and nothing else, as prose writes them: `ferry map check`. */
function isName(words: readonly string[]): boolean {
  let at: Command | undefined = new Command('ferry')
  for (const register of REGISTERS) register(at, () => async () => {})
  for (const word of words) at = at?.commands.find((one) => one.name() === word)
  return at !== undefined
}

function withoutGlobals(words: readonly string[]): readonly string[] {
  const kept: string[] = []
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? ''
    const taken = GLOBAL[word]
    if (taken === undefined) kept.push(word)
    else place += taken
  }
  return kept
}

function wordsOf(text: string): readonly string[] {
  return withoutGlobals(text.split(/\s+/).slice(1))
}

describe('the commands that the documents name', () => {
  const all = pages().flatMap((page) =>
    commandsOf(page).map(({ text, line, isWhole }) => ({
      text,
      isWhole,
      at: `${page.path}:${line}`,
    })),
  )

  it('are many', () => {
    expect(all.length).toBeGreaterThan(60)
  })

  it.each(all.map(({ text, at, isWhole }) => [text, at, isWhole] as const))(
    '%s (%s)',
    async (text, _, isWhole) => {
      const words = wordsOf(text)
      if (isWhole || !isName(words)) expect(await complaintAbout(words)).toBeNull()
      else expect(words.length).toBeGreaterThan(0)
    },
  )

  it('would be noticed if they were wrong', async () => {
    expect(await complaintAbout(['show', '--record', '5'])).toContain('missing required argument')
    expect(await complaintAbout(['plan', 'move', '--fall'])).toContain('unknown option')
    expect(await complaintAbout(['plans', 'move'])).toContain('unknown command')
  })

  it('name every command that exists in the table of the README', () => {
    const program = new Command('ferry')
    for (const register of REGISTERS) register(program, () => async () => {})
    const readme = pages().find(({ path }) => path === 'README.md')?.text ?? ''
    const missing = program.commands
      .map((one) => one.name())
      .filter((name) => !readme.includes(`\`ferry ${name}`))
    expect(missing).toEqual([])
  })
})

describe('the options of all commands', () => {
  const main = readFileSync(join(ROOT, 'src/cli/main.ts'), 'utf8')
  it.each(Object.keys(GLOBAL))('%s is one of the program', (option) => {
    expect(main).toContain(option)
  })
  it('mask as the README says', () => {
    const readme = pages().find(({ path }) => path === 'README.md')?.text ?? ''
    expect(readme).toContain(`--mask ${MASKS.join('|')}`)
  })
})

describe('the scripts that the documents name', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const named = pages().flatMap((page) =>
    [...page.blocks.map(({ text }) => text), ...spansOf(page).map(({ text }) => text)].flatMap(
      (text) => [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? ''),
    ),
  )
  it.each([...new Set([...named, 'test'])])('npm run %s', (name) => {
    expect(scripts).toHaveProperty([name])
  })
})
