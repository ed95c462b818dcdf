import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { registerConnector } from '../../src/cli/commands/connector.ts'
import type { Context } from '../../src/cli/context.ts'
import type { ExitCode } from '../../src/cli/exit.ts'

interface Said {
  code: ExitCode | null
  document: Record<string, unknown>
  lines: readonly string[]
}

/** The command over a context that only takes down what is answered. */
async function ferry(...words: readonly string[]): Promise<Said> {
  const said: Said = { code: null, document: {}, lines: [] }
  const context: Pick<Context, 'answer' | 'say'> & { flags: object; signal: AbortSignal } = {
    flags: { yes: false, verbose: false },
    signal: new AbortController().signal,
    say: () => {},
    answer(document, lines) {
      said.document = document as Record<string, unknown>
      said.lines = lines
    },
  }
  const program = new Command('ferry').exitOverride()
  registerConnector(program, (handler) => async (...given) => {
    said.code = await handler(context as unknown as Context, ...given)
  })
  await program.parseAsync([...words], { from: 'user' })
  return said
}

describe('ferry connector test', () => {
  it('asks a simulated account and shows what every probe found', async () => {
    const { code, document, lines } = await ferry(
      ...['connector', 'test', '--simulated', 'keap', '--contacts', '24'],
    )
    expect(lines.filter((line) => line.startsWith('DIFFERS'))).toEqual([])
    expect(lines).toContainEqual(expect.stringMatching(/^holds {4}since bound +inclusive$/))
    expect(code).toBe(0)
    expect(document).toMatchObject({ ok: true, differs: 0, platform: 'infusionsoft' })
  })

  it('prints the claims as the table of a README', async () => {
    const { lines } = await ferry(
      ...['connector', 'test', '--simulated', 'keap', '--contacts', '24', '--table'],
    )
    expect(lines.slice(0, 2)).toEqual(['| claim | value |', '| --- | --- |'])
    expect(lines).toContain('| groups | no |')
  })

  it.each([
    [['connector', 'test'], /nothing to test/],
    [['connector', 'test', 'keap', '--simulated', 'keap'], /no connection/],
    [['connector', 'test', '--simulated', 'kepa'], /no simulator of "kepa"/],
  ])('refuses %j', async (words, message) => {
    await expect(ferry(...words)).rejects.toThrow(message)
  })
})
