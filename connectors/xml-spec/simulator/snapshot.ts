/** The truth for oracles: every contact alive, without paging, permissions or slips. */
import type { SimulatedContact } from '../../../src/connector/simulator.ts'
import type { Account, Contact } from './account.ts'
import type { World } from './world.ts'

/**
 * `id` is the Contact_id; in a shared account `<AccountNumber>/<Contact_id>`. `fields` holds the elements of a contact under their own
 * names, user defined fields as `UserDefinedField.<UserFieldID>`, and CreatedDatetime, UpdatedTimeStamp, Unsubscribed (0 or 1), Bounced
 * (0 or 1), AccountNumber, SecondaryCompanies (names, one per line). Opted out: unsubscribed, complained or bounced.
 */
export function snapshot(world: World): readonly SimulatedContact[] {
  return world.accounts.flatMap((account) =>
    [...account.contacts.values()].map((contact) => simulated(contact, account, world)),
  )
}

function simulated(contact: Contact, account: Account, world: World): SimulatedContact {
  const names = (ids: readonly number[], known: Account['tags' | 'groups' | 'companies']) =>
    ids.map((id) => known.byId.get(id)?.name).filter((name) => name !== undefined)
  const email = contact.values.Email
  const emails = email === '' ? [] : [email]
  const isOut = contact.unsubscribed !== null || contact.bounced !== null || contact.hasComplained
  const custom = [...contact.fields]
    .filter(([id]) => account.fields.byId.has(id))
    .map(([id, value]) => [`UserDefinedField.${id}`, value])
  return {
    id: account === world.own ? String(contact.id) : `${account.number}/${contact.id}`,
    fields: {
      ...contact.values,
      ...Object.fromEntries(custom),
      CreatedDatetime: contact.created,
      UpdatedTimeStamp: contact.updated,
      Unsubscribed: contact.unsubscribed === null ? '0' : '1',
      Bounced: contact.bounced === null ? '0' : '1',
      AccountNumber: String(contact.account),
      SecondaryCompanies: names(contact.secondaryCompanies, account.companies).join('\n'),
    },
    tags: names(contact.tags, account.tags),
    groups: names(contact.groups, account.groups),
    emails,
    optedOut: isOut ? emails : [],
  }
}
