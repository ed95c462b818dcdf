/** Two accounts and a state that can be copied at any moment, and an engine that is a new one each time it is started. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PLATFORMS } from '../../connectors/index.ts'
import { type App, openApp } from '../../src/app/app.ts'
import { MACHINE, readConfig } from '../../src/app/config.ts'
import { type RunRequest, work } from '../../src/app/run.ts'
import type { Log, Vault } from '../../src/connector/kit.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { type FaultPlan, scriptedFaults, type Fault } from '../../src/simulation/faults.ts'
import { simulatedHttp } from '../../src/simulation/network.ts'
import { randomStream } from '../../src/simulation/random.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import { type PatientClock, patientClock } from '../patient-clock.ts'
import { type Account, type AccountSpec, accountAfter, type Deed } from './account.ts'
import { configOf, ORIGINS } from './ferry-yaml.ts'
import { begin, type FileSpec, filesOf, type Kept, restore } from './files.ts'
import { type ObservedState, observedState } from './observed-state.ts'

export type Side = 'from' | 'to'
export interface WorldSpec {
  readonly from: AccountSpec | FileSpec
  readonly to: AccountSpec | FileSpec
  /** Lines below `move:` in ferry.yaml. */
  readonly sync?: string
}
/** All that outlives an engine. */
export interface Moment {
  readonly now: number
  /** How many engines there were. */
  readonly engines: number
  readonly state: Uint8Array | null
  readonly deeds: Readonly<Record<Side, readonly Deed[]>>
  readonly files: ReadonlyMap<string, Kept>
  readonly secrets: Secrets
}
type Secrets = ReadonlyMap<string, Readonly<Record<string, string>>>
export interface Command {
  readonly kind: RunRequest['kind']
  readonly isFull?: boolean
  /** Of `apply`: the plan; the newest unless told. */
  readonly plan?: 'newest' | 'oldest'
  /** What a person decides before, with the same engine: given again, it is decided again. Of the scenario, and true whatever became of it. */
  first?(engine: App, world: World): Promise<void>
}
export interface World {
  readonly from: Account
  readonly to: Account
  readonly clock: PatientClock
  readonly state: ObservedState
  readonly folder: string
  /** Works a command to its end with an engine of its own. `faults`: the fate of each request that would change something at the target. */
  run(
    command: Command,
    faults?: readonly (Fault | null)[],
    /** The engine with something of it put in another's place. */
    over?: (app: App) => App,
  ): Promise<RunRecord>
  /** An app over the same state; the caller closes it. */
  open(): Promise<App>
  moment(): Moment
  /** The same at two moments that no engine can tell apart, but for the names of those that were there before. */
  likeness(): string
  /** Called around everything that lasts: commits, and requests that change something. */
  onEvent: (event: Event) => void
  close(): Promise<void>
}
export type Event =
  | { readonly kind: 'commit'; readonly tables: ReadonlySet<string> }
  | { readonly kind: 'sending'; readonly side: Side; readonly request: SimulatedRequest }
  | { readonly kind: 'sent'; readonly side: Side }

/** Begins after everything that the invented people have done. */
const START = Date.parse('2026-11-01T09:00:00Z')
/** No command here needs as many requests; whoever sends more goes round in circles. */
const REQUESTS_MAX = 4_000
const NOWHERE = 'ferry-crash-without-files'
const NO_FILES: ReadonlyMap<string, Kept> = new Map()
const LOG: Log = { debug: () => {}, info: () => {}, warn: () => {} }

