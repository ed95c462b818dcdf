import { Command } from 'commander'
import { expect, it } from 'vitest'
import { allRegisters, type Register, registersFor } from '../../src/cli/commands.ts'

const ALL = namesOf(await allRegisters())

it.each(ALL)('"%s" is found by its name, whatever options stand before it', async (name) => {
  for (const argv of [
    [name],
    ['--json', name, 'move'],
    ['-c', 'other.yaml', '--mask', 'full', name, '--help'],
    // A configuration may have the name of a command.
    ['--config', 'doctor', name],
  ]) {
    const found = namesOf(await registersFor(argv))
    expect(found).toContain(name)
    if (name !== 'completion') expect(found.length).toBeLessThan(ALL.length)
  }
})

it.each([[[]], [['--help']], [['help', 'sync']], [['migrat', 'sync']], [['completion', 'bash']]])(
  '%j knows all commands',
  async (argv) => {
    expect(namesOf(await registersFor(argv))).toEqual(ALL)
  },
)

function namesOf(registers: readonly Register[]): readonly string[] {
  const program = new Command('ferry')
  for (const register of registers) register(program, () => async () => {})
  return program.commands.map((command) => command.name())
}
