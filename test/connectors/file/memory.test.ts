/** Ten times the contacts take no more memory: the whole way into a file and out of it. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sheet } from './sheet.ts'

function run(path: string, contacts: number): { rows: number; found: number; peakBytes: number } {
  const script = join(import.meta.dirname, 'many.ts')
  const said = execFileSync(process.execPath, ['--expose-gc', script, path, String(contacts)])
  return JSON.parse(said.toString())
}

describe('a hundred thousand contacts', () => {
  it('go into a file and come out of it in the memory of ten thousand', () => {
    const small = run(sheet('small.csv').path, 10_000)
    const large = run(sheet('large.csv').path, 100_000)
    expect([small.rows, large.rows]).toEqual([10_000, 100_000])
    expect([small.found, large.found]).toEqual([1, 1])
    expect(large.peakBytes / small.peakBytes).toBeLessThan(1.3)
  })
})
