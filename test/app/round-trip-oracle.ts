/** Holds an account that went there and back against what it was: whatever is not the same, some plan must have said beforehand. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { FieldPath } from '../../src/model/field.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { Op } from '../../src/plan/op.ts'
import type { Leg, RoundTrip } from './round-trip-legs.ts'
import { isSame, keyOf, type Truth, truths } from './round-trip-truth.ts'

export interface Judged {
  /** What differs and was never named, in words. */
  readonly unnamed: readonly string[]
  /** People that arrived, values that are the same, and values whose loss was named. */
  readonly people: number
  readonly same: number
  readonly named: number
  /** Kept whole, beside the field it came from: "Invoice e-mail (source)". */
  readonly beside: number
}

export function judge(trip: RoundTrip): Judged {
  const { there, back } = trip
  const first = truths(there.from, there.catalogs.from)
  const last = byMarker(truths(back.to, back.catalogs.to), back)
  const middle = byMarker(truths(there.to, there.catalogs.to), there)
  const unnamed: string[] = []
  const sums = { people: 0, same: 0, named: 0, beside: 0 }
  for (const person of first) {
    const { id } = person.contact
    const out = opOf(there, id)
    const met = middle.get(id)
    if (met === undefined) {
      if (!isStopped(out))
        unnamed.push(`${id}: not at the other account, in no bucket that says so`)
      continue
    }
    const home = opOf(back, met.contact.id)
    const arrived = last.get(met.contact.id)
    if (arrived === undefined) {
      if (!isStopped(home)) unnamed.push(`${id}: did not come back, in no bucket that says so`)
      continue
    }
    sums.people += 1
    const ops = { out, home }
    for (const found of [
      ...fieldsOf(trip, person, arrived, ops),
      ...setsOf(trip, person, arrived, ops),
    ]) {
      if (found.kind === 'same') sums.same += 1
      else if (found.kind === 'named') sums.named += 1
      else if (found.kind === 'beside') sums.beside += 1
      else unnamed.push(`${id}: ${found.text}`)
    }
  }
  return { unnamed, ...sums }
}

interface Finding {
  readonly kind: 'same' | 'named' | 'beside' | 'unnamed'
  readonly text: string
}
const SAME: Finding = { kind: 'same', text: '' }
const NAMED: Finding = { kind: 'named', text: '' }
interface Ops {
  readonly out: Op | undefined
  readonly home: Op | undefined
}

function* fieldsOf(trip: RoundTrip, person: Truth, arrived: Truth, ops: Ops): Generator<Finding> {
  const homeFields = new Map(trip.back.catalogs.to.fields.map((field) => [keyOf(field), field]))
  for (const [key, value] of person.values) {
    // What the platform sets by itself cannot come back: both catalogues say so.
    if (!value.field.writable || homeFields.get(key)?.writable !== true) continue
    const there = arrived.values.get(key)
    if (isSame(value, there)) yield SAME
    else if (isNamed(trip, { ...value, arrived }, ops)) yield NAMED
    else if (isBeside(value, arrived)) yield { kind: 'beside', text: '' }
    else {
      const text = `${key}: ${JSON.stringify(value.text)} became ${JSON.stringify(there?.text)}`
      yield { kind: 'unnamed', text }
    }
  }
}

interface Lost {
  readonly field: FieldDefinition
  readonly text: string
  readonly arrived: Truth
}

function isNamed({ there, back }: RoundTrip, lost: Lost, { out, home }: Ops): boolean {
  const { path } = lost.field
  if (isNever(there, path)) return true
  const through = targets(there.before, path)
  const onward = targets(there.after, path).flatMap((real) => targets(back.before, real))
  if (loses(out, through) || loses(home, onward)) return true
  return path.startsWith('phones.') ? isElsewhere(there, lost) : isRespelt(out, through, lost)
}

/** A value that the field of this label cannot hold goes to a text field of its own. */
function isBeside({ field, text }: Pick<Lost, 'field' | 'text'>, { values }: Truth): boolean {
  return [...values.values()].some(
    (value) => value.field.label.startsWith(`${field.label} (`) && value.text === text,
  )
}

function loses(op: Op | undefined, paths: readonly FieldPath[]): boolean {
  return op?.losses.some((loss) => paths.includes(loss.field)) === true
}

/** Of a region, the spelling that the other platform insists on, shown in the plan as what is written. */
function isRespelt(
  op: Op | undefined,
  paths: readonly FieldPath[],
  { text, arrived }: Lost,
): boolean {
  const written = op?.fields.find(
    ({ path }) => path.endsWith('.region') && paths.includes(path),
  )?.after
  const there = arrived.values.get('addresses.main.region')?.text
  return typeof written === 'string' && written !== text && written === there
}