export async function openWorld(spec: WorldSpec, at: Moment | null = null): Promise<World> {
  // Without a file on either side nothing is ever put there.
  const hasFiles = [spec.from, spec.to].some(({ platform }) => platform === 'file')
  const folder = hasFiles ? mkdtempSync(join(tmpdir(), 'ferry-crash-')) : join(tmpdir(), NOWHERE)
  if (at === null) begin([spec.from, spec.to], folder)
  else restore(at.files, folder)
  const clock = patientClock(at?.now ?? START)
  const state = await observedState(at?.state ?? null, clock)
  let engines = at?.engines ?? 0
  const secrets = new Map(at?.secrets)
  const account = (side: Side): Account => {
    const wanted = spec[side]
    if (wanted.platform === 'file') return NO_ACCOUNT
    return accountAfter(wanted as AccountSpec, at?.deeds[side] ?? [], clock, {
      before: (request) => world.onEvent({ kind: 'sending', side, request }),
      after: () => world.onEvent({ kind: 'sent', side }),
    })
  }
  const accounts = { from: account('from'), to: account('to') }
  const { text, env } = configOf(spec, accounts)
  const config = readConfig(text, join(folder, 'ferry.yaml'), PLATFORMS)
  state.onCommit = (tables) => world.onEvent({ kind: 'commit', tables })

  const open = (faults: FaultPlan | null): Promise<App> => {
    const random = randomStream(engines)
    const hosts = (['from', 'to'] as const).flatMap((side) =>
      spec[side].platform === 'file'
        ? []
        : [[ORIGINS[side], limited(accounts[side].simulator)] as const],
    )
    return openApp({
      config,
      clock,
      log: LOG,
      random,
      progress: () => {},
      mayWrite: true,
      store: state.store,
      vault: vaultOver(secrets),
      surroundings: { env, readFile: MACHINE.readFile },
      http: simulatedHttp({
        clock,
        random,
        log: LOG,
        hosts: new Map(hosts),
        ...(faults === null ? {} : { faults: new Map([[ORIGINS.to, faults]]) }),
      }),
    })
  }
  const world: World = {
    ...accounts,
    clock,
    state,
    folder,
    onEvent: () => {},
    async run(command, faults = [], over = (app) => app) {
      engines += 1
      const app = await open(onlyWrites(faults, accounts.to.simulator))
      try {
        const engine = over(asAnother(app, `engine-${engines}`))
        await command.first?.(engine, world)
        const plan = command.kind === 'apply' ? await planOf(app, command.plan ?? 'newest') : null
        const undoes = command.kind === 'undo' ? await undoneOf(app) : null
        return await work(
          engine,
          {
            sync: 'move',
            kind: command.kind,
            isFull: command.isFull ?? false,
            plan,
            ...(undoes === null ? {} : { undoes }),
          },
          inlineRunner(engine.env, { concurrency: 4 }),
          new AbortController().signal,
        )
      } finally {
        await app.close()
      }
    },
    open: () => open(null),
    moment: () => ({
      now: clock.now(),
      engines,
      state: state.copy(),
      deeds: { from: [...accounts.from.deeds], to: [...accounts.to.deeds] },
      files: hasFiles ? filesOf(folder) : NO_FILES,
      secrets: new Map(secrets),
    }),
    likeness: () =>
      JSON.stringify([
        Math.floor(clock.now() / 1000),
        state.likeness(),
        accounts.from.likeness(),
        accounts.to.likeness(),
        hasFiles ? [...filesOf(folder)].map(([path, { bytes }]) => [path, bytes.toString()]) : [],
      ]),
    async close() {
      await state.close()
      if (hasFiles) rmSync(folder, { recursive: true, force: true })
    },
  }
  return world
}

function vaultOver(secrets: Map<string, Readonly<Record<string, string>>>): Vault {
  return {
    load: async (name) => secrets.get(name) ?? null,
    save: async (name, given) => {
      secrets.set(name, given)
    },
  }
}

/** An engine that finds what another one held knows that one is dead. */
function asAnother(app: App, owner: string): App {
  const mayTakeOver = (holder: string) => holder !== owner && !holder.startsWith(`${owner}:`)
  return { ...app, env: { ...app.env, owner, mayTakeOver } }
}

async function planOf(app: App, which: 'newest' | 'oldest'): Promise<string | null> {
  const plans = await app.store.plans.list('move', 100)
  return (which === 'newest' ? plans[0] : plans.at(-1))?.id ?? null
}

/** The last run that wrote. */
async function undoneOf(app: App): Promise<RunRecord['id'] | null> {
  const runs = await app.store.runs.list({ sync: 'move', limit: 100 })
  return runs.find(({ kind }) => kind === 'migrate' || kind === 'sync')?.id ?? null
}

function onlyWrites(fates: readonly (Fault | null)[], to: Simulator): FaultPlan | null {
  if (fates.length === 0) return null
  const plan = scriptedFaults(fates)
  return {
    next: (request) => (to.isMutation(request) ? plan.next(request) : null),
    counts: plan.counts,
    get requests() {
      return plan.requests
    },
  }
}

function limited(simulator: Simulator): Simulator {
  let requests = 0
  const handle: Simulator['handle'] = (request) => {
    requests += 1
    if (requests > REQUESTS_MAX)
      throw new Error(
        `more than ${REQUESTS_MAX} requests to ${simulator.platform}: going round in circles`,
      )
    return simulator.handle(request)
  }
  return Object.create(simulator, { handle: { value: handle } }) as Simulator
}

const NO_ACCOUNT: Account = {
  spec: { platform: 'file' },
  simulator: {
    snapshot: () => [],
    isMutation: () => false,
    auth: {},
    consentBreaches: [],
  } as never,
  deeds: [],
  likeness: () => '',
  merge: () => {},
}
