import type { Person } from '../hands.ts'

/** What is said of a new person: an address that is not there is not said. */
export function known({ email, ...names }: Person): Partial<Person> {
  return email === '' ? names : { ...names, email }
}
