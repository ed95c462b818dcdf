/** Which changes move a contact's dates. */
import { type Account, moment } from './account.ts'
import { type ContactRow, cellAt } from './contacts.ts'
import { fieldOf } from './field-set.ts'
import { since } from './quirks.ts'

export interface Touched {
  /** A field, owner, stage, points, IP, UTM or tag changed. */
  tracked: boolean
  dnc: boolean
  lastActive: boolean
}

/** Moves dateModified as the release does, and dateIdentified once somebody is known. */
export function touch(account: Account, row: ContactRow, what: Touched, isNew: boolean): void {
  const now = moment(account)
  if (row.dateIdentified === null && isKnown(account, row)) row.dateIdentified = now
  if (isNew) {
    if (since(account.quirks, '6.0')) row.dateModified = row.dateAdded
    return
  }
  if (!moves(account, what)) return
  if (account.quirks.dateModifiedBump === 'never' && row.dateModified !== null) return
  row.dateModified = now
  row.modifiedBy = account.user.id
}

function moves(account: Account, what: Touched): boolean {
  const { quirks } = account
  if (quirks.dateModifiedBump === 'always' || what.tracked) return true
  if (what.dnc && !since(quirks, '5.2')) return true
  return what.lastActive && !since(quirks, '5.1')
}

/** Anonymous: no name, company, e-mail or social value. */
function isKnown(account: Account, row: ContactRow): boolean {
  return IDENTIFYING.some((alias) => {
    const field = fieldOf(account.fields, 'lead', alias)
    return field !== null && cellAt(row, field.column) !== ''
  })
}

const IDENTIFYING = [
  'email',
  'firstname',
  'lastname',
  'company',
  'facebook',
  'foursquare',
  'instagram',
  'linkedin',
  'skype',
  'twitter',
]
