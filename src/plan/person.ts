/** What a contact is known by: its e-mail, its addresses, its name in lists. */
import { EMAIL_PATHS, type FieldValue } from '../model/field.ts'
import type { Sighting } from '../model/sighting.ts'

/** Filled e-mail addresses, the primary one first. */
export function addressesOf(fields: Readonly<Record<string, FieldValue>>): string[] {
  const addresses: string[] = []
  for (const path of EMAIL_PATHS) {
    const value = fields[path]
    if (typeof value === 'string' && value.trim() !== '') addresses.push(value)
  }
  return addresses
}

export function primaryEmail(sighting: Sighting): string | null {
  const value = sighting.fields['emails.1']
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** What people know the contact by. */
export function labelOf(sighting: Sighting): string {
  const name = [sighting.fields['givenName'], sighting.fields['familyName']]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ')
  const email = primaryEmail(sighting)
  if (name !== '' && email !== null) return `${name} <${email}>`
  return name || email || `#${sighting.id}`
}
