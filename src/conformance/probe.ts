/** A question to a platform whose answer is a value of its capability record. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Backstage, Bench } from './bench.ts'
import type { Hands } from './hands.ts'

/** By what it needs: a look, records of its own, or what only a simulated platform lends. */
export type Probe = ReadingProbe | WritingProbe | BackstageProbe

interface Question {
  readonly name: string
  /** What it asks, for people. */
  readonly asks: string
  /** Why it cannot be asked of a platform that claims this; null: it can. */
  unless?(claims: Capabilities): string | null
}
export interface ReadingProbe extends Question {
  readonly needs: 'reading'
  run(bench: Bench): Promise<Verdict>
}
export interface WritingProbe extends Question {
  readonly needs: 'writing'
  run(bench: Bench, hands: Hands): Promise<Verdict>
}
export interface BackstageProbe extends Question {
  readonly needs: 'backstage'
  run(bench: Bench, hands: Hands, backstage: Backstage): Promise<Verdict>
}

export type Verdict =
  /** `seen`: the value that the platform showed. */
  | { readonly kind: 'holds'; readonly seen: string }
  | {
      readonly kind: 'differs'
      readonly claimed: string
      readonly seen: string
      readonly evidence: string
    }
  | { readonly kind: 'skipped'; readonly reason: string }

export function holds(seen: string): Verdict {
  return { kind: 'holds', seen }
}

export function differs(claimed: string, seen: string, evidence: string): Verdict {
  return { kind: 'differs', claimed, seen, evidence }
}

export function skipped(reason: string): Verdict {
  return { kind: 'skipped', reason }
}

/** Holds when what was seen is what was claimed. */
export function compare(claimed: string, seen: string, evidence: string): Verdict {
  return claimed === seen ? holds(seen) : differs(claimed, seen, evidence)
}

/** Holds when no fault was found. */
export function faultless(claimed: string, faults: readonly string[], seen: string): Verdict {
  const [first] = faults
  if (first === undefined) return holds(seen)
  return differs(claimed, first, faults.join('; '))
}