/** A number that shares a place with others comes back whole, as another kind of number: the mapping's check says so. */
function isElsewhere({ before, catalogs }: Leg, { field, text, arrived }: Lost): boolean {
  const base = /^phones\.[^.]+/.exec(field.path)?.[0]
  const label = catalogs.from.fields.find(({ path }) => path === base)?.label ?? field.label
  const isSaid = before.findings.some(
    ({ message }) => message.includes('which of them it was') && message.includes(label),
  )
  return (
    isSaid &&
    [...arrived.values].some(([key, value]) => key.startsWith('phones.') && value.text === text)
  )
}

function isNever({ mapping }: Leg, path: FieldPath): boolean {
  return mapping.fields.some(({ from, to }) => to === null && from.includes(path))
}

function targets(check: Leg['before'], path: FieldPath): readonly FieldPath[] {
  return check.rules.filter(({ from }) => from.includes(path)).map(({ to }) => to)
}

function* setsOf(trip: RoundTrip, person: Truth, arrived: Truth, ops: Ops): Generator<Finding> {
  const [a, b] = [person.contact, arrived.contact]
  for (const kind of ['tags', 'groups'] as const) {
    // Where the other platform knows only one of the two, the mapping says so, and it comes back as that.
    const there = [...b[kind], ...(becomes(trip.there, kind) ? b.tags : [])].map(fold)
    for (const name of a[kind]) {
      const isThere = there.some(
        (other) => other === fold(name) || other.endsWith(`: ${fold(name)}`),
      )
      if (isThere) yield SAME
      else if ([ops.out, ops.home].some((op) => losesElement(op, name))) yield NAMED
      else yield { kind: 'unnamed', text: `${kind}: ${name} is not among ${there.join(', ')}` }
    }
  }
  yield* consents(trip, { a, b }, ops)
}

function losesElement(op: Op | undefined, name: string): boolean {
  const lost = op?.losses.filter(({ field }) => field === 'tags' || field === 'groups') ?? []
  return lost.some(({ before }) => fold(before).endsWith(fold(name)))
}

function becomes({ mapping }: Leg, kind: 'tags' | 'groups'): boolean {
  return kind === 'groups' && mapping.groups.as === 'tags'
}

/** Nobody may be mailed who might not be before; who may not any more was named, one by one or for all. */
function* consents(
  { there, back }: RoundTrip,
  { a, b }: { readonly a: SimulatedContact; readonly b: SimulatedContact },
  { out, home }: Ops,
): Generator<Finding> {
  const findings = [...there.before.findings, ...back.before.findings]
  const isSilent = findings.some(({ path, level }) => path === 'consent' && level === 'warning')
  for (const address of a.optedOut) {
    const isOut = b.optedOut.map(fold).includes(fold(address))
    const isLost = [out, home].some((op) =>
      op?.losses.some(({ field }) => field.startsWith('consent')),
    )
    if (isOut) yield SAME
    else if (isLost || !b.emails.map(fold).includes(fold(address))) yield NAMED
    else yield { kind: 'unnamed', text: `${address} may be mailed and might not before` }
  }
  for (const address of b.optedOut) {
    if (a.optedOut.map(fold).includes(fold(address))) continue
    const isPlanned = [out, home].some((op) => (op?.consents.length ?? 0) > 0)
    if (isSilent || isPlanned) yield NAMED
    else yield { kind: 'unnamed', text: `${address} may not be mailed and might before` }
  }
}

function opOf({ ops }: Leg, id: string): Op | undefined {
  return [...ID_FORMS].map((form) => ops.get(form(id))).find((stored) => stored !== undefined)?.op
}
/** An account number stands in front of an id where a login may see several accounts. */
const ID_FORMS = [(id: string) => id, (id: string) => `91234/${id}`] as const

function isStopped(op: Op | undefined): boolean {
  return op !== undefined && ['hold', 'reject', 'excluded'].includes(op.bucket)
}

/** Who carries the marker of whom: by the id in the simulator's words. */
function byMarker(all: readonly Truth[], { from }: Leg): ReadonlyMap<string, Truth> {
  const ids = new Set(from.snapshot().map(({ id }) => id))
  const found = new Map<string, Truth>()
  for (const truth of all) {
    const marker = Object.values(truth.contact.fields).find((text) => text.startsWith('source:'))
    const id = marker?.slice('source:'.length) ?? ''
    const known = ids.has(id) ? id : id.replace(/^\d+\//, '')
    if (ids.has(known)) found.set(known, truth)
  }
  return found
}

function fold(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
}
