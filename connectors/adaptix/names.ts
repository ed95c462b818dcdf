/** Which field of ours is which alias of theirs. Every alias that is not listed is a custom field under its own name. */
import type { FieldPath } from '../../src/model/field.ts'

/** The contact fields that every installation starts with. */
export const STANDARD_ALIASES: Readonly<Record<string, FieldPath>> = {
  title: 'prefix',
  firstname: 'givenName',
  lastname: 'familyName',
  company: 'company',
  position: 'jobTitle',
  email: 'emails.1',
  mobile: 'phones.mobile',
  phone: 'phones.main',
  fax: 'fax',
  address1: 'addresses.main.line1',
  address2: 'addresses.main.line2',
  city: 'addresses.main.city',
  state: 'addresses.main.region',
  zipcode: 'addresses.main.postalCode',
  country: 'addresses.main.country',
  preferred_locale: 'language',
  timezone: 'timeZone',
  website: 'website',
  facebook: 'socials.facebook',
  foursquare: 'socials.foursquare',
  instagram: 'socials.instagram',
  linkedin: 'socials.linkedin',
  skype: 'socials.skype',
  twitter: 'socials.twitter',
  points: 'points',
}

/** Moves with every visit, without the contact being modified: read as a field it would make every contact look changed. */
export const LEFT_OUT: ReadonlySet<string> = new Set(['last_active'])

const ALIASES = new Map(Object.entries(STANDARD_ALIASES).map(([alias, path]) => [path, alias]))

export function pathOf(alias: string): FieldPath {
  return Object.hasOwn(STANDARD_ALIASES, alias)
    ? (STANDARD_ALIASES[alias] ?? '')
    : `custom.${alias}`
}

/** null: the platform has no such field. */
export function aliasOf(path: FieldPath): string | null {
  if (path.startsWith('custom.')) return path.slice('custom.'.length)
  return ALIASES.get(path) ?? null
}
