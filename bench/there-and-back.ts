/**
 * `node bench/there-and-back.ts [contacts…] [csv|ndjson]`: an account exported to a file and imported into an empty one, compared person by person from the
 * simulators' own records, with the peak memory of each command. 10,000 and 100,000 people to a CSV unless told. Exit code 1 where anything differs.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { infusionsoft } from '../connectors/infusionsoft/connector.ts'
import { makeSimulator } from '../src/app/simulate.ts'
import type { Simulator } from '../src/connector/simulator.ts'
import { systemClock } from '../src/http/clock.ts'
import type { Catalog } from '../src/model/vocabulary.ts'
import { simulatedHttp } from '../src/simulation/network.ts'
import { serve } from '../src/simulation/server.ts'
import { comparedByMarker } from '../test/app/file-truth.ts'
import { runEngine } from './engine.ts'
import { amount, megabytes, seconds } from './table.ts'

const SEED = 7
const SHOWN_MAX = 10
const LINE_MAX = 400
const told = process.argv.slice(2)
const form = told.find((word) => word === 'csv' || word === 'ndjson') ?? 'csv'
const sizes = told.map(Number).filter((size) => !Number.isNaN(size))

for (const contacts of sizes.length === 0 ? [10_000, 100_000] : sizes) {
  const different = await thereAndBack(contacts)
  for (const line of different.slice(0, SHOWN_MAX)) console.log(`  ${line.slice(0, LINE_MAX)}`)
  if (different.length > 0) process.exitCode = 1
}

async function thereAndBack(contacts: number): Promise<readonly string[]> {
  const served = (people: number) =>
    makeSimulator({ platform: 'infusionsoft', contacts: people, seed: SEED, quirks: {} })
  const [keap, fresh] = [served(contacts), served(0)]
  const [from, to] = [await serve(keap, { latencyMs: 0 }), await serve(fresh, { latencyMs: 0 })]
  const folder = await mkdtemp(join(tmpdir(), 'ferry-there-and-back-'))
  try {
    const config = join(folder, 'ferry.yaml')
    const env = {
      SERVICE_KEY: keap.auth['serviceKey'] ?? '',
      FRESH_KEY: fresh.auth['serviceKey'] ?? '',
    }
    await writeFile(config, configOf(from.url, to.url), { mode: 0o600 })
    const peaks: number[] = []
    for (const sync of ['out', 'in']) {
      const run = await runEngine({ folder, config, env }, ['migrate', sync])
      peaks.push(run.peakBytes)
      console.log(
        `${amount(contacts)} ${sync}: ${run.document.counts['applied'] ?? 0} applied, peak ${megabytes(run.peakBytes)}, ${seconds(run.wallMs)} (processor ${seconds(run.cpuMs)})`,
      )
    }
    const comparedMs = performance.now()
    const { people, different } = comparedByMarker(
      { simulator: keap, catalog: await catalogOf(keap) },
      { simulator: fresh, catalog: await catalogOf(fresh) },
    )
    console.log(
      `${amount(contacts)} there and back (${form}): ${amount(people)} people, ${different.length} differences, peak ${megabytes(Math.max(...peaks))}, compared in ${seconds(performance.now() - comparedMs)}`,
    )
    return people === contacts ? different : [`${people} people of ${contacts}`, ...different]
  } finally {
    await Promise.all([from.close(), to.close()])
    await rm(folder, { recursive: true, force: true })
  }
}

function configOf(from: string, to: string): string {
  const connection = (url: string, key: string) =>
    `{ platform: infusionsoft, url: "${url}", auth: { serviceKey: env:${key} }, limits: { requestsPerSecond: 100000 } }`
  return `version: 1
state: sqlite:./.ferry/state.db
connections:
  keap: ${connection(from, 'SERVICE_KEY')}
  fresh: ${connection(to, 'FRESH_KEY')}
  file: { platform: file, path: ./people.${form} }
syncs:
  out: { from: keap, to: file }
  in: { from: file, to: fresh, mapping: { duplicates: keep } }
`
}

/** Read past the network: a comparison needs no server. */
async function catalogOf(simulator: Simulator): Promise<Catalog> {
  const origin = 'http://simulated.example.com'
  const log = { debug: () => {}, info: () => {}, warn: () => {} }
  const random = () => 0.5
  const hosts = new Map([[origin, simulator]])
  const reader = infusionsoft.open(
    {
      name: 'compared',
      url: origin + simulator.basePath,
      auth: simulator.auth,
      account: null,
      timeZone: null,
      path: null,
      options: {},
      limits: { requestsPerSecond: 100_000 },
    },
    {
      clock: systemClock,
      log,
      random,
      http: simulatedHttp({ clock: systemClock, random, log, hosts, faults: new Map() }),
      vault: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
    },
  )
  try {
    return await reader.catalog(new AbortController().signal)
  } finally {
    await reader.close()
  }
}
