/** Opens the connector against the simulated platform, or against scripted answers, inside the process. */
import { adaptix } from '../../../connectors/adaptix/connector.ts'
import {
  type AdaptixSimulator,
  adaptixSimulator,
  personAuth,
} from '../../../connectors/adaptix/simulator.ts'
import type {
  ConnectionSettings,
  Platform,
  Reader,
  Writer,
} from '../../../src/connector/connector.ts'
import type {
  Clock,
  Http,
  HttpRequest,
  HttpResponse,
  Kit,
  Log,
} from '../../../src/connector/kit.ts'
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
} from '../../../src/connector/simulator.ts'
import { simulatedHttp, withText } from '../../../src/simulation/network.ts'

export const START_MS = Date.parse('2026-03-01T08:00:00Z')
const SEED = 7
export const signal: AbortSignal = new AbortController().signal

export interface Seen {
  readonly method: string
  readonly url: string
  readonly body: string
}
export interface Stage {
  readonly simulator: AdaptixSimulator
  readonly reader: Reader
  readonly writer: Writer
  /** Every request since the start, newest last. */
  readonly requests: Seen[]
  readonly warnings: string[]
  readonly clock: SteppingClock
  /** What a person does at the screen, past the connector. */
  ask(method: string, path: string, body?: unknown): unknown
}
export interface SteppingClock extends Clock {
  pass(ms: number): void
}

/** Time that moves when somebody sleeps, or when it is told to. */
export function steppingClock(startMs: number): SteppingClock {
  let nowMs = startMs
  return {
    now: () => nowMs,
    sleep: (ms, at) => {
      at.throwIfAborted()
      nowMs += ms
      return Promise.resolve()
    },
    pass: (ms) => {
      nowMs += ms
    },
  }
}

export function stage(
  setting: {
    readonly quirks?: Readonly<Record<string, unknown>>
    readonly contacts?: number
    readonly settings?: Partial<ConnectionSettings>
    readonly platform?: Platform
    /** What the server answers instead; null: the truth. */
    readonly instead?: (request: Seen, honest: SimulatedResponse) => SimulatedResponse | null
  } = {},
): Stage {
  const clock = steppingClock(START_MS)
  const simulator = adaptixSimulator.create({
    contacts: setting.contacts ?? 0,
    seed: SEED,
    now: clock.now,
    quirks: setting.quirks ?? {},
  })
  const requests: Seen[] = []
  const watched: Simulator = {
    ...simulator,
    get counts() {
      return simulator.counts
    },
    handle(request: SimulatedRequest) {
      const seen = { method: request.method, url: request.url, body: request.body }
      requests.push(seen)
      const honest = simulator.handle(request)
      return setting.instead?.(seen, honest) ?? honest
    },
  }
  const warnings: string[] = []
  const log = quietLog(warnings)
  const http = simulatedHttp({
    clock,
    random: () => 0.5,
    log,
    hosts: new Map([['https://crm.test', watched]]),
  })
  const kit = kitOf(http, clock, log)
  const settings = settingsOf(simulator.auth, setting.settings)
  const platform = setting.platform ?? adaptix
  return {
    simulator,
    reader: platform.open(settings, kit),
    writer: platform.openForWriting(settings, kit),
    requests,
    warnings,
    clock,
    ask(method, path, body) {
      const answer = simulator.handle({
        method,
        url: `/api${path}`,
        headers: { authorization: personAuth(SEED), 'content-type': 'application/json' },
        body: body === undefined ? '' : JSON.stringify(body),
      })
      return JSON.parse(answer.body)
    },
  }
}

export function settingsOf(
  auth: Readonly<Record<string, string>>,
  more: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    name: 'crm',
    url: 'https://crm.test/api',
    auth,
    account: null,
    timeZone: null,
    path: null,
    options: {},
    limits: { requestsPerSecond: 1000, concurrency: 4 },
    ...more,
  }
}

export function kitOf(http: Http, clock: Clock, log: Log): Kit {
  const kept = new Map<string, Readonly<Record<string, string>>>()
  return {
    clock,
    http,
    log,
    random: () => 0.5,
    vault: {
      load: (name) => Promise.resolve(kept.get(name) ?? null),
      save: (name, secrets) => {
        kept.set(name, secrets)
        return Promise.resolve()
      },
    },
  }
}

export function quietLog(warnings: string[]): Log {
  return { debug: () => {}, info: () => {}, warn: (message) => warnings.push(message) }
}

export interface Script {
  readonly reader: Reader
  readonly writer: Writer
  readonly sent: HttpRequest[]
}

/** The connector against a function that plays the server; a number is a status with an empty body. */
export function script(
  answer: (request: HttpRequest, position: number) => unknown,
  more: Partial<ConnectionSettings> & { readonly headers?: Record<string, string> } = {},
): Script {
  const sent: HttpRequest[] = []
  const { headers = { 'mautic-version': '4.4.13' }, ...settings } = more
  const respond = (request: HttpRequest): HttpResponse => {
    sent.push(request)
    const told = answer(request, sent.length - 1)
    const shown = isResponse(told) ? told : { status: 200, body: JSON.stringify(told) }
    return withText({ headers, dateMs: START_MS, ...shown }, shown.body)
  }
  const http: Http = {
    channel: () => ({
      send: (request) => Promise.resolve().then(() => respond(request)),
      slowDown: async () => {},
      requests: { read: 0, write: 0 },
      byOperation: {},
      waitingFor: null,
      close: () => Promise.resolve(),
    }),
  }
  const kit = kitOf(http, steppingClock(START_MS), quietLog([]))
  const full = settingsOf({ username: 'bot', password: 'secret' }, settings)
  return { reader: adaptix.open(full, kit), writer: adaptix.openForWriting(full, kit), sent }
}

function isResponse(told: unknown): told is { status: number; body: string } {
  return typeof told === 'object' && told !== null && 'status' in told && 'body' in told
}
