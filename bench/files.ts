/** An account in a file and out again: peak memory of `ferry migrate` from NDJSON to CSV, and how it grows with ten times the people. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { people } from '../connectors/people.ts'
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { type EngineRun, runEngine } from './engine.ts'
import { amount, megabytes, seconds } from './table.ts'

const SMALL = 10_000
const LARGE = 100_000
const SEED = 7

export const files: Benchmark = {
  name: 'files',
  about: 'peak memory from file to file, 10,000 people against 100,000',
  isDefault: false,
  async run(bench) {
    const small = await migrate(bench, SMALL)
    const large = await migrate(bench, LARGE)
    const line = (contacts: number, run: EngineRun): Line => ({
      benchmark: 'files',
      what: `NDJSON to CSV, ${amount(contacts)} contacts`,
      measured: megabytes(run.peakBytes),
      reference: `in ${seconds(run.wallMs)}`,
      value: run.peakBytes / 2 ** 20,
      unit: 'MB',
      bar: null,
    })
    return [
      line(SMALL, small),
      line(LARGE, large),
      {
        benchmark: 'files',
        what: 'peak memory, 10 times the contacts',
        measured: megabytes(large.peakBytes),
        reference: `${megabytes(small.peakBytes)} at ${amount(SMALL)}`,
        value: large.peakBytes / small.peakBytes,
        unit: 'x',
        bar: { atMost: 1.2 },
      },
    ]
  },
}

async function migrate(bench: Bench, contacts: number): Promise<EngineRun> {
  bench.say(`files: ${amount(contacts)} contacts`)
  const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-files-'))
  try {
    const config = join(folder, 'ferry.yaml')
    await writeFile(config, CONFIG, { mode: 0o600 })
    await pipeline(Readable.from(lines(contacts)), createWriteStream(join(folder, 'people.ndjson')))
    const run = await runEngine({ folder, config, env: {} }, ['migrate', 'move'])
    const applied = run.document.counts['applied'] ?? 0
    if (applied !== contacts) throw new Error(`${applied} of ${contacts} contacts arrived`)
    return run
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const CONFIG = `version: 1
state: sqlite:./.ferry/state.db
connections:
  people: { platform: file, path: ./people.ndjson }
  backup: { platform: file, path: ./backup.csv }
syncs:
  move: { from: people, to: backup }
`

/** As many to a piece as make writing cheap. */
const LINES_AT_ONCE = 1_000

function* lines(contacts: number): Generator<string> {
  let some: string[] = []
  for (const person of people(SEED, contacts)) {
    const fields = {
      givenName: person.givenName,
      familyName: person.familyName,
      'emails.1': person.emails[0]?.address ?? null,
      company: person.company,
      notes: person.notes,
    }
    some.push(`${JSON.stringify({ id: String(person.number), fields, tags: person.tags })}\n`)
    if (some.length < LINES_AT_ONCE) continue
    yield some.join('')
    some = []
  }
  yield some.join('')
}
