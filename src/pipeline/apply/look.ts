/**
 * Looks for creates whose answer got lost, before anything is sent again: by the marker, else by e-mail. Two negative looks a visibility lag
 * apart prove "not there"; more than one hit is a question for a person.
 */
import type { Probe, Reader } from '../../connector/connector.ts'
import { normEmail } from '../../model/email.ts'
import type { Sighting } from '../../model/sighting.ts'
import type { StoredOp } from '../../state/plans.ts'
import type { Job } from '../env.ts'
import { compare } from './compare.ts'
import { said } from './quiet.ts'
import type { Item } from './recheck.ts'
import type { Ending } from './ending.ts'
import type { Terms } from './terms.ts'

export interface Looked {
  readonly endings: readonly Ending[]
  /** Found, but not all of what they should be. */
  readonly unfinished: readonly Item[]
  readonly absent: readonly StoredOp[]
}

/** A request that lost its answer may still be at work there: no second look is taken sooner. */
const SECOND_LOOK_MS = 1_500

export async function lookForCreates(
  job: Job,
  terms: Terms,
  reader: Reader,
  ops: readonly StoredOp[],
): Promise<Looked> {
  if (ops.length === 0) return { endings: [], unfinished: [], absent: [] }
  const by = wayOf(terms, reader)
  if (by === null)
    return { endings: ops.map((stored) => cannotTell(stored)), unfinished: [], absent: [] }
  const found = await look(job, terms, reader, by, ops)
  const missing = ops.filter((stored) => !found.has(stored))
  const lookable = missing.filter((stored) => keyOf(stored, by) !== null)
  if (lookable.length > 0) {
    await job.env.clock.sleep(
      Math.max(SECOND_LOOK_MS, reader.capabilities.visibilityLagMs),
      job.signal,
    )
    for (const [stored, hits] of await look(job, terms, reader, by, lookable))
      found.set(stored, hits)
  }
  return judge(terms, by, ops, found)
}

type Way = 'marker' | 'email'

function wayOf(terms: Terms, reader: Reader): Way | null {
  if (terms.context.mapping.marker !== null && reader.capabilities.find.includes('marker'))
    return 'marker'
  // Where contacts share addresses, the one that is found may be another's.
  const isOwn = terms.context.policy.duplicates !== 'keep'
  return isOwn && reader.capabilities.find.includes('email') ? 'email' : null
}

function keyOf({ op }: StoredOp, by: Way): string | null {
  return by === 'marker' ? op.marker : op.email
}

async function look(
  job: Job,
  terms: Terms,
  reader: Reader,
  by: Way,
  ops: readonly StoredOp[],
): Promise<Map<StoredOp, readonly Sighting[]>> {
  const keys = [...new Set(ops.map((stored) => keyOf(stored, by)).filter((key) => key !== null))]
  const path = terms.context.mapping.marker?.path ?? ''
  const size = Math.max(1, reader.capabilities.findMax)
  const hits = new Map<string, Sighting[]>()
  for (let start = 0; start < keys.length; start += size) {
    const values = keys.slice(start, start + size)
    const probe: Probe = by === 'marker' ? { by, path, values } : { by, values }
    for (const sighting of await reader.find(probe, job.signal)) {
      for (const key of keysOf(sighting, by, path)) {
        const known = hits.get(key) ?? []
        if (!known.some((other) => other.id === sighting.id)) hits.set(key, [...known, sighting])
      }
    }
  }
  const found = new Map<StoredOp, readonly Sighting[]>()
  for (const stored of ops) {
    const sightings = hits.get(keyOf(stored, by) ?? '')
    if (sightings !== undefined) found.set(stored, sightings)
  }
  return found
}

function keysOf(sighting: Sighting, by: Way, path: string): readonly string[] {
  if (by === 'marker') return [String(sighting.fields[path] ?? '')]
  return Object.entries(sighting.fields).flatMap(([field, value]) =>
    field.startsWith('emails.') && typeof value === 'string' ? [normEmail(value)] : [],
  )
}

function judge(
  terms: Terms,
  by: Way,
  ops: readonly StoredOp[],
  found: ReadonlyMap<StoredOp, readonly Sighting[]>,
): Looked {
  const endings: Ending[] = []
  const unfinished: Item[] = []
  const absent: StoredOp[] = []
  for (const stored of ops) {
    const [first, ...others] = found.get(stored) ?? []
    if (first === undefined) {
      if (keyOf(stored, by) === null) endings.push(cannotTell(stored))
      else absent.push(stored)
    } else if (others.length > 0) {
      const ids = [first, ...others].map((sighting) => sighting.id).join(', ')
      endings.push({
        kind: 'held',
        stored,
        outcome: said(
          `it is not certain which contact at ${terms.place} is this one: ${ids}`,
          'Merge them there, then run again.',
        ),
      })
    } else {
      const comparison = compare(terms, stored.op, first)
      if (comparison.kind === 'left')
        unfinished.push({ stored, left: comparison.op, id: first.id, current: first })
      else endings.push({ kind: 'applied', stored, id: first.id, echo: first, current: null })
    }
  }
  return { endings, unfinished, absent }
}

function cannotTell(stored: StoredOp): Ending {
  return {
    kind: 'unknown',
    stored,
    outcome: said(
      'the answer to this create got lost, and the record has neither marker nor e-mail to look for',
      `It is not created again unasked: the next run holds it. Turn the marker on to have such records found.`,
    ),
  }
}
