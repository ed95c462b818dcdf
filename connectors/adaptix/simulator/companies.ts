/** Finding and making companies by name. */
import { type Account, type Company, moment, nextId } from './account.ts'
import { fold } from './text.ts'

export function companyNamed(account: Account, name: string): Company {
  const wanted = fold(name)
  const names = namesOf(account)
  const known = account.companies.get(names.get(wanted) ?? -1)
  if (known !== undefined && fold(known.values.get('companyname') ?? '') === wanted) return known
  for (const company of account.companies.values()) {
    if (fold(company.values.get('companyname') ?? '') === wanted) {
      names.set(wanted, company.id)
      return company
    }
  }
  const made = newCompany(account, new Map([['companyname', name]]))
  names.set(wanted, made.id)
  return made
}

export function newCompany(account: Account, values: Map<string, string>): Company {
  const id = nextId(account, 'company')
  const dateAdded = moment(account)
  const made: Company = { id, values, score: 0, owner: null, dateAdded, dateModified: null }
  account.companies.set(id, made)
  return made
}

/** A guess that is checked before use: folded name to id. */
const NAMES = new WeakMap<Account, Map<string, number>>()

function namesOf(account: Account): Map<string, number> {
  const known = NAMES.get(account)
  if (known !== undefined) return known
  const names = new Map<string, number>()
  NAMES.set(account, names)
  return names
}
