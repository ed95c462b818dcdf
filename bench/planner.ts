/** Deciding one record: the pure planner over readings in memory that real connectors made of simulated accounts, under the shipped mapping. */
import { MACHINE, readConfig } from '../src/app/config.ts'
import { type App, openApp } from '../src/app/app.ts'
import { PLATFORMS } from '../connectors/index.ts'
import { makeSimulator } from '../src/app/simulate.ts'
import { work } from '../src/app/run.ts'
import type { Log } from '../src/connector/kit.ts'
import type { Simulator } from '../src/connector/simulator.ts'
import { systemClock } from '../src/http/clock.ts'
import type { RunId } from '../src/model/id.ts'
import type { Sighting } from '../src/model/sighting.ts'
import { planContext } from '../src/pipeline/compiled.ts'
import { gather } from '../src/pipeline/facts.ts'
import type { Gathered } from '../src/pipeline/facts/gathering.ts'
import type { PlanContext } from '../src/plan/context.ts'
import { type Decision, decideRecord, sourceChanged } from '../src/plan/decide.ts'
import { match } from '../src/plan/match.ts'
import { inlineRunner } from '../src/runner/inline.ts'
import { simulatedHttp } from '../src/simulation/network.ts'
import type { RunRecord } from '../src/state/runs.ts'
import type { Benchmark, Line } from './benchmark.ts'
import { inTurn } from './stopwatch.ts'
import { amount } from './table.ts'

export const planner: Benchmark = {
  name: 'planner',
  about: 'microseconds to decide one record, unchanged and changed',
  isDefault: true,
  async run(bench) {
    bench.say(`planner: ${amount(CONTACTS)} contacts in memory`)
    const app = await openLinked()
    try {
      return await linesOf(app)
    } finally {
      await app.close()
    }
  },
}

const CONTACTS = 2_000
const ROUNDS = 5
const SYNC = 'move'
const ORIGINS = { from: 'http://127.0.0.1:7001', to: 'http://127.0.0.1:7002' }

/** Two accounts in this process, migrated, so that every pair has its link and bases. */
async function openLinked(): Promise<App> {
  const shared = { seed: 7, quirks: {} }
  const from = makeSimulator({ ...shared, platform: 'infusionsoft', contacts: CONTACTS })
  const to = makeSimulator({ ...shared, platform: 'adaptix', contacts: 0 })
  const env = Object.fromEntries([...secrets('A', from), ...secrets('B', to)])
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {} }
  const clock = systemClock
  const random = () => 0.5
  const app = await openApp({
    config: readConfig(configText(from, to), 'ferry.yaml', PLATFORMS),
    clock,
    log,
    random,
    progress: () => {},
    mayWrite: true,
    surroundings: { env, readFile: MACHINE.readFile },
    http: simulatedHttp({
      clock,
      log,
      random,
      hosts: new Map([
        [ORIGINS.from, from],
        [ORIGINS.to, to],
      ]),
    }),
  })
  // A full look after the migration: only then has each side shown everything that its base can hold.
  for (const kind of ['migrate', 'sync'] as const) {
    const run = await work(
      app,
      { sync: SYNC, kind, isFull: true, plan: null },
      inlineRunner(app.env, { concurrency: 4 }),
      new AbortController().signal,
    )
    if (run.status !== 'done') throw new Error(`the ${kind} ended ${run.status}: ${run.reason}`)
  }
  return app
}

