/** Who may come in: e-mail and password for a token, a token for everything else, and how tokens age. */
import type { Quirks } from './quirks.ts'
import { REFUSALS } from './refusal.ts'

export const LOGIN = { email: 'api-user@acmewidgets.example', password: 'correct horse' } as const

export interface Login {
  /** A new token. Throws Refusal. */
  open(email: string | null, password: string | null): string
  /** Throws Refusal when the token is unknown, too old, or somebody else's. */
  check(email: string | null, token: string | null): void
}

export function login(quirks: Quirks, seed: number, now: () => number): Login {
  const issued = new Map<string, number>()
  let count = 0
  return {
    open(email, password) {
      if (!isUser(email) || password !== LOGIN.password) throw REFUSALS.login()
      if (quirks.singleToken) issued.clear()
      const token = `${hex(seed)}${hex(++count * 2_654_435_761)}`
      issued.set(token, now())
      return token
    },
    check(email, token) {
      if (!isUser(email) || token === null || token === '') throw REFUSALS.token()
      if (quirks.fixedToken !== '' && token === quirks.fixedToken) return
      const since = issued.get(token)
      if (since === undefined || now() - since >= quirks.tokenMinutes * 60_000) {
        issued.delete(token)
        throw REFUSALS.token()
      }
    },
  }
}

function isUser(email: string | null): boolean {
  return email?.toLowerCase() === LOGIN.email
}
function hex(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0')
}
