/** One seed's world: two accounts with people in them, a state, a clock, a network, and what the oracles must know that the engine does not. */
import type { Vault } from '../../src/connector/kit.ts'
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
} from '../../src/connector/simulator.ts'
import type { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import type { StateStore } from '../../src/state/store.ts'
import type { Armory } from './armory.ts'
import type { Deal } from './deal.ts'
import type { FaultKind } from './fault.ts'
import type { Ferry } from './ferry.ts'
import type { Hands } from './hands.ts'
import type { History } from './history.ts'
import type { Phase, Side } from './phase.ts'
import type { Watch } from './watch.ts'

export interface Account {
  readonly simulator: Simulator
  readonly hands: Hands
  /** World time by how many writes it had had then: one simulator tells the number of a write and no time. */
  readonly writeTimes: Map<number, number>
  /** The last page of a list that was told truly. */
  lastList: { readonly request: SimulatedRequest; readonly answer: SimulatedResponse } | null
}
export interface World {
  readonly seed: number
  readonly sides: Readonly<Record<Side, Account>>
  readonly store: StateStore
  readonly clock: VirtualClock
  /** How far other clocks are from the world's, milliseconds. */
  readonly skews: { worker: number; from: number; to: number }
  readonly random: () => number
  readonly faults: Armory
  readonly watch: Watch
  readonly history: History
  readonly ferries: Map<string, Ferry>
  readonly dead: Set<string>
  readonly deal: Deal
  /** A person has looked at the deletions that wait and lets them through. */
  isConfirmed: boolean
  readonly configText: string
  readonly secrets: Readonly<Record<string, string>>
  readonly vault: Vault
  /** All kinds of fault there are. */
  readonly kinds: readonly FaultKind[]
  /** A text field that people made at the source. */
  extraField: string | null
  /** How many autumn nights there were. */
  nights: number
  phase: Phase
  requests: number
  /** How many processes there were. */
  opened: number
  /** Resolves when the process stands still. */
  standstill(ferry: Ferry): Promise<'frozen'>
  /** Time passes while nobody works. */
  jump(ms: number): void
  /** Does it when the clock has come so far, whoever moves it. */
  later(ms: number, deed: () => void): void
  close(): Promise<void>
}
