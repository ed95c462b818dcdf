/**
 * `npm run simulate:bugs [-- --seeds 200] [--workers 2] [--only TEXT] [--numbers 3,4]` puts every bug of the bank into the program and plays worlds until a
 * promise breaks: how strong the simulation is, in seeds. Exit code 1 when a bug outlives them that `UNSEEN` does not name.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants.ts'
import type { Told } from './run-worlds.ts'
import { UNSEEN } from './unseen.ts'

const PROGRAM = fileURLToPath(new URL('./run-worlds.ts', import.meta.url))
/** A world that takes longer goes round in circles, which is a finding too. */
const SILENT_MS_MAX = 60_000

interface Verdict {
  readonly bug: string
  /** How many worlds it took; null: it outlived them. */
  readonly seeds: number | null
  readonly text: string
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    workers: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    numbers: { type: 'string' },
  },
})
/** What finds each bug in the suite. */
const likelyOf = new Map(MUTANTS.map(({ name, likely }) => [name, likely]))
const numbers = values.numbers?.split(',').map(Number)
const waiting = [...MUTANTS.entries()].filter(
  ([number, { name }]) => name.includes(values.only) && numbers?.includes(number) !== false,
)
const verdicts: Verdict[] = []
await Promise.all(
  Array.from({ length: Number(values.workers) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, { name }] = next
      const verdict = await judge(number, name)
      verdicts.push(verdict)
      process.stdout.write(`${lineOf(verdict)}\n`)
    }
  }),
)
const seen = verdicts.flatMap(({ seeds }) => (seeds === null ? [] : [seeds])).sort((a, b) => a - b)
const outlived = verdicts.filter(({ seeds }) => seeds === null)
process.stdout.write(
  `${verdicts.length} bugs, ${seen.length} found, after ${seen[Math.floor(seen.length / 2)] ?? 0} worlds in the median and ${seen.at(-1) ?? 0} at most; ` +
    `${outlived.length} outlived ${values.seeds} worlds\n`,
)
if (outlived.some(({ bug }) => !(bug in UNSEEN))) process.exitCode = 1

function lineOf({ bug, seeds, text }: Verdict): string {
  const found =
    seeds === null
      ? `outlived: ${UNSEEN[bug] ?? 'NO REASON KNOWN'}; its check: ${likelyOf.get(bug)}`
      : text
  return `${bug.padEnd(52)} ${String(seeds ?? '-').padStart(5)}  ${found.slice(0, 200)}`
}

function judge(number: number, bug: string): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = fork(PROGRAM, { execArgv: [...process.execArgv, '--max-semi-space-size=64'] })
    let played = 0
    let verdict: Verdict | null = null
    const hang = () => {
      verdict = { bug, seeds: played + 1, text: 'it never ends' }
      child.kill('SIGKILL')
    }
    let timer = setTimeout(hang, SILENT_MS_MAX)
    child.on('message', (told: Told) => {
      clearTimeout(timer)
      timer = setTimeout(hang, SILENT_MS_MAX)
      if (told.kind === 'played') {
        played += 1
        return
      }
      verdict =
        told.kind === 'found'
          ? { bug, seeds: told.seed + 1, text: `${told.invariant}: ${told.text}` }
          : { bug, seeds: null, text: '' }
      child.disconnect()
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(timer)
      if (verdict === null) reject(new Error(`the worlds of "${bug}" ended with code ${code}`))
      else resolve(verdict)
    })
    child.send({ bug: number, seeds: Number(values.seeds) })
  })
}
