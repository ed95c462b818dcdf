/** What a plan adds up to, kept up to date record by record; plain data, so that planning can stop and go on anywhere. */
import type { Bucket, Op, Risk } from './op.ts'
import { type FieldChangeCount, LOSS_SAMPLES_MAX, type LossCount } from './plan.ts'
import type { Growth } from '../mapping/mapping.ts'
import { heldCause } from './turns.ts'

export interface Tally {
  counts: Record<Bucket | 'delete', number>
  risks: Record<Risk, number>
  losses: Record<string, Counting<LossCount>>
  changes: Record<string, Counting<FieldChangeCount>>
  rejects: Record<string, CauseCount>
  holds: Record<string, CauseCount>
  /** By provisional path or key: how many records use it. */
  usedFields: Record<string, number>
  usedElements: Record<string, { name: string; kind: 'tag' | 'group'; count: number }>
  /** Options that lists lack, by path and value: how many records use each. */
  usedOptions: Record<string, { path: string; value: string; label: string; count: number }>
  optOuts: number
  /** Opt-outs of people who exist at the target already and could not be opted in again there. */
  irreversibleConsents: number
  /** Existing pairs in this plan: linked before, or found. */
  pairs: number
  overwrites: number
  updatedPairs: number
  /** Records that are written a last time because their counterpart is no more; deleted ones are not among them. */
  departures: number
  joins: number
  /** People to be put into a sequence. */
  starts: number
  /** Notes to be added. */
  notes: number
  /** Notes to be written over. */
  noteEdits: number
  /** Companies to be created, and written over. */
  companies: number
  companyEdits: number
  tagWrites: number
  /** Where apply's batches end, by seq: the first ones small, so that a mistake shows on few people. */
  cuts: Record<Written, { size: number; open: number; ends: number[] }>
}
/** Buckets whose records are written, in batches. */
export type Written = 'create' | 'update' | 'delete'
interface CauseCount {
  readonly cause: string
  count: number
  readonly sample: string[]
}
/** A count while it is counted up in place: most records of a migration lose something. */
type Counting<T extends { readonly count: number; readonly sample: readonly unknown[] }> = Omit<
  T,
  'count' | 'sample'
> & { count: number; readonly sample: T['sample'][number][] }

export function emptyTally(): Tally {
  return {
    counts: {
      create: 0,
      update: 0,
      link: 0,
      unchanged: 0,
      excluded: 0,
      hold: 0,
      reject: 0,
      blocked: 0,
      delete: 0,
    },
    risks: { none: 0, fill: 0, overwrite: 0, destructive: 0, irreversible: 0 },
    losses: {},
    changes: {},
    rejects: {},
    holds: {},
    usedFields: {},
    usedElements: {},
    usedOptions: {},
    optOuts: 0,
    irreversibleConsents: 0,
    pairs: 0,
    overwrites: 0,
    updatedPairs: 0,
    departures: 0,
    joins: 0,
    starts: 0,
    notes: 0,
    noteEdits: 0,
    companies: 0,
    companyEdits: 0,
    tagWrites: 0,
    cuts: {
      create: { size: 1, open: 0, ends: [] },
      update: { size: 1, open: 0, ends: [] },
      delete: { size: 1, open: 0, ends: [] },
    },
  }
}

export interface TallyContext {
  readonly optOutReversible: boolean
  /** Display name of a planned tag or group. */
  elementName(kind: 'tag' | 'group', key: string): string
  /** By path: lists that may be added to. */
  readonly growing: ReadonlyMap<string, Growth>
}

/** Counts one record in. `op` null: unchanged and nothing to store. */
export function count(tally: Tally, context: TallyContext, op: Omit<Op, 'seq'> | null): void {
  if (op === null) {
    tally.counts.unchanged += 1
    tally.pairs += 1
    return
  }
  tally.counts[op.bucket] += 1
  tally.risks[op.risk] += 1
  for (const loss of op.losses) addLoss(tally, op, loss)
  if (op.held.length > 0 || op.bucket === 'hold') {
    if (op.bucket !== 'reject')
      addCause(tally.holds, op.bucket === 'hold' ? op.cause : heldWords(op), op.label)
  }
  if (op.bucket === 'reject') addCause(tally.rejects, op.cause, op.label)
  if (op.toId !== null && op.bucket !== 'hold') tally.pairs += 1
  if (op.bucket !== 'create' && op.bucket !== 'update') return
  if (op.bucket === 'update') addUpdate(tally, context, op)
  if (op.ends !== undefined) tally.departures += 1
  for (const change of op.fields) {
    if (change.path.startsWith('custom.new:')) increase(tally.usedFields, change.path)
    if (op.bucket === 'update') addChange(tally, op, change)
    const growth = context.growing.get(change.path)
    if (growth !== undefined) addOptions(tally, change, growth)
  }
  for (const key of op.tags.add) addElement(tally, context, 'tag', key)
  for (const key of op.groups.add) addElement(tally, context, 'group', key)
  tally.joins += op.groups.add.length + op.groups.remove.length
  tally.tagWrites += op.tags.add.length + op.tags.remove.length
  if (op.consents.length > 0) tally.optOuts += 1
}

