/**
 * `node bench/main.ts [name…] [--json] [--contacts N] [--full] [--standing FILE]`: measures, holds against a reference of the same run and the bars of the design,
 * and says which were missed. A missed bar is a result, not a failure: the exit code is 0 whenever everything could be measured.
 */
import { parseArgs } from 'node:util'
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { decode } from './decode.ts'
import { files } from './files.ts'
import { memory } from './memory.ts'
import { migration } from './migration.ts'
import { pacing } from './pacing.ts'
import { planner } from './planner.ts'
import { profile } from './profile.ts'
import { requests } from './requests.ts'
import { secondRun } from './second-run.ts'
import { jsonOf, textOf } from './table.ts'
import { workers } from './workers.ts'

const BENCHMARKS: readonly Benchmark[] = [
  migration,
  requests,
  secondRun,
  memory,
  files,
  pacing,
  workers,
  decode,
  planner,
  profile,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    contacts: { type: 'string', default: '20000' },
    standing: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  console.log('node bench/main.ts [name…] [--json] [--contacts N] [--full] [--standing FILE]\n')
  for (const { name, about } of BENCHMARKS) console.log(`  ${name.padEnd(12)}${about}`)
} else {
  const bench: Bench = {
    contacts: Number(values.contacts),
    repeats: 3,
    isFull: values.full,
    standing: values.standing ?? null,
    say: (text) => process.stderr.write(`${text}\n`),
  }
  const chosen =
    positionals.length === 0 ? BENCHMARKS.filter((each) => each.isDefault) : positionals.map(named)
  const lines: Line[] = []
  for (const benchmark of chosen) lines.push(...(await benchmark.run(bench)))
  console.log(values.json ? JSON.stringify(jsonOf(lines), null, 2) : textOf(lines))
}

function named(name: string): Benchmark {
  const benchmark = BENCHMARKS.find((each) => each.name === name)
  if (benchmark !== undefined) return benchmark
  throw new Error(
    `no benchmark "${name}"; known: ${BENCHMARKS.map((each) => each.name).join(', ')}`,
  )
}
