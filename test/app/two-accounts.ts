/** Two simulated accounts and an app over them, in one process: what the end-to-end tests run on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PLATFORMS } from '../../connectors/index.ts'
import { SIMULATORS } from '../../connectors/simulators.ts'
import { type App, openApp } from '../../src/app/app.ts'
import { MACHINE, readConfig } from '../../src/app/config.ts'
import { type RunRequest, work } from '../../src/app/run.ts'
import type { Clock, Log } from '../../src/connector/kit.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { type RunReport, summed } from '../../src/report/run-document.ts'
import { reportOf } from '../../src/app/run-report.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { faultPlan, type FaultKind, type FaultPlan } from '../../src/simulation/faults.ts'
import { simulatedHttp } from '../../src/simulation/network.ts'
import { randomStream } from '../../src/simulation/random.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import { type PatientClock, patientClock } from '../patient-clock.ts'

export interface AccountSpec {
  readonly platform: string
  readonly contacts: number
  readonly quirks?: Readonly<Record<string, unknown>>
  readonly faults?: Readonly<Partial<Record<FaultKind, number>>>
  /** Which requests may fail; all unless told. */
  readonly faultsOnly?: (request: SimulatedRequest) => boolean
  /** Rows a page. */
  readonly pageSize?: number
  /** Further keys of the connection in ferry.yaml. */
  readonly more?: string
  /** An account of other accounts' tests, as they left it; `contacts` and `quirks` say nothing then. */
  readonly simulator?: Simulator
}
export interface TwoAccountsOptions {
  readonly from: AccountSpec
  readonly to: AccountSpec
  readonly seed?: number
  /** Lines below `move:` in ferry.yaml. */
  readonly sync?: string
  /** `sqlite::memory:` unless told. */
  readonly state?: string
  /** Of the accounts that are taken over. */
  readonly clock?: TwoAccounts['clock']
}
export interface TwoAccounts {
  readonly from: Simulator
  readonly to: Simulator
  readonly faults: Readonly<Record<'from' | 'to', FaultPlan | null>>
  readonly folder: string
  readonly configText: string
  readonly clock: PatientClock
  /** A new app over the same accounts and state; the test closes it. */
  open(options?: { readonly mayWrite?: boolean }): Promise<App>
  /** Opens an app, works one run to its rest and closes it. */
  run(kind: RunRequest['kind'], more?: Partial<RunRequest>): Promise<Ran>
  close(): void
}
export interface Ran {
  readonly run: RunRecord
  readonly report: RunReport
  readonly counts: ReturnType<typeof summed>
  readonly requests: RunReport['requests']
  /** Requests that reached the target and would change something there, by the simulator's own count. */
  readonly writes: number
}

/** Begins after everything that the invented people have done. */
const START = Date.parse('2026-11-01T09:00:00Z')

export function twoAccounts(options: TwoAccountsOptions): TwoAccounts {
  const seed = options.seed ?? 1
  const folder = mkdtempSync(join(tmpdir(), 'ferry-test-'))
  const clock = options.clock ?? patientClock(START)
  const from = simulate(options.from, seed, clock)
  const to = simulate(options.to, seed, clock)
  const origins = { from: 'http://127.0.0.1:7001', to: 'http://127.0.0.1:7002' }
  const faults = { from: faultsOf(options.from, seed), to: faultsOf(options.to, seed + 1) }
  const state = options.state ?? `sqlite:${join(folder, 'state.db')}`
  const configText = textOf(options, { from, to }, origins, state)
  const env = Object.fromEntries([...secrets('A', from), ...secrets('B', to)])
  const random = randomStream(seed)
  const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} }

  const open = (given: { readonly mayWrite?: boolean } = {}): Promise<App> =>
    openApp({
      config: readConfig(configText, join(folder, 'ferry.yaml'), PLATFORMS),
      clock,
      log: silent,
      random,
      progress: () => {},
      mayWrite: given.mayWrite ?? true,
      surroundings: { env, readFile: MACHINE.readFile },
      http: simulatedHttp({
        clock,
        random,
        log: silent,
        hosts: new Map([
          [origins.from, from],
          [origins.to, to],
        ]),
        faults: new Map(
          (['from', 'to'] as const).flatMap((side) => {
            const plan = faults[side]
            return plan === null ? [] : [[origins[side], plan] as const]
          }),
        ),
      }),
    })
  return {
    from,
    to,
    faults,
    folder,
    configText,
    clock,
    open,
    async run(kind, more = {}) {
      const app = await open({ mayWrite: kind !== 'plan' && kind !== 'verify' && kind !== 'undo' })
      const before = to.counts.write + from.counts.write
      try {
        const request: RunRequest = { sync: 'move', kind, isFull: false, plan: null, ...more }
        const run = await work(
          app,
          request,
          inlineRunner(app.env, { concurrency: 4 }),
          new AbortController().signal,
        )
        const report = await reportOf(app, run)
        return {
          run,
          report,
          counts: summed(report.facts.books ?? []),
          requests: report.requests,
          writes: to.counts.write + from.counts.write - before,
        }
      } finally {
        await app.close()
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function simulate(spec: AccountSpec, seed: number, clock: Clock): Simulator {
  if (spec.simulator !== undefined) return spec.simulator
  const module = SIMULATORS.find(({ platform }) => platform === spec.platform)
  if (module === undefined) throw new Error(`no simulator of ${spec.platform}`)
  return module.create({ contacts: spec.contacts, seed, quirks: spec.quirks ?? {}, now: clock.now })
}

function faultsOf(spec: AccountSpec, seed: number): FaultPlan | null {
  const { faults, faultsOnly } = spec
  if (faults === undefined) return null
  return faultPlan({
    seed,
    rates: faults,
    ...(faultsOnly === undefined ? {} : { only: faultsOnly }),
  })
}

function secrets(prefix: string, simulator: Simulator): [string, string][] {
  return Object.entries(simulator.auth).map(([key, value]) => [
    `${prefix}_${key}`.toUpperCase(),
    value,
  ])
}

function textOf(
  options: TwoAccountsOptions,
  sides: { readonly from: Simulator; readonly to: Simulator },
  origins: { readonly from: string; readonly to: string },
  state: string,
): string {
  const connection = (name: string, side: 'from' | 'to', prefix: string) => {
    const simulator = sides[side]
    const auth = Object.keys(simulator.auth).map(
      (key) => `${key}: env:${`${prefix}_${key}`.toUpperCase()}`,
    )
    const { more = '', pageSize } = options[side]
    const pages = pageSize === undefined ? '' : `, pageSize: ${pageSize}`
    return `  ${name}: { platform: ${options[side].platform}, url: "${origins[side]}${simulator.basePath}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 100000${pages} }${more} }`
  }
  return `version: 1
state: ${state}
connections:
${connection('source', 'from', 'A')}
${connection('target', 'to', 'B')}
syncs:
  move:
    from: source
    to: target
${options.sync ?? ''}`
}

/** The app on the state of both, open for as long as it is used. */
export async function using<T>(on: TwoAccounts, use: (app: App) => Promise<T>): Promise<T> {
  const app = await on.open()
  try {
    await app.use('move')
    return await use(app)
  } finally {
    await app.close()
  }
}
