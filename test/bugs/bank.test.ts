/**
 * Every bug of the bank is put into the program, and the checks must notice. A bug that survives is a hole in the tests: add the check that finds it
 * where it belongs. A bug whose text is gone from the source is told as disarmed.
 */
import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { spoilt } from './hook.ts'
import { MUTANTS } from './mutants.ts'
import type { Verdict } from './run-bank.ts'
import { UNSEEN } from './unseen.ts'

const PROGRAM = fileURLToPath(new URL('./run-bank.ts', import.meta.url))
/** A bug that makes the program go round in circles is found by that. */
const SILENT_MS_MAX = 90_000
const WHOLE_MS_MAX = 600_000

it('knows at least 30 bugs, each by a name of its own, and all of them are armed', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(30)
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  for (const mutant of MUTANTS) expect(() => spoilt(mutant)).not.toThrow()
})

it('knows of each bug that worlds cannot show, and of no other', () => {
  const names = new Set(MUTANTS.map(({ name }) => name))
  expect(Object.keys(UNSEEN).filter((name) => !names.has(name))).toEqual([])
})

it(
  'the checks find nothing in the sound program, and every bug in one that has it',
  async () => {
    const numbers = ['-', ...MUTANTS.keys()].map(String)
    const verdicts: Verdict[] = []
    while (verdicts.length < numbers.length) {
      const before = verdicts.length
      await judged(numbers.slice(before), verdicts)
      // The process said nothing more: the bug it was at made it hang.
      const stuck = numbers[verdicts.length]
      if (stuck !== undefined) verdicts.push(hung(stuck))
    }
    const [sound, ...spoiltOnes] = verdicts
    writeSync(1, table(spoiltOnes))
    expect(sound).toMatchObject({ killedBy: null, message: '' })
    expect(spoiltOnes.filter(({ killedBy }) => killedBy === null).map(({ bug }) => bug)).toEqual([])
  },
  WHOLE_MS_MAX,
)

function judged(numbers: readonly string[], verdicts: Verdict[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...numbers], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let complaint = ''
    let timer = setTimeout(() => child.kill('SIGKILL'), SILENT_MS_MAX)
    createInterface({ input: child.stdout }).on('line', (line) => {
      clearTimeout(timer)
      timer = setTimeout(() => child.kill('SIGKILL'), SILENT_MS_MAX)
      verdicts.push(JSON.parse(line) as Verdict)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0 || signal === 'SIGKILL') resolve()
      else reject(new Error(`the bank ended with ${code}: ${complaint.slice(-1_000)}`))
    })
  })
}

function hung(number: string): Verdict {
  const bug = MUTANTS[Number(number)]?.name ?? '(none)'
  return { bug, killedBy: 'it never ends', seeds: 1, message: '', ms: SILENT_MS_MAX }
}

function table(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ bug }) => bug.length))
  const rows = verdicts.map(
    ({ bug, killedBy, seeds, ms }) =>
      `${bug.padEnd(width)}  ${String(ms).padStart(6)} ms  ${killedBy === null ? 'SURVIVED' : `seed ${seeds}: ${killedBy}`}`,
  )
  return `\n${rows.join('\n')}\n`
}
