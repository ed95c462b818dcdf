/** What an undo is measured by: the truth of a simulator, contact by contact, and the ops of a plan. */
import type { SimulatedContact, Simulator } from '../../src/connector/simulator.ts'
import type { Op } from '../../src/plan/op.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import type { TwoAccounts } from './two-accounts.ts'

/** Everything of a contact that lasts, one text for each value, tag, group and opt-out. To the letter, but that XML tells no kinds of line ends. */
export interface Truth {
  readonly slots: readonly string[]
}

export function truth(simulator: Simulator): ReadonlyMap<string, Truth> {
  return new Map(simulator.snapshot().map((contact) => [contact.id, truthOf(contact)]))
}

function truthOf({ fields, tags, groups, optedOut }: SimulatedContact): Truth {
  const values = Object.entries(fields).flatMap(([name, value]) =>
    value === '' || STAMPS.has(name) ? [] : [`${name}: ${value.replaceAll('\r\n', '\n')}`],
  )
  return {
    slots: [
      ...values,
      ...tags.map((name) => `tag: ${name}`),
      ...groups.map((name) => `group: ${name}`),
      ...optedOut.map((address) => `opted out: ${address}`),
    ].sort(),
  }
}
const STAMPS: ReadonlySet<string> = new Set([
  'date_added',
  'date_modified',
  'date_identified',
  'LastUpdated',
  'LastUpdatedBy',
  'UpdatedTimeStamp',
  // The opt-out itself, told once more.
  'Unsubscribed',
])

/** Which one it is: a field by its name alone. */
export function nameOf(slot: string): string {
  return /^(?:tag|group|opted out): /.test(slot) ? slot : (slot.split(':')[0] ?? slot)
}

/** What differs, each slot once, as it is now; of one that is gone, as it was. */
export function slotsOf(was: Truth, now: Truth | undefined): readonly string[] {
  const there = new Set(now?.slots ?? [])
  const before = new Set(was.slots)
  const fresh = [...there].filter((slot) => !before.has(slot))
  const names = new Set(fresh.map(nameOf))
  return [...fresh, ...was.slots.filter((slot) => !there.has(slot) && !names.has(nameOf(slot)))]
}

export async function planOf(accounts: TwoAccounts, id: string | null): Promise<PlanHeader> {
  const app = await accounts.open({ mayWrite: false })
  try {
    const plan = id === null ? null : await app.store.plans.header(id as PlanHeader['id'])
    if (plan === null) throw new Error(`there is no plan ${id}`)
    return plan
  } finally {
    await app.close()
  }
}

/** By the id at the target, as its simulator tells it; creates are left out. */
export async function allOps(
  accounts: TwoAccounts,
  plan: string,
): Promise<ReadonlyMap<string, Op>> {
  const app = await accounts.open({ mayWrite: false })
  try {
    const filter = { afterSeq: 0, untilSeq: null, limit: 100_000, states: null, buckets: null }
    const stored = await app.store.plans.ops(plan as PlanHeader['id'], filter)
    return new Map(
      stored.flatMap(({ op }) =>
        op.toId === null ? [] : [[op.toId.split(/\W/).at(-1) ?? '', op]],
      ),
    )
  } finally {
    await app.close()
  }
}
