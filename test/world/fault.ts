/** What a kind of fault is: a name, where it can strike, and what it does there. The kinds stand in faults/. */
import type { SimulatedRequest, SimulatedResponse } from '../../src/connector/simulator.ts'
import type { Fault as NetworkFault } from '../../src/simulation/faults.ts'
import type { Ferry } from './ferry.ts'
import type { Phase, Side } from './phase.ts'
import type { Draw } from './streams.ts'
import type { World } from './world.ts'

export type Family = 'transport' | 'listing' | 'time' | 'data' | 'meaning' | 'batch' | 'engine'

export interface FaultKind {
  readonly name: string
  readonly family: Family
  /** Phases in which it can strike; in the others it cannot, for the reason `elsewhere` gives. */
  readonly phases: readonly Phase[]
  readonly elsewhere: string
  /** What it hides shows with the next whole reading only: an incremental run cannot know. */
  readonly needsCensus?: true
  readonly strike: Strike
}
export type Strike =
  /** To a request on its way, or to its answer. Null: this request is none it can strike. */
  | { readonly kind: 'wire'; does(passing: Passing): Fate | null }
  /** By people or by time, between two requests or while nobody runs. False: there is nobody to do it to. */
  | { readonly kind: 'deed'; does(world: World, draw: Draw): boolean }
  /** To the process, when it commits. */
  | { readonly kind: 'commit'; does(world: World, ferry: Ferry, at: string): boolean }
  /** To the process, when it sends. */
  | { readonly kind: 'send'; does(world: World, ferry: Ferry, passing: Passing): Fate | null }
  /** To how the next run is worked. */
  | { readonly kind: 'run'; readonly how: RunOddity }

export type RunOddity =
  | 'two workers'
  | 'tickets twice'
  | 'tickets lost'
  | 'tickets late'
  | 'tickets in any order'
  | 'command given twice'

/** A request that is about to be delivered. */
export interface Passing {
  readonly world: World
  readonly side: Side
  readonly platform: string
  readonly phase: Phase
  readonly request: SimulatedRequest
  readonly isWrite: boolean
  /** A page of a list of contacts, memberships or consents. */
  readonly isList: boolean
  readonly draw: Draw
}
export interface Fate {
  /** What the network does. */
  readonly network?: NetworkFault
  /** What arrives there in place of the request. */
  readonly request?: (request: SimulatedRequest) => SimulatedRequest
  /** What travels back in place of the answer, the request having taken effect. */
  readonly answer?: (response: SimulatedResponse, request: SimulatedRequest) => SimulatedResponse
  /** Answers without effect. */
  readonly refusal?: SimulatedResponse
  /** How many further requests of this side meet the same. */
  readonly more?: number
  /** The request arrives so much later, milliseconds, after whoever sent it has given up. */
  readonly arrivesAfterMs?: number
}
