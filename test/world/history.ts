/** What really happened, kept by those who did it: the oracles' only knowledge beside the two accounts. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { type Field, FIELDS, type Hands, fieldOf } from './hands.ts'
import type { Side } from './phase.ts'
import type { Account } from './world.ts'

export interface History {
  /** Contacts of each side that were there before the engine came, or that people made. */
  readonly byPeople: Readonly<Record<Side, Set<string>>>
  /** What people typed at the target, by `id field`: such values stay until the source changes. */
  readonly typed: Map<string, Set<string>>
  /** Contacts that people removed or merged away, by side. */
  readonly removed: Readonly<Record<Side, Set<string>>>
  /** Contacts whose opt-out people took back at the target. */
  readonly lifted: Set<string>
  /** When people at the source opted an address out, or gave somebody another one, world time. Who was out from the beginning is not in it. */
  readonly outAt: Map<string, number>
  optOut(hands: Hands, contact: SimulatedContact): boolean
  create(side: Side, hands: Hands, person: Parameters<Hands['create']>[0]): string | null
  edit(side: Side, hands: Hands, id: string, values: Parameters<Hands['edit']>[1]): boolean
  remove(side: Side, hands: Hands, id: string): boolean
  merge(side: Side, hands: Hands, winner: string, loser: string): boolean
}

export function history(sides: Readonly<Record<Side, Account>>, now: () => number): History {
  const there = (side: Side) => new Set(sides[side].simulator.snapshot().map(({ id }) => id))
  const typed = new Map<string, Set<string>>()
  const note = (id: string, field: Field | 'email', value: string) => {
    const key = `${id} ${field}`
    typed.set(key, (typed.get(key) ?? new Set()).add(value))
  }
  // Addresses that somebody at the source has no more; the counterpart may still have them.
  const former = new Map<string, Set<string>>()
  const found: History = {
    byPeople: { from: there('from'), to: there('to') },
    typed,
    removed: { from: new Set(), to: new Set() },
    lifted: new Set(),
    outAt: new Map(),
    optOut(hands, contact) {
      if (!hands.optOut(contact)) return false
      const own = contact.emails.map((email) => email.toLowerCase())
      for (const email of [...own, ...(former.get(contact.id) ?? [])]) found.outAt.set(email, now())
      return true
    },
    create(side, hands, person) {
      const id = hands.create(person)
      if (id === null) return null
      found.byPeople[side].add(id)
      // One platform writes over whoever has that address already.
      const contact = hands.simulator.snapshot().find((one) => one.id === id)
      if (side === 'to' && contact !== undefined)
        for (const field of FIELDS) note(id, field, fieldOf(hands, contact, field))
      return id
    },
    edit(side, hands, id, values) {
      const isMoving = side === 'from' && values.email !== undefined
      const was = isMoving ? emailsOf(hands, id) : []
      if (!hands.edit(id, values)) return false
      if (was.length > 0) former.set(id, new Set([...(former.get(id) ?? []), ...was]))
      // What is known of the new address is news from now on.
      if (values.email !== undefined && side === 'from')
        found.outAt.set(values.email.toLowerCase(), now())
      if (side === 'from') return true
      const contact = hands.simulator.snapshot().find((one) => one.id === id)
      for (const field of FIELDS)
        if (values[field] !== undefined && contact !== undefined)
          note(id, field, fieldOf(hands, contact, field))
      return true
    },
    remove(side, hands, id) {
      if (!hands.remove(id)) return false
      found.removed[side].add(id)
      return true
    },
    merge(side, hands, winner, loser) {
      if (!hands.merge(winner, loser)) return false
      found.removed[side].add(loser)
      const contact = hands.simulator.snapshot().find((one) => one.id === winner)
      if (side === 'to' && contact !== undefined) {
        for (const field of FIELDS) note(winner, field, fieldOf(hands, contact, field))
        note(winner, 'email', contact.emails[0] ?? '')
      }
      return true
    },
  }
  // What stood at the target before the engine came is people's own.
  for (const contact of sides.to.simulator.snapshot())
    for (const field of FIELDS) note(contact.id, field, fieldOf(sides.to.hands, contact, field))
  return found
}

function emailsOf(hands: Hands, id: string): readonly string[] {
  const contact = hands.simulator.snapshot().find((one) => one.id === id)
  return (contact?.emails ?? []).map((email) => email.toLowerCase())
}
