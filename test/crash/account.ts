/** A simulated account that remembers what it was asked, so that it can be made again as it stood at any moment. */
import { hash } from 'node:crypto'
import { SIMULATORS } from '../../connectors/simulators.ts'
import type {
  SimulatedContact,
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
} from '../../src/connector/simulator.ts'

export interface AccountSpec {
  readonly platform: string
  readonly contacts?: number
  readonly quirks?: Readonly<Record<string, unknown>>
  /** Further keys of the connection in ferry.yaml, as `, account: "1"`. */
  readonly more?: string
  /** Further limits of the connection, as `, batchSize: 5`. */
  readonly limits?: string
}
/** One thing that happened to an account, at a time. */
export interface Deed {
  readonly at: number
  readonly request: SimulatedRequest | null
  /** Adaptix: one contact disappears into another. */
  readonly merge?: readonly [loser: string, survivor: string]
}
export interface Account {
  readonly spec: AccountSpec
  readonly simulator: Simulator
  readonly deeds: readonly Deed[]
  /** The same of two accounts to which the same was done, in the same order and in the same seconds. */
  likeness(): string
  merge(loser: string, survivor: string): void
}
export interface Watch {
  /** Before a request that would change something reaches the platform. */
  before(request: SimulatedRequest): void
  /** After it did. */
  after(): void
}
const NOBODY: Watch = { before: () => {}, after: () => {} }

/** Everything about an account but the people in it depends on this. */
export const SEED = 5

/** The account as it was after these deeds; from then on it lives by the clock given. */
export function accountAfter(
  spec: AccountSpec,
  deeds: readonly Deed[],
  clock: { now(): number },
  watch: Watch = NOBODY,
): Account {
  let replayed: number | null = deeds[0]?.at ?? clock.now()
  const simulator = make(spec, () => replayed ?? clock.now())
  for (const deed of deeds) {
    replayed = deed.at
    play(simulator, deed)
  }
  replayed = null
  const known = [...deeds]
  const done = (deed: Omit<Deed, 'at'>) => known.push({ at: clock.now(), ...deed })
  const handle = (request: SimulatedRequest): SimulatedResponse => {
    const matters = simulator.isMutation(request)
    if (matters) watch.before(request)
    const answer = simulator.handle(request)
    if (matters || remembersReads(spec)) done({ request })
    if (matters) watch.after()
    return answer
  }
  // A getter would be lost in a spread, and some simulators have one.
  const wrapped = Object.create(simulator, { handle: { value: handle } }) as Simulator
  const matters = ({ request }: Deed) =>
    request === null || simulator.isMutation(request) || countsReads(spec)
  let seen = 0
  let chain = ''
  return {
    spec,
    simulator: wrapped,
    deeds: known,
    likeness() {
      for (const deed of known.slice(seen).filter(matters))
        chain = hash(
          'sha1',
          JSON.stringify([chain, second(deed.at), deed.merge, saying(deed.request)]),
        )
      seen = known.length
      return chain
    },
    merge(loser, survivor) {
      done({ request: null, merge: [loser, survivor] })
      play(simulator, { at: clock.now(), request: null, merge: [loser, survivor] })
    },
  }
}

function make(spec: AccountSpec, now: () => number): Simulator {
  const module = SIMULATORS.find(({ platform }) => platform === spec.platform)
  if (module === undefined) throw new Error(`no simulator of ${spec.platform}`)
  const { contacts = 0, quirks = {} } = spec
  return module.create({ contacts, seed: SEED, quirks, now })
}

/** A login leaves a token behind, and quirks that count calls count the reading ones too. */
function remembersReads(spec: AccountSpec): boolean {
  return spec.platform === 'xml-spec' || countsReads(spec)
}

function countsReads({ quirks }: AccountSpec): boolean {
  return Object.keys(quirks ?? {}).some((name) => /Every$|^per|At$/.test(name))
}

function second(ms: number): number {
  return Math.floor(ms / 1000)
}

/** Without the token of whoever says it. */
function saying(request: SimulatedRequest | null): readonly string[] {
  if (request === null) return []
  const { method, url, body } = request
  return [method, url, new URLSearchParams(body).get('xml') ?? body]
}

function play(simulator: Simulator, { request, merge }: Deed): void {
  if (request !== null) simulator.handle(request)
  if (merge !== undefined)
    (simulator as Simulator & { mergeContacts(a: string, b: string): void }).mergeContacts(...merge)
}

/** Who the people of an account are, not which numbers they have there nor when they were written; sorted. */
export function portraits(simulator: Pick<Simulator, 'snapshot'>): readonly string[] {
  return simulator.snapshot().map(portrait).sort()
}

const PASSING =
  /^(date_|Id$|LastUpdated|DateCreated|UpdatedTimeStamp|CreatedDatetime|LastUpdatedUTCTime|Contact_id)/

export function portrait({ fields, tags, groups, optedOut }: SimulatedContact): string {
  const lasting = Object.entries(fields).filter(
    ([name, value]) => !PASSING.test(name) && value !== '',
  )
  return JSON.stringify([
    lasting.sort(),
    [...tags].sort(),
    [...groups].sort(),
    [...optedOut].sort(),
  ])
}
