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
  /** What people emptied themselves, by side and `id field`. */
  readonly emptied: Readonly<Record<Side, Set<string>>>
  /** When people at the source opted an address out, or gave somebody another one, world time. Who was out from the beginning is not in it. */
  readonly outAt: Map<string, number>
  /** With which addresses people made somebody there, or had before the engine came: `id address`. */
  readonly given: Readonly<Record<Side, ReadonlySet<string>>>
  /** Addresses that people of a side opted out since the beginning, whoever had them. */
  readonly askedOut: Readonly<Record<Side, ReadonlySet<string>>>
  /** Tags that people took off, by side and id. */
  readonly untagged: ReadonlyMap<string, ReadonlySet<string>>
  optOut(hands: Hands, contact: SimulatedContact): boolean
  untag(side: Side, hands: Hands, contact: SimulatedContact, tag: string): boolean
  create(side: Side, hands: Hands, person: Parameters<Hands['create']>[0]): string | null
  edit(side: Side, hands: Hands, id: string, values: Parameters<Hands['edit']>[1]): boolean
  remove(side: Side, hands: Hands, id: string): boolean
  merge(side: Side, hands: Hands, winner: string, loser: string): boolean
}

export function history(sides: Readonly<Record<Side, Account>>, now: () => number): History {
  const there = (side: Side) => new Set(sides[side].simulator.snapshot().map(({ id }) => id))
  const typed = new Map<string, Set<string>>()
  const given = { from: addressesOf(sides.from), to: addressesOf(sides.to) }
  const askedOut = { from: new Set<string>(), to: new Set<string>() }
  const untagged = new Map<string, Set<string>>()
  const emptied = { from: new Set<string>(), to: new Set<string>() }
  const note = (id: string, field: Field | 'email', value: string) => {
    const key = `${id} ${field}`
    typed.set(key, (typed.get(key) ?? new Set()).add(value))
    if (value === '') emptied.to.add(key)
  }
  // Addresses that somebody has no more, by side and id; the counterpart may still have them.
  const former = new Map<string, Set<string>>()
  const known = (side: Side, { id, emails }: SimulatedContact) => [
    ...emails.map((email) => email.toLowerCase()),
    ...(former.get(`${side} ${id}`) ?? []),
  ]
  const found: History = {
    byPeople: { from: there('from'), to: there('to') },
    typed,
    removed: { from: new Set(), to: new Set() },
    emptied,
    outAt: new Map(),
    given,
    askedOut,
    untagged,
    untag(side, hands, { id }, tag) {
      if (!hands.untag(id, tag)) return false
      const key = `${side} ${id}`
      untagged.set(key, (untagged.get(key) ?? new Set()).add(tag.toLowerCase()))
      return true
    },
    optOut(hands, contact) {
      if (!hands.optOut(contact)) return false
      const side = hands === sides.from.hands ? 'from' : 'to'
      const all = known(side, contact)
      for (const email of contact.emails) askedOut[side].add(email.toLowerCase())
      for (const email of all) found.outAt.set(email, now())
      // The same person may be under another address there, which has not travelled yet.
      const other = side === 'from' ? 'to' : 'from'
      for (const one of sides[other].simulator.snapshot())
        if (known(other, one).some((email) => all.includes(email)))
          for (const email of known(other, one)) found.outAt.set(email, now())
      return true
    },
    create(side, hands, person) {
      const id = hands.create(person)
      if (id === null) return null
      found.byPeople[side].add(id)
      given[side].add(`${id} ${person.email.toLowerCase()}`)
      // One platform writes over whoever has that address already.
      const contact = hands.simulator.snapshot().find((one) => one.id === id)
      if (side === 'to' && contact !== undefined)
        for (const field of FIELDS) note(id, field, fieldOf(hands, contact, field))
      return id
    },
    edit(side, hands, id, values) {
      const was = values.email === undefined ? [] : emailsOf(hands, id)
      const before = values.email === undefined ? new Set<string>() : there(side)
      if (!hands.edit(id, values)) return false
      // One platform merges whoever gets the address of somebody else.
      const after = before.size === 0 ? before : there(side)
      for (const one of before) if (!after.has(one)) found.removed[side].add(one)
      const key = `${side} ${id}`
      if (was.length > 0) former.set(key, new Set([...(former.get(key) ?? []), ...was]))
      // What is known of the new address is news from now on.
      if (values.email !== undefined) found.outAt.set(values.email.toLowerCase(), now())
      for (const [field, value] of Object.entries(values))
        if (value === '') emptied[side].add(`${id} ${field}`)
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

function addressesOf({ simulator }: Account): Set<string> {
  const all = simulator.snapshot()
  return new Set(
    all.flatMap(({ id, emails }) => emails.map((email) => `${id} ${email.toLowerCase()}`)),
  )
}
