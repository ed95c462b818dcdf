/** One person across both sides: who is linked to whom and why, what was done, what waits, and both records as they are now. Reads only. */
import type { Reader } from '../connector/connector.ts'
import { normEmail } from '../model/email.ts'
import { otherSide, type RemoteId, remoteId, type Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { contextOf } from '../pipeline/compiled.ts'
import type { AccountDocument } from '../pipeline/env.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Case } from '../state/cases.ts'
import type { Link } from '../state/links.ts'
import type { StoredOp } from '../state/plans.ts'
import type { KeptRuling } from '../state/rulings.ts'
import type { App } from './app.ts'
import { type ConsentReading, consentsOf } from './explain-consent.ts'
import { type Compared, comparison } from './explain-fields.ts'
import { type Flapping, flappingOf } from './explain-flapping.ts'

export interface Explanation {
  readonly sync: string
  /** null: these two were never linked. */
  readonly link: Link | null
  readonly from: Reading
  readonly to: Reading
  /** Others with the same e-mail, or the same id at the other side. */
  readonly others: readonly Other[]
  /** Newest first. */
  readonly ops: readonly PlannedOp[]
  readonly cases: readonly Case[]
  /** Fields, tags and groups that are left alone because they flap. */
  readonly flapping: readonly Flapping[]
  /** What people decided about them, and still counts. */
  readonly rulings: readonly KeptRuling[]
  /** null: one of the two records is not there. */
  readonly compared: Compared | null
  readonly consents: Readonly<Record<Side, ConsentReading | null>>
}
export type Reading =
  | { readonly kind: 'found'; readonly sighting: Sighting }
  | { readonly kind: 'gone'; readonly id: RemoteId }
  /** Another record answers in its place. */
  | { readonly kind: 'merged'; readonly id: RemoteId; readonly sighting: Sighting }
  | { readonly kind: 'inconclusive'; readonly id: RemoteId; readonly message: string }
  /** Nobody there is known to be this person. */
  | { readonly kind: 'nobody' }
export interface Other {
  readonly side: Side
  readonly id: RemoteId
  readonly why: 'the same e-mail' | 'the same id'
}
export interface PlannedOp {
  readonly plan: string
  /** Instant; null: the plan was never finished. */
  readonly madeAt: string | null
  readonly op: StoredOp
}

export interface ExplainRequest {
  readonly sync: string
  /** An id at either side, or an e-mail. */
  readonly person: string
  /** Where to look first; null: at the source, then at the target. */
  readonly side: Side | null
  readonly opsMax: number
}

const CASES_MAX = 100_000

/** null: nobody of that id or e-mail at either side. */
export async function explain(
  app: App,
  request: ExplainRequest,
  signal: AbortSignal,
): Promise<Explanation | null> {
  const { sync } = request
  await app.use(sync)
  const accounts = app.env.accounts(sync)
  const look = { app, sync, signal, reader: (side: Side) => accounts.reader(side) }
  const context = await contextNow(look)
  const start = await find(look, request)
  if (start === null) return null
  const { link, readings } = await both(look, start)
  const known = { from: idOf(readings.from) ?? link?.fromId, to: idOf(readings.to) ?? link?.toId }
  const sighting = { from: sightingOf(readings.from), to: sightingOf(readings.to) }
  const consents = {
    from: sighting.from && (await consentsOf(look.reader('from'), sighting.from, signal)),
    to: sighting.to && (await consentsOf(look.reader('to'), sighting.to, signal)),
  }
  const cases = await casesOf(app, sync, known)
  return {
    sync,
    link,
    from: readings.from,
    to: readings.to,
    others: start.others.filter(({ side, id }) => known[side] !== id),
    ops: await opsOf(app, request, known),
    cases,
    flapping:
      link === null
        ? []
        : await flappingOf(app.store, { sync, record: link.fromId, cases }, app.env.clock.now()),
    rulings: await rulingsOf(app, sync, known),
    compared:
      sighting.from === null || sighting.to === null
        ? null
        : comparison(context, { from: sighting.from, to: sighting.to, link }),
    consents,
  }
}

interface Look {
  readonly app: App
  readonly sync: string
  readonly signal: AbortSignal
  reader(side: Side): Reader
}

/** The mapping against both accounts as they are now. */
async function contextNow({ app, sync, signal, reader }: Look): Promise<PlanContext> {
  const account = async (side: Side): Promise<AccountDocument> => {
    const catalog = await reader(side).catalog(signal)
    app.env.accounts(sync).answered(side)
    return { catalog, capabilities: reader(side).capabilities }
  }
  return contextOf({
    settings: app.env.settings(sync),
    key: await app.store.meta.hashKey(),
    from: await account('from'),
    to: await account('to'),
    memory: await app.store.vocabulary.list(sync),
    rules: { from: reader('from').rules, to: reader('to').rules },
  })
}

interface Start {
  readonly side: Side
  readonly reading: Reading
  readonly others: readonly Other[]
}

async function find(look: Look, { person, side }: ExplainRequest): Promise<Start | null> {
  const sides: readonly Side[] = side === null ? ['from', 'to'] : [side]
  const isEmail = person.includes('@')
  const starts: Start[] = []
  for (const each of sides) {
    const found = isEmail ? await byEmail(look, each, person) : await byId(look, each, person)
    if (found !== null) starts.push(found)
  }
  const [first, ...rest] = starts
  if (first === undefined) return null
  const more = rest.flatMap(({ side: there, reading, others }): readonly Other[] => {
    const id = idOf(reading)
    const why = isEmail ? 'the same e-mail' : 'the same id'
    return id === undefined ? others : [{ side: there, id, why }, ...others]
  })
  return { ...first, others: [...first.others, ...more] }
}

/** An id that a link knows counts although the account no longer has it. */
async function byId(look: Look, side: Side, person: string): Promise<Start | null> {
  const id = remoteId(person)
  const reading = await read(look, side, id)
  if (reading.kind === 'gone' && (await linkOf(look, side, id)) === null) return null
  return { side, reading, others: [] }
}

async function byEmail(look: Look, side: Side, person: string): Promise<Start | null> {
  const reader = look.reader(side)
  if (!reader.capabilities.find.includes('email')) return null
  const found = await reader.find({ by: 'email', values: [normEmail(person)] }, look.signal)
  const [first, ...others] = found
  if (first === undefined) return null
  return {
    side,
    reading: { kind: 'found', sighting: first },
    others: others.map(({ id }) => ({ side, id, why: 'the same e-mail' })),
  }
}

async function read({ reader, signal }: Look, side: Side, id: RemoteId): Promise<Reading> {
  const [fetched] = await reader(side).fetch([id], signal)
  switch (fetched?.kind) {
    case 'found':
      return { kind: 'found', sighting: fetched.sighting }
    case 'merged':
      return { kind: 'merged', id, sighting: fetched.into }
    case 'inconclusive':
      return { kind: 'inconclusive', id, message: fetched.message }
    case 'gone':
    case undefined:
      return { kind: 'gone', id }
  }
}

/** The link decides who the other is; without one, the only contact there with the same e-mail. */
async function both(
  look: Look,
  { side, reading, others }: Start,
): Promise<{
  readonly link: Link | null
  readonly readings: Readonly<Record<Side, Reading>>
}> {
  const there = otherSide(side)
  const id = idOf(reading)
  const link = id === undefined ? null : await linkOf(look, side, id)
  if (link !== null) {
    const other = await read(look, there, there === 'from' ? link.fromId : link.toId)
    return { link, readings: sides(side, reading, other) }
  }
  const email = sightingOf(reading)?.fields['emails.1']
  const found = typeof email === 'string' && email !== '' ? await byEmail(look, there, email) : null
  const isSure =
    found !== null && found.others.length === 0 && others.every((one) => one.side !== side)
  return { link, readings: sides(side, reading, isSure ? found.reading : { kind: 'nobody' }) }
}

function sides(side: Side, here: Reading, there: Reading): Readonly<Record<Side, Reading>> {
  return side === 'from' ? { from: here, to: there } : { from: there, to: here }
}

async function linkOf({ app, sync }: Look, side: Side, id: RemoteId): Promise<Link | null> {
  const { links } = app.store
  const [link] = await (side === 'from' ? links.byFrom(sync, [id]) : links.byTo(sync, [id]))
  return link ?? null
}

type Known = Readonly<Record<Side, RemoteId | undefined>>

async function opsOf(
  app: App,
  { sync, opsMax }: ExplainRequest,
  known: Known,
): Promise<readonly PlannedOp[]> {
  const side: Side = known.from === undefined ? 'to' : 'from'
  const id = known[side]
  if (id === undefined) return []
  const ops = await app.store.plans.opsOfRecord(sync, side, id, opsMax)
  return await Promise.all(
    ops.map(async ({ plan, op }) => {
      const header = await app.store.plans.header(plan)
      return { plan, madeAt: header?.createdAt ?? null, op }
    }),
  )
}

async function casesOf(app: App, sync: string, known: Known): Promise<readonly Case[]> {
  const found: Case[] = []
  for (const kind of ['hold', 'reject', 'retry'] as const) {
    const all = await app.store.cases.list({ sync, kind, limit: CASES_MAX })
    found.push(...all.filter(({ side, record }) => known[side] === record))
  }
  return found
}

async function rulingsOf(app: App, sync: string, known: Known): Promise<readonly KeptRuling[]> {
  const of = async (side: Side) => {
    const id = known[side]
    return id === undefined ? [] : await app.store.rulings.among(sync, side, [id])
  }
  return [...(await of('from')), ...(await of('to'))]
}

function idOf(reading: Reading): RemoteId | undefined {
  if (reading.kind === 'nobody') return undefined
  return reading.kind === 'found' ? reading.sighting.id : reading.id
}

function sightingOf(reading: Reading): Sighting | null {
  return reading.kind === 'found' || reading.kind === 'merged' ? reading.sighting : null
}
