/** A store in memory with one open run of two open slices, and an Env over it with virtual time, for the parts of the queued runner. */
import { type Env, PIPELINE_LIMITS } from '../../src/pipeline/env.ts'
import type { RunId } from '../../src/model/id.ts'
import { type VirtualClock, virtualClock } from '../../src/simulation/virtual-clock.ts'
import { openStore } from '../../src/state/sql/open.ts'
import type { RunRecord } from '../../src/state/runs.ts'

export const RUN = 'run-1' as RunId
export const SLICES = ['catalogue', 'from/contacts']

export interface Rested {
  readonly env: Env
  readonly clock: VirtualClock
  readonly warnings: readonly string[]
}

export async function rested(): Promise<Rested> {
  const clock = virtualClock(1_000)
  const warnings: string[] = []
  let nonces = 0
  const store = await openStore('sqlite::memory:', { clock })
  await store.runs.create(RECORD)
  await store.slices.open(
    RUN,
    0,
    SLICES.map((name) => ({ name, position: null })),
  )
  const unused = () => {
    throw new Error('not ready')
  }
  return {
    clock,
    warnings,
    env: {
      store,
      clock,
      log: { debug: () => {}, info: () => {}, warn: (text) => warnings.push(text) },
      owner: 'tester',
      nonce: () => String(++nonces),
      mayTakeOver: () => false,
      settings: unused,
      accounts: unused,
      progress: () => {},
      requestsOf: () => ({}),
      limits: PIPELINE_LIMITS,
    },
  }
}

const RECORD: RunRecord = {
  id: RUN,
  sync: 'move',
  kind: 'plan',
  status: 'open',
  program: ['pull', 'plan'],
  stage: 0,
  fingerprint: 'as configured',
  isFull: true,
  plan: null,
  facts: {},
  reason: null,
  startedAt: 0,
  updatedAt: 0,
  endedAt: null,
}
