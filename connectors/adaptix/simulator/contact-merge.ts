/** Merging two contacts into one, as releases before 5.0 do on an identifier clash and people do on the screen. */
import { type Account, moment } from './account.ts'
import { type ContactRow, cellsOf, removeRow, setCells } from './contacts.ts'

/** The older row survives and answers for the other's id; answers the survivor. */
export function mergeInto(account: Account, one: ContactRow, other: ContactRow): ContactRow {
  const isOlder =
    one.dateAdded < other.dateAdded || (one.dateAdded === other.dateAdded && one.id < other.id)
  const [survivor, loser] = isOlder ? [one, other] : [other, one]
  mergeRows(account, loser, survivor)
  return survivor
}

/** Points are summed; tags, IPs, opt-outs and memberships united; values of the row modified last win. */
export function mergeRows(account: Account, loser: ContactRow, survivor: ContactRow): void {
  const isLoserNewer =
    (loser.dateModified ?? loser.dateAdded) > (survivor.dateModified ?? survivor.dateAdded)
  const [winning, losing] = isLoserNewer ? [loser, survivor] : [survivor, loser]
  const fallback = cellsOf(losing)
  const cells = cellsOf(winning)
  for (let i = cells.length; i < fallback.length; i++) cells.push('')
  const merged = cells.map((value, column) => (value === '' ? (fallback[column] ?? '') : value))
  removeRow(account.contacts, loser)
  setCells(account.contacts, survivor, merged)
  survivor.points += loser.points
  survivor.tags = [...new Set([...survivor.tags, ...loser.tags])]
  survivor.ips = [...new Set([...survivor.ips, ...loser.ips])]
  survivor.utm = [...survivor.utm, ...loser.utm]
  survivor.companies = [...new Set([...survivor.companies, ...loser.companies])]
  survivor.primaryCompany ??= loser.primaryCompany
  survivor.owner ??= loser.owner
  survivor.stage ??= loser.stage
  for (const entry of loser.dnc) {
    if (!survivor.dnc.some((known) => known.channel === entry.channel)) {
      survivor.dnc = [...survivor.dnc, entry]
    }
  }
  moveMemberships(account, loser.id, survivor.id)
  account.contacts.merged.set(loser.id, survivor.id)
  survivor.dateModified = moment(account)
  survivor.modifiedBy = account.user.id
  const user = account.user.id
  account.audit.push({ at: moment(account), contact: loser.id, action: 'merge', user })
}

/** Forgets what hangs on a contact besides its row. */
export function forgetMemberships(account: Account, id: number): void {
  for (const segment of account.segments.values()) segment.members.delete(id)
  for (const automation of account.automations.values()) automation.members.delete(id)
  account.notes.delete(id)
  account.devices.delete(id)
}

function moveMemberships(account: Account, from: number, to: number): void {
  for (const list of [...account.segments.values(), ...account.automations.values()]) {
    const packed = list.members.get(from)
    if (packed !== undefined && !list.members.has(to)) list.members.set(to, packed)
  }
  const notes = account.notes.get(from)
  if (notes !== undefined) account.notes.set(to, [...(account.notes.get(to) ?? []), ...notes])
  forgetMemberships(account, from)
}
