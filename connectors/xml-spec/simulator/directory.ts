/** Accounts and companies: two directories outside the contacts document, as public clients know them. */
import { accountOf, type Call } from './call.ts'
import { branch, type Element, leaf } from './element.ts'

/** The first entry is a default one that clients skip; then every account the caller reaches. */
export function getAccountsWithAccess(call: Call): Element[] {
  const numbers = [call.world.own, ...call.world.accounts].map((account) => account.number)
  return [
    leaf('Result', 'Success'),
    branch(
      'Accounts',
      numbers.map((number) => branch('Account', [leaf('AccountNumber', number)])),
    ),
  ]
}

export function getCompanies(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const shown = [...account.companies.byId.values()].map((company) =>
    branch('Company', [leaf('CompanyID', company.id), leaf('CompanyName', company.name)]),
  )
  return [leaf('Result', 'Success'), branch('Companies', shown)]
}
