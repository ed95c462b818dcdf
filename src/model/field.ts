/** Fields of a contact: their paths, their types and their three states. */

/**
 * Three states, never mixed up. Key absent from the record: not known. `null`: known to be empty. Anything else: the value.
 *
 * A value is text in one lexical form per type (see `ValueType`), always the original spelling; multi-valued
 * types (`choices`) hold an array of texts. Comparing goes through `norm`, writing uses the text as it is.
 */
export type FieldValue = string | readonly string[] | null
export type Fields = Readonly<Record<string, FieldValue>>

/**
 * A record whose names are others from contact to contact, to be filled in. An object literal would be given a layout of its own for each set of
 * names, which is dear to make and to read; without a prototype it is a plain table from the start, in which `__proto__` is a name like any other.
 */
export function emptyTable<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>
}

/** A record in which all of these are known to be empty. To be copied for each contact: that is many times faster than building it path by path. */
export function emptyFields(paths: readonly FieldPath[]): Fields {
  return Object.fromEntries(paths.map((path) => [path, null]))
}

/**
 * `text` one line · `longtext` many lines · `html` markup · `number` decimal text as the platform gave it · `boolean` `true` or `false` ·
 * `date` `YYYY-MM-DD`, never zone-shifted · `datetime` an instant, `YYYY-MM-DDTHH:MM:SSZ` · `time` `HH:MM[:SS]` ·
 * `choice` one option's value · `choices` several · the rest: text with a meaning.
 * A date that cannot exist (19720230) is kept as the raw text it came as and fails `isWellFormed`.
 */
export type ValueType =
  | 'text'
  | 'longtext'
  | 'html'
  | 'number'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'choice'
  | 'choices'
  | 'email'
  | 'phone'
  | 'url'
  | 'country'
  | 'region'
  | 'language'
  | 'timezone'

/**
 * A field path names one slot of a contact. Fixed paths stand in `STANDARD_FIELDS`. Open ones are
 * `emails.1` … `emails.9` (first is primary), `phones.<type>` with `phones.<type>.extension`
 * (type: mobile, work, home, main for untyped, other, or the platform's own word in lower case; a second
 * number of one type is `phones.<type>.2`), `addresses.<kind>.<part>`, `socials.<network>`, and
 * `custom.<key>` with the platform's own key of the field.
 */
export type FieldPath = string

export interface StandardField {
  readonly label: string
  readonly type: ValueType
}

export const ADDRESS_KINDS = ['main', 'shipping', 'other'] as const
export const ADDRESS_PARTS = ['line1', 'line2', 'city', 'region', 'postalCode', 'country'] as const

/** Paths of e-mail addresses, the primary one first. */
export const EMAIL_PATHS: readonly FieldPath[] = Array.from(
  { length: 9 },
  (_, place) => `emails.${place + 1}`,
)

/** Every fixed path of a canonical contact. Tags, groups and consent are not fields: see `Sighting`. */
export const STANDARD_FIELDS: Readonly<Record<FieldPath, StandardField>> = {
  givenName: { label: 'First name', type: 'text' },
  middleName: { label: 'Middle name', type: 'text' },
  familyName: { label: 'Last name', type: 'text' },
  prefix: { label: 'Name prefix', type: 'text' },
  suffix: { label: 'Name suffix', type: 'text' },
  nickname: { label: 'Nickname', type: 'text' },
  'emails.1': { label: 'Email', type: 'email' },
  'emails.2': { label: 'Email 2', type: 'email' },
  'emails.3': { label: 'Email 3', type: 'email' },
  'phones.main': { label: 'Phone', type: 'phone' },
  'phones.mobile': { label: 'Mobile phone', type: 'phone' },
  'phones.work': { label: 'Work phone', type: 'phone' },
  'phones.home': { label: 'Home phone', type: 'phone' },
  'phones.other': { label: 'Other phone', type: 'phone' },
  fax: { label: 'Fax', type: 'phone' },
  'fax.2': { label: 'Fax 2', type: 'phone' },
  company: { label: 'Company', type: 'text' },
  jobTitle: { label: 'Job title', type: 'text' },
  website: { label: 'Website', type: 'url' },
  birthday: { label: 'Birthday', type: 'date' },
  anniversary: { label: 'Anniversary', type: 'date' },
  gender: { label: 'Gender', type: 'text' },
  language: { label: 'Language', type: 'language' },
  timeZone: { label: 'Time zone', type: 'timezone' },
  notes: { label: 'Notes', type: 'longtext' },
  owner: { label: 'Owner', type: 'text' },
  points: { label: 'Points', type: 'number' },
  createdAt: { label: 'Created', type: 'datetime' },
  ...Object.fromEntries(
    ADDRESS_KINDS.flatMap((kind) =>
      ADDRESS_PARTS.map((part) => [
        `addresses.${kind}.${part}`,
        { label: addressLabel(kind, part), type: addressType(part) },
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['facebook', 'twitter', 'linkedin', 'instagram', 'skype', 'foursquare'].map((network) => [
      `socials.${network}`,
      { label: `${network[0]?.toUpperCase()}${network.slice(1)}`, type: 'text' as const },
    ]),
  ),
}

/**
 * The group of paths that moves as one when two sides disagree: the parts of one address, a number with its extension.
 * Any other path is a unit of its own.
 */
export function unitOf(path: FieldPath): string {
  if (path.startsWith('addresses.')) return path.slice(0, path.lastIndexOf('.'))
  if (path.startsWith('phones.') && path.endsWith('.extension'))
    return path.slice(0, -'.extension'.length)
  return path
}

export function isCustom(path: FieldPath): boolean {
  return path.startsWith('custom.')
}

function addressLabel(kind: string, part: string): string {
  const words: Record<string, string> = {
    line1: 'address line 1',
    line2: 'address line 2',
    city: 'city',
    region: 'state or region',
    postalCode: 'postal code',
    country: 'country',
  }
  const word = words[part] ?? part
  const text = kind === 'main' ? word : `${kind} ${word}`
  return `${text[0]?.toUpperCase()}${text.slice(1)}`
}

function addressType(part: string): ValueType {
  if (part === 'country') return 'country'
  return part === 'region' ? 'region' : 'text'
}
