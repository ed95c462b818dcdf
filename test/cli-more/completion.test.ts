/** Completion: what bash is told is tried in a bash; the others are read. */
import { execFileSync } from 'node:child_process'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { allRegisters } from '../../src/cli/commands.ts'
import { completionFor } from '../../src/cli/completion.ts'

const program = new Command('ferry').option('--json', 'one JSON document', false)
for (const register of await allRegisters()) register(program, () => async () => {})

/** What bash would offer behind these words, the last of which is begun. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${completionFor('bash', program)}
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _ferry; printf '%s\\n' "\${COMPREPLY[@]}"`
  const told = execFileSync('bash', ['-c', script, 'bash', 'ferry', ...words], { encoding: 'utf8' })
  return told.split('\n').filter((word) => word !== '')
}

describe('bash', () => {
  it('offers commands, their subcommands and options, and those of the program', () => {
    expect(offered('mig')).toEqual(['migrate'])
    expect(offered('holds', '')).toEqual(expect.arrayContaining(['list', 'resolve', 'import']))
    expect(offered('holds', 'resolve', '12', '--t')).toEqual(['--take'])
    expect(offered('plan', 'move', '--')).toEqual(
      expect.arrayContaining(['--full', '--json', '--help']),
    )
  })

  it('offers nothing where a name of the user stands', () => {
    expect(offered('plan', 'mo')).toEqual([])
  })
})

describe('zsh and fish', () => {
  it('are told of every command', () => {
    const names = program.commands.map((command) => command.name())
    const [zsh, fish] = [completionFor('zsh', program), completionFor('fish', program)]
    expect(zsh).toMatch(/^#compdef ferry\n/)
    for (const name of names) {
      expect(zsh).toContain(`'${name}'`)
      expect(fish).toContain(`-a '${name}' -d `)
    }
    expect(fish).toContain("-l 'full' -d 'read both sides whole'")
    expect(
      fish.split('\n').every((line) => line === '' || line.startsWith('complete -c ferry')),
    ).toBe(true)
  })
})

it('a mistyped command is answered with the one that was meant', async () => {
  const told: string[] = []
  const again = new Command('ferry')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: (text) => told.push(text), writeOut: () => {} })
  for (const register of await allRegisters()) register(again, () => async () => {})
  await expect(again.parseAsync(['migrat', 'move'], { from: 'user' })).rejects.toThrow(
    'unknown command',
  )
  await expect(again.parseAsync(['holds', 'reslove', '12'], { from: 'user' })).rejects.toThrow()
  expect(told.join('')).toContain('(Did you mean migrate?)')
})
