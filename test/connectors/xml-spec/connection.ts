/** Opens the connector on a simulated account, inside the process and on a clock of its own. */
import { xmlSpec } from '../../../connectors/xml-spec/connector.ts'
import { createXmlSpec, type XmlSpecSimulator } from '../../../connectors/xml-spec/simulator.ts'
import type {
  ConnectionSettings,
  ContactWrite,
  Page,
  Row,
  ScanRequest,
  Writer,
} from '../../../src/connector/connector.ts'
import type { Http, Kit, Vault } from '../../../src/connector/kit.ts'
import type { StreamName } from '../../../src/connector/capabilities.ts'
import type { RemoteId } from '../../../src/model/id.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import { simulatedHttp, withText } from '../../../src/simulation/network.ts'
import { type VirtualClock, virtualClock } from '../../../src/simulation/virtual-clock.ts'
import type { Operation } from '../../../connectors/xml-spec/operation.ts'
import { type OperationName, OPERATIONS } from '../../../connectors/xml-spec/operations.ts'
import { login, NOON, post } from './simulator-client.ts'

export const HOST = 'https://api.example.test'
export const SIGNAL = new AbortController().signal
export const ZONE = 'America/Los_Angeles'

export interface World {
  readonly simulator: XmlSpecSimulator
  readonly clock: VirtualClock
  readonly kit: Kit
  readonly writer: Writer
  readonly logged: string[]
  /** Waits for a promise while the clock jumps from sleeper to sleeper. */
  run<T>(work: (writer: Writer) => Promise<T>): Promise<T>
  open(settings?: Partial<ConnectionSettings>): Writer
  /** The connector on other equipment: a network that interferes. */
  reopen(kit: Kit): Writer
  /** Another client of the same account, not counted. */
  act(operation: OperationName, input: unknown): void
  reads(operation: string): number
}
export interface WorldOptions {
  readonly contacts?: number
  readonly settings?: Partial<ConnectionSettings>
  readonly now?: number
}

export function world(
  quirks: Readonly<Record<string, unknown>> = {},
  more: WorldOptions = {},
): World {
  const clock = virtualClock(more.now ?? NOON)
  const simulator = createXmlSpec({
    contacts: more.contacts ?? 40,
    seed: 7,
    now: () => clock.now(),
    quirks,
  })
  const logged: string[] = []
  const note = (message: string, data?: unknown) =>
    logged.push(`${message} ${JSON.stringify(data)}`)
  const log = { debug: note, info: note, warn: note }
  let turn = 0
  const random = () => (turn++ % 97) / 97
  const http = simulatedHttp({ clock, random, log, hosts: new Map([[HOST, simulator]]) })
  const kit: Kit = { clock, http, log, random, vault: memoryVault() }
  const open = (settings: Partial<ConnectionSettings> = {}) =>
    xmlSpec.openForWriting(settingsFor(simulator, { ...more.settings, ...settings }), kit)
  const writer = open()
  return {
    simulator,
    clock,
    kit,
    writer,
    logged,
    run: (work) => clock.drive(work(writer)),
    open,
    reopen: (other) => xmlSpec.openForWriting(settingsFor(simulator, more.settings), other),
    act(operation, input) {
      const { [operation]: known } = OPERATIONS as Readonly<Record<string, Operation>>
      if (known === undefined) throw new Error(`no operation ${operation}`)
      const xml = known.encode(known.input.parse(input))
      const token = login(simulator)
      const email = simulator.auth['email'] ?? ''
      const { body } = simulator.handle(post({ email, auth_token: token, xml }))
      if (!body.includes('<Result>Success</Result>')) throw new Error(body)
    },
    reads: (operation) => simulator.counts.byOperation[operation] ?? 0,
  }
}

export function settingsFor(
  simulator: XmlSpecSimulator,
  more: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    name: 'rope',
    url: `${HOST}${simulator.basePath}`,
    auth: simulator.auth,
    account: null,
    timeZone: ZONE,
    path: null,
    options: {},
    limits: { requestsPerSecond: 1000 },
    ...more,
  }
}

