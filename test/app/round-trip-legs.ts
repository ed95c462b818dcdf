/** There and back: A moves to B, and B to an empty account of A's platform; with everything that the plans said beforehand. */
import type { Simulator } from '../../src/connector/simulator.ts'
import { checkMapping, type MappingCheck } from '../../src/app/map-check.ts'
import type { Mapping } from '../../src/mapping/mapping.ts'
import type { Catalog } from '../../src/model/vocabulary.ts'
import type { Side } from '../../src/model/id.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import type { StoredOp } from '../../src/state/plans.ts'
import { opsOf } from './oracle.ts'
import { type Ran, type TwoAccounts, type TwoAccountsOptions, twoAccounts } from './two-accounts.ts'

export interface Leg {
  readonly from: Simulator
  readonly to: Simulator
  readonly ran: Ran
  readonly mapping: Mapping
  /** What the mapping said before anything was written, and which fields it goes through afterwards. */
  readonly before: MappingCheck
  readonly after: MappingCheck
  readonly headers: readonly PlanHeader[]
  /** By the source's id. */
  readonly ops: ReadonlyMap<string, StoredOp>
  /** Both sides as they are now. */
  readonly catalogs: Readonly<Record<Side, Catalog>>
}
export interface RoundTrip {
  readonly there: Leg
  readonly back: Leg
}

export async function roundTrip(
  platforms: { readonly a: string; readonly b: string },
  options: { readonly contacts: number; readonly seed: number },
): Promise<RoundTrip> {
  const { a, b } = platforms
  const { contacts, seed } = options
  const empty = (platform: string) => ({ platform, contacts: 0 })
  const going = twoAccounts({ from: { platform: a, contacts }, to: empty(b), seed })
  try {
    const there = await travel(going)
    const from = { ...empty(b), simulator: going.to }
    const back = await leg({ from, to: empty(a), seed: seed + 1, clock: going.clock })
    return { there, back }
  } finally {
    going.close()
  }
}

async function leg(options: TwoAccountsOptions): Promise<Leg> {
  const world = twoAccounts(options)
  try {
    return await travel(world)
  } finally {
    world.close()
  }
}

async function travel(world: TwoAccounts): Promise<Leg> {
  const before = await checked(world)
  const ran = await world.run('migrate')
  const after = await checked(world)
  const app = await world.open({ mayWrite: false })
  try {
    const plans = (ran.report.facts.books ?? []).map(({ plan }) => plan)
    const headers: PlanHeader[] = []
    const ops = new Map<string, StoredOp>()
    for (const plan of plans) {
      const header = await app.store.plans.header(plan as never)
      if (header !== null) headers.push(header)
      for (const [id, op] of await opsOf(app, plan)) if (!ops.has(id)) ops.set(id, op)
    }
    const { mapping } = await app.use('move')
    const accounts = app.env.accounts('move')
    const signal = new AbortController().signal
    const catalogs = {
      from: await accounts.reader('from').catalog(signal),
      to: await accounts.reader('to').catalog(signal),
    }
    return { from: world.from, to: world.to, ran, mapping, before, after, headers, ops, catalogs }
  } finally {
    await app.close()
  }
}

async function checked(world: TwoAccounts): Promise<MappingCheck> {
  const app = await world.open({ mayWrite: false })
  try {
    return await checkMapping(app, 'move', new AbortController().signal)
  } finally {
    await app.close()
  }
}
