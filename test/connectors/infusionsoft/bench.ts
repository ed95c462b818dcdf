/** A connection of the connector to a simulated account, in virtual time. */
import { infusionsoft } from '../../../connectors/infusionsoft/connector.ts'
import { infusionsoftSimulator } from '../../../connectors/infusionsoft/simulator.ts'
import type {
  ConnectionSettings,
  Limits,
  Page,
  Reader,
  Row,
  Writer,
} from '../../../src/connector/connector.ts'
import type { ChannelOptions, Http, Kit, Log, Vault } from '../../../src/connector/kit.ts'
import type { SimulatedRequest, Simulator } from '../../../src/connector/simulator.ts'
import type { FieldDefinition } from '../../../src/model/vocabulary.ts'
import { simulatedHttp, withText } from '../../../src/simulation/network.ts'
import { type VirtualClock, virtualClock } from '../../../src/simulation/virtual-clock.ts'

export const NEVER = new AbortController().signal
export const HOST = 'https://api.infusionsoft.com'
export const START_MS = Date.parse('2026-11-20T15:00:00Z')

export interface Bench {
  readonly simulator: Simulator
  readonly clock: VirtualClock
  readonly reader: Reader
  readonly writer: Writer
  readonly warnings: string[]
  /** Every request body that left, oldest first. */
  readonly sent: SimulatedRequest[]
  readonly vault: Vault & { readonly kept: Map<string, Readonly<Record<string, string>>> }
  readonly kit: Kit
  readonly settings: ConnectionSettings
  /** Runs work in virtual time. */
  run<T>(work: Promise<T>): Promise<T>
}

export interface BenchOptions {
  readonly contacts?: number
  readonly seed?: number
  readonly quirks?: Readonly<Record<string, unknown>>
  readonly limits?: Limits
  readonly options?: Readonly<Record<string, unknown>>
  readonly timeZone?: string
  readonly auth?: Readonly<Record<string, string>>
  readonly account?: string
  readonly startMs?: number
  /** Looks at a request before the simulator does; a text is the answer instead. */
  readonly intercept?: (request: SimulatedRequest) => string | null
}

export function bench(options: BenchOptions = {}): Bench {
  const clock = virtualClock(options.startMs ?? START_MS)
  const inner = infusionsoftSimulator.create({
    contacts: options.contacts ?? 50,
    seed: options.seed ?? 7,
    now: () => clock.now(),
    quirks: options.quirks ?? {},
  })
  const sent: SimulatedRequest[] = []
  const simulator: Simulator = {
    ...inner,
    get counts() {
      return inner.counts
    },
    handle(request) {
      sent.push(request)
      const instead = options.intercept?.(request) ?? null
      if (instead === null) return inner.handle(request)
      const date = new Date(clock.now()).toUTCString()
      return { status: 200, headers: { 'content-type': 'text/xml', date }, body: instead }
    },
  }
  const warnings: string[] = []
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => {
      warnings.push(message)
    },
  }
  const kept = new Map<string, Readonly<Record<string, string>>>()
  const vault = {
    kept,
    load: (name: string) => Promise.resolve(kept.get(name) ?? null),
    save: (name: string, secrets: Readonly<Record<string, string>>) => {
      kept.set(name, secrets)
      return Promise.resolve()
    },
  }
  const kit: Kit = {
    clock,
    random: () => 0.5,
    log,
    vault,
    http: simulatedHttp({ clock, random: () => 0.5, log, hosts: new Map([[HOST, simulator]]) }),
  }
  const settings: ConnectionSettings = {
    name: 'keap',
    url: HOST + inner.basePath,
    auth: options.auth ?? inner.auth,
    account: options.account ?? null,
    timeZone: options.timeZone ?? null,
    path: null,
    options: options.options ?? {},
    limits: { requestsPerSecond: 1000, concurrency: 8, ...options.limits },
  }
  return {
    simulator,
    clock,
    reader: infusionsoft.open(settings, kit),
    writer: infusionsoft.openForWriting(settings, kit),
    warnings,
    sent,
    vault,
    kit,
    settings,
    run: (work) => clock.drive(work),
  }
}

export interface Scanned {
  readonly rows: readonly Row[]
  readonly pages: readonly Page[]
  readonly last: Page
  readonly notes: readonly string[]
}

export interface ScanOptions {
  readonly stream?: 'contacts' | 'taggings' | 'consents'
  readonly since?: string | null
  readonly overlapMs?: number
  readonly fields?: readonly FieldDefinition[]
  /** Called after each page. */
  readonly between?: (page: Page, at: number) => void
}

export async function scanAll(on: Bench, options: ScanOptions = {}): Promise<Scanned> {
  const pages: Page[] = []
  for (let position: string | null = null, at = 0; ; at += 1) {
    const page: Page = await on.run(
      on.reader.scan(
        {
          stream: options.stream ?? 'contacts',
          since: options.since ?? null,
          overlapMs: options.overlapMs ?? 0,
          position,
          fields: options.fields ?? [],
        },
        NEVER,
      ),
    )
    pages.push(page)
    options.between?.(page, at)
    if (at > 3000) throw new Error('the scan does not end')
    if (page.next === null) {
      const notes = [...new Set(pages.flatMap((one) => one.notes))]
      return { rows: pages.flatMap((one) => one.rows), pages, last: page, notes }
    }
    position = page.next
  }
}

export function idsOf(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => (row.kind === 'contact' ? [String(row.sighting.id)] : []))
}

export function sorted(texts: Iterable<string>): string[] {
  return [...texts].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** An `Http` that answers from a function; for what no simulator does. */
export function answeringHttp(
  answer: (
    body: string,
    request: { readonly operation: string },
  ) => {
    readonly status?: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body: string
  },
): Http & { readonly opened: ChannelOptions[] } {
  const opened: ChannelOptions[] = []
  return {
    opened,
    channel(options) {
      opened.push(options)
      return {
        requests: { read: 0, write: 0 },
        byOperation: {},
        waitingFor: null,
        slowDown: async () => undefined,
        close: () => Promise.resolve(),
        send(request) {
          const { status = 200, headers = {}, body } = answer(request.body ?? '', request)
          return Promise.resolve(withText({ status, headers, dateMs: null }, body))
        },
      }
    },
  }
}