export function memoryVault(): Vault {
  const kept = new Map<string, Readonly<Record<string, string>>>()
  return {
    load: async (name) => kept.get(name) ?? null,
    save: async (name, secrets) => {
      kept.set(name, secrets)
    },
  }
}

/** A server that answers each document with what a function makes of it. */
export function scripted(answer: (xml: string, form: URLSearchParams) => string): {
  readonly kit: Kit
  readonly writer: Writer
  readonly sent: string[]
} {
  const sent: string[] = []
  const http: Http = {
    channel: () => ({
      send: async ({ body }) => {
        const form = new URLSearchParams(body ?? '')
        const xml = form.get('xml') ?? ''
        sent.push(xml)
        const told = answer(xml, form)
        return withText({ status: 200, headers: {}, dateMs: NOON }, told)
      },
      slowDown: async () => undefined,
      requests: { read: 0, write: 0 },
      byOperation: {},
      waitingFor: null,
      close: async () => undefined,
    }),
  }
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  const clock = { now: () => NOON, sleep: async () => undefined }
  const kit: Kit = { clock, http, log: quiet, random: () => 0.5, vault: memoryVault() }
  const settings: ConnectionSettings = {
    name: 'rope',
    url: `${HOST}/api-xml`,
    auth: { email: 'a@b.example', token: 'given' },
    account: '91234',
    timeZone: ZONE,
    path: null,
    options: {},
    limits: {},
  }
  return { kit, writer: xmlSpec.openForWriting(settings, kit), sent }
}

export interface Scanned {
  readonly pages: readonly Page[]
  readonly rows: readonly Row[]
  readonly isProven: boolean
  readonly high: string | null
  readonly notes: readonly string[]
  readonly broken: readonly Page['broken'][number][]
}

/** A whole scan, page by page; `between` runs after each. */
export async function scanAll(
  { clock, writer }: Pick<World, 'clock' | 'writer'>,
  stream: StreamName,
  more: Partial<ScanRequest> & { readonly between?: (page: Page) => void } = {},
): Promise<Scanned> {
  const { between, ...request } = more
  const pages: Page[] = []
  let position: string | null = request.position ?? null
  for (let turn = 0; turn < 500; turn += 1) {
    const page: Page = await clock.drive(
      writer.scan(
        { stream, since: null, overlapMs: 600_000, fields: [], ...request, position },
        SIGNAL,
      ),
    )
    pages.push(page)
    between?.(page)
    if (page.next === null) {
      return {
        pages,
        rows: pages.flatMap(({ rows }) => rows),
        isProven: page.isProven,
        high: page.high,
        notes: [...new Set(pages.flatMap(({ notes }) => notes))],
        broken: pages.flatMap(({ broken }) => broken),
      }
    }
    position = page.next
  }
  throw new Error('the scan does not end')
}

/** The last reading of each contact. */
export function sightingsIn(scanned: Pick<Scanned, 'rows'>): ReadonlyMap<string, Sighting> {
  return new Map(
    scanned.rows.flatMap((row) =>
      row.kind === 'contact' ? [[row.sighting.id as string, row.sighting] as const] : [],
    ),
  )
}

/** The id of a contact of the own account, as the simulator counts them. */
export function own(id: number | string): RemoteId {
  return `91234/${id}` as RemoteId
}

export function creation(key: string, more: Partial<ContactWrite> = {}): ContactWrite {
  return {
    key,
    op: 'create',
    id: null,
    fields: {},
    tags: { add: [], remove: [] },
    groups: { add: [], remove: [] },
    consents: [],
    current: null,
    ...more,
  }
}
export function change(
  current: Sighting,
  more: Partial<ContactWrite> & Pick<ContactWrite, 'key'>,
): ContactWrite {
  return creation(more.key, { op: 'update', id: current.id, current, ...more })
}

export const REFUSED = {
  channel: 'email',
  address: null,
  state: 'refused',
  reason: null,
  scope: null,
  since: null,
} as const
