/** Suspicion as arithmetic: sudden emptiness, mass removal, mass overwriting, consent that cannot be taken back. Also evaluated in a dry run. */
import type { Guard } from './plan.ts'
import type { Tally } from './tally.ts'

export interface GuardLimits {
  readonly maxDeletes: number
  readonly maxDeletePercent: number
  readonly maxOverwritePercent: number
  readonly maxChangedPercent: number
  /** How many irreversible opt-outs of existing people a person has confirmed. */
  readonly maxIrreversibleConsents: number
}
export const DEFAULT_GUARDS: GuardLimits = {
  maxDeletes: 20,
  maxDeletePercent: 1,
  maxOverwritePercent: 20,
  maxChangedPercent: 50,
  maxIrreversibleConsents: 0,
}
/** Below this many pairs a percentage says nothing. */
const PAIRS_MIN = 20

export interface GuardFacts {
  readonly tally: Tally
  readonly isFull: boolean
  /** Contacts of each side; null: of a side that may well be empty. */
  readonly read: { readonly from: number; readonly to: number | null }
  /** Live links before this plan. */
  readonly links: number
  readonly limits: GuardLimits
  /** What makes the mapping unusable, for people. */
  readonly mappingErrors: readonly string[]
}

export function evaluateGuards(facts: GuardFacts): readonly Guard[] {
  const { tally, limits } = facts
  // Pairs that this plan joins are not among the links yet.
  const pairs = Math.max(facts.links, tally.pairs, tally.overwrites, tally.updatedPairs)
  // A tag or an opt-out because somebody is gone at the source is counted like a deletion.
  const departures = tally.counts.delete + tally.departures
  return [
    mappingErrors(facts),
    emptySource(facts),
    numberGuard(
      'deletes',
      departures,
      limits.maxDeletes,
      'contacts would be deleted or parted from',
    ),
    percentGuard(
      'delete-percent',
      departures,
      pairs,
      limits.maxDeletePercent,
      'of all pairs would be deleted or parted from',
    ),
    percentGuard(
      'overwrite-percent',
      tally.overwrites,
      pairs,
      limits.maxOverwritePercent,
      'of all pairs would have values overwritten at the target',
    ),
    percentGuard(
      'all-changed',
      tally.updatedPairs,
      pairs,
      limits.maxChangedPercent,
      'of all pairs would change',
    ),
    numberGuard(
      'irreversible-consent',
      tally.irreversibleConsents,
      limits.maxIrreversibleConsents,
      'people at the target would be opted out, which its API cannot take back',
    ),
  ]
}

const CONFIG_KEY: Readonly<Record<Guard['name'], string | null>> = {
  'empty-source': null,
  deletes: 'maxDeletes',
  'delete-percent': 'maxDeletePercent',
  'overwrite-percent': 'maxOverwritePercent',
  'all-changed': 'maxChangedPercent',
  'irreversible-consent': 'maxIrreversibleConsents',
  mapping: null,
}

function mappingErrors({ mappingErrors: errors }: GuardFacts): Guard {
  const ok = errors.length === 0
  return {
    name: 'mapping',
    measured: errors.length,
    limit: 0,
    ok,
    message: ok ? 'the mapping is sound' : `the mapping has errors: ${errors.join('; ')}`,
    hint: ok
      ? ''
      : 'Correct the mapping; "ferry map check" shows where. This cannot be overridden.',
  }
}

/** Also of the target, where it counts as a source and had contacts before. */
function emptySource({ isFull, read, links }: GuardFacts): Guard {
  const isThereEmpty = isFull && read.to === 0 && links > 0
  const ok = (!isFull || read.from > 0) && !isThereEmpty
  return {
    name: 'empty-source',
    measured: isThereEmpty ? 0 : read.from,
    limit: null,
    ok,
    message: ok
      ? `${read.from} contacts read at the source`
      : `the ${isThereEmpty && read.from > 0 ? 'target' : 'source'} shows no contact at all`,
    hint: ok
      ? ''
      : 'Check the account and the rights of its key ("ferry doctor"). This cannot be overridden.',
  }
}

function numberGuard(name: Guard['name'], measured: number, limit: number, words: string): Guard {
  const ok = measured <= limit
  return {
    name,
    measured,
    limit,
    ok,
    message: `${measured} ${words}; the limit is ${limit}`,
    hint: hintFor(name, ok, measured),
  }
}

function percentGuard(
  name: Guard['name'],
  part: number,
  whole: number,
  limit: number,
  words: string,
): Guard {
  const percent = whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100
  const ok = percent <= limit || whole < PAIRS_MIN
  return {
    name,
    measured: percent,
    limit,
    ok,
    message: `${percent} % ${words} (${part} of ${whole}); the limit is ${limit} %`,
    hint: hintFor(name, ok, Math.ceil(percent)),
  }
}

function hintFor(name: Guard['name'], ok: boolean, needed: number): string {
  if (ok) return ''
  return `Look at the plan with "ferry show". If it is what you want, set guards: { ${CONFIG_KEY[name]}: ${needed} } for this sync in ferry.yaml.`
}