function heldWords({ held }: Omit<Op, 'seq'>): string {
  const isFlapping = held.every(({ flaps }) => flaps !== undefined)
  return isFlapping ? heldCause(held).cause : 'both sides changed'
}

function addUpdate(tally: Tally, context: TallyContext, op: Omit<Op, 'seq'>): void {
  tally.updatedPairs += 1
  if (op.fields.some((change) => change.risk === 'overwrite' || change.risk === 'destructive'))
    tally.overwrites += 1
  if (op.consents.length > 0 && !context.optOutReversible) tally.irreversibleConsents += 1
}

function addLoss(tally: Tally, op: Omit<Op, 'seq'>, loss: Op['losses'][number]): void {
  const key = `${loss.field}\u001f${loss.cause}`
  const known = tally.losses[key] ?? { field: loss.field, cause: loss.cause, count: 0, sample: [] }
  tally.losses[key] = known
  known.count += 1
  const record = op.fromId ?? op.toId
  if (known.sample.length >= LOSS_SAMPLES_MAX || record === null) return
  const after = loss.after === null ? null : short(loss.after)
  known.sample.push({ record, before: short(loss.before), after })
}

function addChange(tally: Tally, op: Omit<Op, 'seq'>, change: Op['fields'][number]): void {
  const known = tally.changes[change.path] ?? { path: change.path, count: 0, sample: [] }
  tally.changes[change.path] = known
  known.count += 1
  if (known.sample.length >= LOSS_SAMPLES_MAX) return
  const [before, after] = [textOf(change.before), textOf(change.after)]
  known.sample.push({ record: op.label, before, after })
}

function addCause(causes: Record<string, CauseCount>, cause: string, label: string): void {
  const known = causes[cause] ?? { cause, count: 0, sample: [] }
  causes[cause] = known
  known.count += 1
  if (known.sample.length < LOSS_SAMPLES_MAX) known.sample.push(label)
}

function addElement(tally: Tally, context: TallyContext, kind: 'tag' | 'group', key: string): void {
  if (!key.startsWith('new:')) return
  const place = `${kind} ${key}`
  const known = tally.usedElements[place]
  if (known === undefined) {
    tally.usedElements[place] = { name: context.elementName(kind, key), kind, count: 1 }
  } else known.count += 1
}

function addOptions(tally: Tally, { path, after }: Op['fields'][number], growth: Growth): void {
  if (after === null) return
  for (const value of typeof after === 'string' ? [after] : after) {
    if (growth.knows(value)) continue
    const place = `${path}\u001f${value}`
    const known = tally.usedOptions[place]
    if (known !== undefined) known.count += 1
    else {
      const label = growth.optionFor(value)?.label ?? value
      tally.usedOptions[place] = { path, value, label, count: 1 }
    }
  }
}

function increase(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

/** Samples are for looking at, not for keeping whole notes. */
const SAMPLE_CHARACTERS = 80
function short(text: string): string {
  return text.length <= SAMPLE_CHARACTERS ? text : `${text.slice(0, SAMPLE_CHARACTERS - 1)}…`
}
function textOf(value: Op['fields'][number]['after'] | undefined): string | null {
  if (value === undefined || value === null) return null
  return short(typeof value === 'string' ? value : value.join(', '))
}

/** Sizes of the first slices of a plan, before full ones. */
const CANARY_SIZES: readonly number[] = [1, 10, 100]

/** Notes that an op of this seq joins the running batch, and ends the batch when it is full. */
export function cut(tally: Tally, bucket: Written, seq: number, sliceMax: number): void {
  const state = tally.cuts[bucket]
  state.size = Math.min(sliceMax, CANARY_SIZES[state.ends.length] ?? sliceMax)
  state.open += 1
  if (state.open < state.size) return
  state.ends.push(seq)
  state.open = 0
}

/** Ends the last batch. */
export function finishCuts(tally: Tally, lastSeq: number): void {
  for (const state of Object.values(tally.cuts)) {
    if (state.open === 0) continue
    state.ends.push(lastSeq)
    state.open = 0
  }
}
