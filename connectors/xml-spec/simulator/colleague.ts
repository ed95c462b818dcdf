/** Somebody who works in the account through its web pages: what the API cannot do, and changes while others read. */
import { type Account, type Contact, EMPTY_SCALARS, NO_IDS, NO_VALUES } from './account.ts'
import type { World } from './world.ts'

/** All about the own account; a contact that does not exist is left alone. */
export interface Colleague {
  removeTag(id: number, tag: string): void
  bounce(id: number): void
  complain(id: number): void
  unsubscribe(id: number): void
  resubscribe(id: number): void
  renameGroup(from: string, to: string): void
  /** `loser` vanishes; the winner keeps its id and takes groups and tags. */
  merge(winner: number, loser: number): void
  /** One change of the kind that the quirk `drift` names, to a contact that chance picks. */
  drift(): void
}

export function colleague(world: World, seed: number): Colleague {
  const account = world.own
  let turn = seed >>> 0
  function change(id: number, make: (contact: Contact) => Parameters<World['change']>[1]): void {
    const contact = account.contacts.get(id)
    if (contact !== undefined) world.change(contact, { ...make(contact), updated: world.stamp() })
  }
  function next(): number {
    turn = (Math.imul(turn, 1_664_525) + 1_013_904_223) >>> 0
    return turn / 4_294_967_296
  }
  return {
    removeTag(id, tag) {
      const gone = account.tags.named(tag)?.id
      change(id, ({ tags }) => ({ tags: tags.filter((other) => other !== gone) }))
    },
    bounce: (id) => change(id, () => ({ bounced: world.stamp() })),
    complain: (id) => change(id, () => ({ hasComplained: true, unsubscribed: world.stamp() })),
    unsubscribe: (id) => change(id, () => ({ unsubscribed: world.stamp() })),
    resubscribe: (id) => change(id, () => ({ unsubscribed: null, unsubscribedFrom: NO_VALUES })),
    renameGroup(from, to) {
      const group = account.groups.named(from)
      if (group === undefined) return
      account.groups.rename(group.id, (item) => {
        item.name = to
      })
      world.touch()
    },
    merge(winner, loser) {
      const from = account.contacts.get(loser)
      if (from === undefined || winner === loser) return
      change(winner, ({ groups, tags }) => ({
        groups: [...new Set([...groups, ...from.groups])],
        tags: [...new Set([...tags, ...from.tags])],
      }))
      if (account.contacts.has(winner)) world.remove(from)
    },
    drift: () => driftOnce(world, account, next),
  }
}

function driftOnce(world: World, account: Account, next: () => number): void {
  const rows = account.order.all()
  const contact = rows[Math.floor(next() * rows.length)]
  const kinds = ['rename', 'insert', 'delete'] as const
  const wanted = world.quirks.drift
  const kind = wanted === 'all' ? kinds[Math.floor(next() * kinds.length)] : wanted
  const lastname = `${String.fromCharCode(65 + Math.floor(next() * 26))}-moved`
  const now = world.stamp()
  if (kind === 'insert' || contact === undefined) {
    world.create(account, {
      values: { ...EMPTY_SCALARS, Firstname: 'Walk-in', Lastname: lastname },
      fields: NO_VALUES,
      groups: NO_IDS,
      tags: NO_IDS,
      secondaryCompanies: NO_IDS,
      created: now,
      updated: now,
      unsubscribed: null,
      unsubscribedFrom: NO_VALUES,
      bounced: null,
      hasComplained: false,
      membership: 'active',
    })
  } else if (kind === 'delete') {
    world.remove(contact)
  } else {
    world.change(contact, { values: { ...contact.values, Lastname: lastname }, updated: now })
  }
}
