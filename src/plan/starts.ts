/** Who is put into a sequence of the target, since they are in one of the source: what a plan says about it, and who never is. Pure. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Sequence } from '../connector/connector.ts'
import { type Consent, isOptedOut } from '../model/consent.ts'
import type { Side } from '../model/id.ts'
import type { MappingFinding } from '../mapping/mapping.ts'
import type { Op } from './op.ts'

/** A line of `sequences` in the mapping, and what becomes of the people in it. */
export interface PlannedSequence {
  readonly from: Sequence
  readonly to: Sequence
  /** Will be put into it, if a look right before says nothing else. */
  readonly start: number
  /** An earlier run did, or decided that it will not. */
  readonly settled: number
  readonly optedOut: number
  /** Not at the target, or their record waits for a decision: a later run sees them again. */
  readonly left: number
}
export type StartDecision = 'start' | 'settled' | 'optedOut' | 'left'

export interface StartFacts {
  /** An earlier run decided about this person and this sequence. */
  readonly isSettled: boolean
  readonly isLinked: boolean
  /** Of the person's ops in this plan: one for each side that is written, or none. */
  readonly buckets: readonly Op['bucket'][]
  readonly mayMail: boolean
}

export function decideStart({ isSettled, isLinked, buckets, mayMail }: StartFacts): StartDecision {
  if (isSettled) return 'settled'
  if (!arrives({ isLinked, buckets })) return 'left'
  return mayMail ? 'start' : 'optedOut'
}

/** Whether the person is at the target once the plan is applied, with nothing left to ask. */
export function arrives({ isLinked, buckets }: Pick<StartFacts, 'isLinked' | 'buckets'>): boolean {
  return buckets.length === 0 ? isLinked : buckets.every((bucket) => ARRIVES[bucket])
}

/** Whether somebody whose op is in this bucket is at the target once the plan is applied, with nothing left to ask. */
const ARRIVES: Readonly<Record<Op['bucket'], boolean>> = {
  create: true,
  update: true,
  link: true,
  unchanged: true,
  excluded: false,
  hold: false,
  reject: false,
  blocked: false,
  delete: false,
}

/**
 * Whether nothing on record at a side forbids to mail. Any channel counts, and every address: a sequence does not say what it sends.
 * Where an address that is new is never mailed, `none` is how everybody begins: it is no refusal, and the platform itself sends nothing.
 */
export function mayMail(
  side: Side,
  consents: readonly Consent[],
  { consent }: Pick<Capabilities, 'consent'>,
): boolean {
  const isSilentAtFirst = side === 'to' && consent.mailsNew === false
  return consents.every(({ state }) => !isOptedOut(state) || (state === 'none' && isSilentAtFirst))
}

export interface SequencesOf {
  /** The connection's name. */
  readonly name: string
  readonly sequences: readonly Sequence[]
}

/** Lines of the mapping that name a sequence which is not there. */
export function sequenceProblems(
  wanted: Readonly<Record<string, string>>,
  from: SequencesOf,
  to: SequencesOf,
): readonly MappingFinding[] {
  const missing = ({ name, sequences }: SequencesOf, id: string): readonly MappingFinding[] =>
    sequences.some((sequence) => sequence.id === id)
      ? []
      : [
          {
            level: 'error',
            path: 'sequences',
            message: `${name} has no sequence ${id}`,
            hint: `there: ${listed(sequences)}`,
          },
        ]
  return Object.entries(wanted).flatMap(([source, target]) => [
    ...missing(from, source),
    ...missing(to, target),
  ])
}

function listed(sequences: readonly Sequence[]): string {
  if (sequences.length === 0) return 'none'
  const shown = sequences.slice(0, SHOWN_MAX).map(({ id, name }) => `${id} "${name}"`)
  return [...shown, ...(sequences.length > SHOWN_MAX ? ['…'] : [])].join(', ')
}
const SHOWN_MAX = 20
