/** A simulated platform as a stage for the conformance probes: a new account for each of them, in virtual time. */
import { PLATFORMS } from '../../connectors/index.ts'
import { SIMULATORS } from '../../connectors/simulators.ts'
import {
  type Backstage,
  type Bench,
  type Fate,
  RETRY_AFTER_MS,
  type Stage,
} from '../conformance/bench.ts'
import type {
  ConnectionSettings,
  Limits,
  Platform,
  Reader,
  Writer,
} from '../connector/connector.ts'
import type { Kit, Log } from '../connector/kit.ts'
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
  SimulatorModule,
} from '../connector/simulator.ts'
import { didYouMean } from '../mapping/nearest.ts'
import type { RemoteId } from '../model/id.ts'
import type { Fault, FaultPlan } from '../simulation/faults.ts'
import { simulatedHttp } from '../simulation/network.ts'
import { randomStream } from '../simulation/random.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import { ConfigError } from './config/error.ts'

export interface SimulatedStageOptions {
  /** Name or alias. */
  readonly platform: string
  readonly contacts: number
  readonly seed: number
  readonly quirks?: Readonly<Record<string, unknown>>
  /** `options` of the connection. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly timeZone?: string
  readonly clock: VirtualClock
  /** Stands between the probes and the connector; for tests that break a claim on purpose. */
  readonly wrap?: <T extends Reader>(account: T) => T
  /** How somebody merges two contacts there; null or unsaid: by the simulator, where it can. */
  readonly merge?: (other: Writer, loser: RemoteId, survivor: RemoteId) => Promise<void>
}

/** Throws ConfigError when there is no such simulator. */
export function simulatedStage(options: SimulatedStageOptions): Stage {
  const module = moduleOf(options.platform)
  const platform = PLATFORMS.find(({ name }) => name === module.platform)
  if (platform === undefined) throw new Error(`no platform "${module.platform}" in the register`)
  let lent = 0
  return {
    platform: module.platform,
    async lend(signal) {
      lent += 1
      const bench = simulatedBench({ ...options, module, platform, nonce: `n${lent}`, signal })
      await bench.reader.check(signal)
      await bench.writer?.check(signal)
      return bench
    },
  }
}

interface BenchOptions extends Omit<SimulatedStageOptions, 'platform'> {
  readonly module: SimulatorModule
  readonly platform: Platform
  readonly nonce: string
  readonly signal: AbortSignal
}

function simulatedBench(options: BenchOptions): Bench {
  const { clock, nonce, signal, platform, wrap = <T>(account: T) => account } = options
  const { contacts, seed, quirks = {} } = options
  const simulator = options.module.create({ contacts, seed, quirks, now: () => clock.now() })
  const weather = weatherOver(simulator, clock)
  const kit = kitOver(weather, options)
  const opened: Reader[] = []
  const settings = (limits: Limits): ConnectionSettings => ({
    name: platform.name,
    url: ORIGIN + simulator.basePath,
    auth: simulator.auth,
    account: null,
    timeZone: options.timeZone ?? null,
    path: null,
    options: options.options ?? {},
    limits,
  })
  const keep = <T extends Reader>(account: T): T => {
    opened.push(account)
    return wrap(account)
  }
  const other = keep(platform.openForWriting(settings(QUICK), kit))
  const backstage: Backstage = {
    other,
    spoil: weather.spoil,
    merge: mergerOf(simulator, other, options.merge),
    arrivals: () => weather.arrivals,
    truth: () => ({ contacts: simulator.snapshot(), breaches: simulator.consentBreaches }),
  }
  return {
    clock,
    signal,
    // Its claims are those of a connection without limits of its own.
    reader: keep(platform.open(settings({}), kit)),
    writer: keep(platform.openForWriting(settings(QUICK), kit)),
    backstage,
    nonce,
    pagesMax: PAGES_MAX,
    open: (limits) => keep(platform.open(settings(limits), kit)),
    async close() {
      await Promise.all(opened.map((account) => account.close()))
    },
  }
}

const ORIGIN = 'https://simulated.example.com'
/** Waiting costs nothing in virtual time, but it would be measured. */
const QUICK: Limits = { requestsPerSecond: 1_000 }
const PAGES_MAX = 1_000