async function linesOf(app: App): Promise<readonly Line[]> {
  const { context, records } = await readAll(app)
  const changed = records.map((record) => ({ ...record, source: edited(record.source) }))
  const fresh = records.map((record) => ({
    ...record,
    link: null,
    facts: { ...record.facts, link: null, byMarker: [], byEmail: [] },
  }))
  const works: readonly Work[] = [
    { what: 'unchanged, both sides read', bar: 30, wanted: null, records },
    {
      what: 'unchanged, the quick question',
      bar: 30,
      wanted: null,
      records,
      ask: (record) => sourceChanged(context, record.source, record.link?.fromBase ?? null),
    },
    { what: 'changed in three fields and a tag', bar: 150, wanted: 'update', records: changed },
    { what: 'new', bar: 150, wanted: 'create', records: fresh },
  ]
  const ready = works.map((one) => {
    const ask = one.ask ?? ((record: Gathered) => decide(context, record))
    const fitting = one.records.filter(
      (record) => (decide(context, record)[0]?.bucket ?? null) === one.wanted,
    )
    if (fitting.length < records.length / 2)
      throw new Error(`only ${fitting.length} of ${records.length} records are ${one.what}`)
    const pass = () => {
      let last: unknown
      for (const record of fitting) last = ask(record)
      return last
    }
    return { ...one, count: fitting.length, pass }
  })
  const times = inTurn(
    ready.map(({ pass }) => pass),
    ROUNDS,
  )
  return ready.map(({ what, bar, count }, place): Line => {
    const us = ((times[place] ?? Number.NaN) / count) * 1000
    return {
      benchmark: 'planner',
      what: `planner, a record ${what}`,
      measured: `${us.toFixed(1)} µs`,
      reference: `${bar} µs, over ${amount(count)} records`,
      value: us,
      unit: 'µs',
      bar: { atMost: bar },
    }
  })
}

interface Work {
  readonly what: string
  readonly bar: number
  /** The bucket that its records must fall into; null: unchanged. */
  readonly wanted: 'update' | 'create' | null
  readonly records: readonly Gathered[]
  readonly ask?: (record: Gathered) => unknown
}

function decide(context: PlanContext, { source, facts, link }: Gathered): Decision {
  const bases = link === null ? null : { from: link.fromBase, to: link.toBase }
  return decideRecord(context, { source, match: match(facts), bases })
}

/** As a person would: another name, job and city, and one tag taken away. */
function edited(source: Sighting): Sighting {
  const city = 'addresses.main.city'
  return {
    ...source,
    fields: {
      ...source.fields,
      givenName: `${source.fields['givenName'] ?? ''} B.`,
      jobTitle: 'Somebody else',
      [city]: 'Elsewhere',
    },
    ...(source.tags === undefined ? {} : { tags: source.tags.slice(1) }),
  }
}

/** A run that only reads both sides; what it staged stays, since nothing ends it as `work` would. */
async function readAll(app: App) {
  const settings = await app.use(SYNC)
  const now = app.env.clock.now()
  const run: RunRecord = {
    id: 'run-planner' as RunId,
    sync: SYNC,
    kind: 'plan',
    status: 'open',
    program: ['pull'],
    stage: 0,
    fingerprint: settings.fingerprint,
    isFull: true,
    plan: null,
    facts: {},
    reason: null,
    startedAt: now,
    updatedAt: now,
    endedAt: null,
  }
  const { signal } = new AbortController()
  await app.store.runs.create(run)
  await inlineRunner(app.env, { concurrency: 4 }).settle(run.id, signal)
  const context = await planContext({ env: app.env, run, signal })
  const rows = await app.store.staging.after(run.id, 'from', 0, CONTACTS * 2)
  const accounts = app.env.accounts(SYNC)
  const records = await gather(
    {
      store: app.store,
      run,
      settings,
      side: 'from',
      context,
      source: accounts.reader('from'),
      target: accounts.reader('to'),
      isFull: true,
      signal,
    },
    rows,
  )
  return { context, records }
}

function secrets(prefix: string, { auth }: Simulator): [string, string][] {
  return Object.entries(auth).map(([key, value]) => [`${prefix}_${key}`.toUpperCase(), value])
}

function configText(from: Simulator, to: Simulator): string {
  const connection = (simulator: Simulator, side: 'from' | 'to', prefix: string) => {
    const keys = Object.keys(simulator.auth)
    const auth = keys.map((key) => `${key}: env:${`${prefix}_${key}`.toUpperCase()}`).join(', ')
    const url = `${ORIGINS[side]}${simulator.basePath}`
    return `{ platform: ${simulator.platform}, url: "${url}", auth: { ${auth} }, limits: { requestsPerSecond: 100000 } }`
  }
  return `version: 1
state: "sqlite::memory:"
connections:
  source: ${connection(from, 'from', 'A')}
  target: ${connection(to, 'to', 'B')}
syncs:
  move: { from: source, to: target }
`
}
