/** Simulated accounts and a file, joined by the engine as a configuration would join them. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PLATFORMS } from '../../../connectors/index.ts'
import { file } from '../../../connectors/file/connector.ts'
import { SIMULATORS } from '../../../connectors/simulators.ts'
import { type App, openApp } from '../../../src/app/app.ts'
import { MACHINE, readConfig } from '../../../src/app/config.ts'
import { type RunRequest, work } from '../../../src/app/run.ts'
import type { Platform } from '../../../src/connector/connector.ts'
import type { Log } from '../../../src/connector/kit.ts'
import type { Simulator } from '../../../src/connector/simulator.ts'
import type { PlanId, Side } from '../../../src/model/id.ts'
import type { Catalog } from '../../../src/model/vocabulary.ts'
import type { PlanHeader } from '../../../src/plan/plan.ts'
import type { RunFacts } from '../../../src/plan/run-facts.ts'
import { summed } from '../../../src/report/run-document.ts'
import { inlineRunner } from '../../../src/runner/inline.ts'
import { simulatedHttp } from '../../../src/simulation/network.ts'
import { randomStream } from '../../../src/simulation/random.ts'
import type { RunRecord } from '../../../src/state/runs.ts'
import { patientClock } from '../../patient-clock.ts'

export interface WorldOptions {
  /** Simulated accounts by name of connection. */
  readonly accounts: Readonly<
    Record<string, { readonly platform: string; readonly contacts: number }>
  >
  /** Files by name of connection: the name of the file in the world's folder. */
  readonly files: Readonly<Record<string, string>>
  /** From and to, by name of sync; `lines` stand below it in ferry.yaml. */
  readonly syncs: Readonly<
    Record<string, { readonly from: string; readonly to: string; readonly lines?: string }>
  >
  readonly seed?: number
}
export interface World {
  readonly folder: string
  readonly accounts: Readonly<Record<string, Simulator>>
  pathOf(name: string): string
  /** What one side of a sync can refer to now. */
  catalog(sync: string, side: Side): Promise<Catalog>
  run(sync: string, kind: RunRequest['kind'], more?: Partial<RunRequest>): Promise<Ran>
  /** As if somebody pressed Ctrl-C when this was told for the n-th time. */
  interrupt(sync: string, kind: RunRequest['kind'], at: Interruption): Promise<void>
  close(): void
}
export interface Interruption {
  readonly text: string
  readonly times: number
}
export interface Ran {
  readonly run: RunRecord
  readonly facts: RunFacts
  readonly counts: ReturnType<typeof summed>
  readonly plan: PlanHeader | null
  /** Of all plans of the run. */
  readonly losses: PlanHeader['losses']
}

const START = Date.parse('2026-11-01T09:00:00Z')

export function openWorld(options: WorldOptions): World {
  register()
  const seed = options.seed ?? 1
  const folder = mkdtempSync(join(tmpdir(), 'ferry-file-world-'))
  const clock = patientClock(START)
  const random = randomStream(seed)
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {} }
  const accounts = Object.fromEntries(
    Object.entries(options.accounts).map(([name, { platform, contacts }]) => {
      const module = SIMULATORS.find((one) => one.platform === platform)
      if (module === undefined) throw new Error(`no simulator of ${platform}`)
      return [name, module.create({ contacts, seed, quirks: {}, now: clock.now })]
    }),
  )
  const originOf = (name: string) =>
    `http://127.0.0.1:${7001 + Object.keys(accounts).indexOf(name)}`
  const env: Record<string, string> = {}
  const lines = ['version: 1', `state: sqlite:${join(folder, 'state.db')}`, 'connections:']
  for (const [name, simulator] of Object.entries(accounts)) {
    const auth = Object.entries(simulator.auth).map(([key, value]) => {
      env[`${name}_${key}`.toUpperCase()] = value
      return `${key}: env:${`${name}_${key}`.toUpperCase()}`
    })
    lines.push(
      `  ${name}: { platform: ${simulator.platform}, url: "${originOf(name)}${simulator.basePath}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 100000 } }`,
    )
  }
  for (const [name, path] of Object.entries(options.files)) {
    lines.push(`  ${name}: { platform: file, path: ./${path} }`)
  }
  lines.push('syncs:')
  for (const [name, sync] of Object.entries(options.syncs)) {
    lines.push(`  ${name}:`, `    from: ${sync.from}`, `    to: ${sync.to}`, sync.lines ?? '')
  }
  const configText = `${lines.join('\n')}\n`
  const open = (mayWrite: boolean, progress: (text: string) => void): Promise<App> =>
    openApp({
      config: readConfig(configText, join(folder, 'ferry.yaml'), PLATFORMS),
      clock,
      log,
      random,
      progress: ({ text }) => progress(text),
      mayWrite,
      surroundings: { env, readFile: MACHINE.readFile },
      http: simulatedHttp({
        clock,
        random,
        log,
        hosts: new Map(Object.entries(accounts).map(([name, one]) => [originOf(name), one])),
      }),
    })
  return {
    folder,
    accounts,
    pathOf: (name) => join(folder, options.files[name] ?? ''),
    async catalog(sync, side) {
      const app = await open(false, () => {})
      try {
        await app.use(sync)
        return await app.env.accounts(sync).reader(side).catalog(new AbortController().signal)
      } finally {
        await app.close()
      }
    },
    async run(sync, kind, more = {}) {
      const app = await open(kind !== 'plan' && kind !== 'verify', () => {})
      try {
        const request: RunRequest = { sync, kind, isFull: false, plan: null, ...more }
        const runner = inlineRunner(app.env, { concurrency: 4 })
        const run = await work(app, request, runner, new AbortController().signal)
        const facts = run.facts as RunFacts
        const plan = run.plan === null ? null : await app.store.plans.header(run.plan)
        const books = facts.books ?? []
        const plans = await Promise.all(
          books.map((book) => app.store.plans.header(book.plan as PlanId)),
        )
        const losses = plans.flatMap((one) => one?.losses ?? [])
        return { run, facts, counts: summed(books), plan, losses }
      } finally {
        await app.close()
      }
    },
    async interrupt(sync, kind, { text, times }) {
      const pressed = new AbortController()
      let told = 0
      const app = await open(true, (said) => {
        if (said.startsWith(text)) told += 1
        if (told === times) pressed.abort(new Error('interrupted'))
      })
      try {
        const request: RunRequest = { sync, kind, isFull: false, plan: null }
        const runner = inlineRunner(app.env, { concurrency: 4 })
        await work(app, request, runner, pressed.signal).catch((error: unknown) => {
          if (!pressed.signal.aborted) throw error
        })
        if (!pressed.signal.aborted) throw new Error(`it was never told "${text}" ${times} times`)
      } finally {
        await app.close()
      }
    },
    close: () => {
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Until the register lists it. */
function register(): void {
  const platforms = PLATFORMS as Platform[]
  if (!platforms.some(({ name }) => name === file.name)) platforms.push(file)
}