interface Weather {
  readonly simulator: Simulator
  readonly faults: FaultPlan
  readonly arrivals: number[]
  readonly spoil: Backstage['spoil']
}

/** Faults that are ordered one by one. */
function weatherOver(inner: Simulator, clock: { now(): number }): Weather {
  const arrivals: number[] = []
  let spoilt: { readonly effect: 'read' | 'write'; readonly fate: Fate; left: number } | null = null
  let isForbidden = false
  let requests = 0
  const next = (request: SimulatedRequest): Fault | null => {
    requests += 1
    arrivals.push(clock.now())
    isForbidden = false
    const effect = inner.isMutation(request) ? 'write' : 'read'
    if (spoilt === null || spoilt.left === 0 || spoilt.effect !== effect) return null
    spoilt.left -= 1
    isForbidden = spoilt.fate === 'forbidden'
    return FAULTS[spoilt.fate]
  }
  return {
    arrivals,
    faults: {
      next,
      counts: NO_COUNTS,
      get requests() {
        return requests
      },
    },
    simulator: {
      ...inner,
      handle: (request) => (isForbidden ? forbidden(clock.now()) : inner.handle(request)),
    },
    spoil(effect, fate, times) {
      spoilt = { effect, fate, left: times }
    },
  }
}

const FAULTS: Readonly<Record<Fate, Fault | null>> = {
  lostAnswer: { kind: 'lostAnswer' },
  resetBefore: { kind: 'resetBefore' },
  hangApplied: { kind: 'hang', tookEffect: true },
  throttled: { kind: 'throttled', retryAfterSeconds: RETRY_AFTER_MS / 1_000 },
  throttledWithoutTime: { kind: 'throttled', retryAfterSeconds: null },
  serverError: { kind: 'serverError', tookEffect: false },
  foreignPage: { kind: 'html' },
  // The network carries it; the server answers it.
  forbidden: null,
}
/** The probes count for themselves. */
const NO_COUNTS: FaultPlan['counts'] = {
  lostAnswer: 0,
  resetBefore: 0,
  throttled: 0,
  unavailable: 0,
  serverError: 0,
  slow: 0,
  truncated: 0,
  html: 0,
  hang: 0,
  duplicated: 0,
}

function forbidden(nowMs: number): SimulatedResponse {
  return {
    status: 403,
    headers: { 'content-type': 'text/plain', date: new Date(nowMs).toUTCString() },
    body: 'Forbidden',
  }
}

function kitOver({ simulator, faults }: Weather, { clock, seed }: BenchOptions): Kit {
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {} }
  const random = randomStream(seed)
  const kept = new Map<string, Readonly<Record<string, string>>>()
  return {
    clock,
    log,
    random,
    http: simulatedHttp({
      clock,
      random,
      log,
      hosts: new Map([[ORIGIN, simulator]]),
      faults: new Map([[ORIGIN, faults]]),
    }),
    vault: {
      load: (name) => Promise.resolve(kept.get(name) ?? null),
      save: (name, secrets) => {
        kept.set(name, secrets)
        return Promise.resolve()
      },
    },
  }
}

/** A simulator may know what a person does on the screen. */
interface Merging {
  mergeContacts(loser: string, survivor: string): void
}

function mergerOf(
  simulator: Simulator,
  other: Writer,
  merge: SimulatedStageOptions['merge'],
): Backstage['merge'] {
  if (merge !== undefined) return (loser, survivor) => merge(other, loser, survivor)
  if (!('mergeContacts' in simulator)) return null
  const merging = simulator as Simulator & Merging
  return async (loser, survivor) => merging.mergeContacts(loser, survivor)
}

function moduleOf(name: string): SimulatorModule {
  const found = SIMULATORS.find(
    ({ platform, aliases }) => platform === name || aliases.includes(name),
  )
  if (found !== undefined) return found
  const known = SIMULATORS.map(({ platform }) => platform)
  const hint = didYouMean(name, known) || `known: ${known.join(', ')}`
  throw new ConfigError('connector test', [
    { path: '', line: null, message: `there is no simulator of "${name}"`, hint },
  ])
}
