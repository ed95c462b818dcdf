/** What a probe stands at: an account to ask, where it is permitted to write to it, and with a simulated platform a look behind the scenes. */
import type { Limits, Reader, Writer } from '../connector/connector.ts'
import type { Clock } from '../connector/kit.ts'
import type { RemoteId } from '../model/id.ts'

export interface Bench {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Its capabilities are the claims that are probed. */
  readonly reader: Reader
  /** null: nothing may be written to this account. */
  readonly writer: Writer | null
  /** null: a real account, which has no backstage. */
  readonly backstage: Backstage | null
  /** Part of the names and addresses of all that probes create; differs from run to run. */
  readonly nonce: string
  /** A stream with more pages is not read to its end. */
  readonly pagesMax: number
  /** A connection that cannot write, closed with the bench. A real account may keep to the limits of its settings instead. */
  open(limits: Limits): Reader
  close(): Promise<void>
}

/** Lends an account for one probe at a time. */
export interface Stage {
  readonly platform: string
  lend(signal: AbortSignal): Promise<Bench>
}

/** How the next requests fare. `…Applied`: it took effect all the same. */
export type Fate =
  | 'lostAnswer'
  | 'resetBefore'
  | 'hangApplied'
  | 'throttled'
  | 'throttledWithoutTime'
  | 'serverError'
  | 'foreignPage'
  | 'forbidden'

/** How long `throttled` asks to wait. */
export const RETRY_AFTER_MS = 2_000

export interface Backstage {
  /** Somebody else at the same account, who may touch everybody. */
  readonly other: Writer
  /** The next requests of that effect meet this fate; afterwards all is well. `times` 0 ends it early. */
  spoil(effect: 'read' | 'write', fate: Fate, times: number): void
  /** One contact disappears into another; null: nobody can do that on this platform. */
  readonly merge: ((loser: RemoteId, survivor: RemoteId) => Promise<void>) | null
  /** Moments at which requests arrived, epoch milliseconds, oldest first. */
  arrivals(): readonly number[]
  /** What the platform really holds. */
  truth(): Truth
}

export interface Truth {
  readonly contacts: readonly TrueContact[]
  /** Moments at which somebody opted out could have been mailed. */
  readonly breaches: readonly string[]
}
export interface TrueContact {
  readonly emails: readonly string[]
  readonly tags: readonly string[]
  readonly groups: readonly string[]
  readonly optedOut: readonly string[]
}
