import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit.ts'
import { blockBelow, page } from './pages.ts'
import { ferry } from './program.ts'

const README = page('README.md')
const folder = mkdtempSync(join(tmpdir(), 'ferry-docs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the demo of the README', () => {
  it('prints the lines that are quoted', async () => {
    const { code, out } = await ferry(
      ['demo', '--contacts', '200', '--out', join(folder, 'demo')],
      { folder },
    )
    expect(code, out).toBe(EXIT.done)
    const shape = (line: string) =>
      line
        .replace(/plan-\S+/g, 'plan-0')
        .replace(/\d+/g, '0')
        .replace(/\s+/g, ' ')
        .trim()
    const printed = new Set(out.split('\n').map(shape))
    const quoted = blockBelow(README, 'Try it', 'text').split('\n').map(shape)
    expect(
      quoted.filter((line) => line !== '' && !line.endsWith('…') && !printed.has(line)),
    ).toEqual([])
  })
})
