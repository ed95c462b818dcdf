/** The rules for new and edited fields: free aliases, checked definitions. */
import { type Details, invalid, Refused } from './answer.ts'
import type { Field, FieldOption, FieldSet, FieldType } from './field-set.ts'
import { isPhpArray, isTruthy, textOf, toInt, valuesOf } from './php.ts'

/** Lower case, transliterated, anything else `_`, 25 characters, never a keyword, never taken. Throws Refused for reserved names. */
export function freeAlias(set: FieldSet, wish: string): string {
  const plain = wish
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 25)
  if (RESERVED.has(plain)) {
    throw refuse({ alias: [`"${plain}" is a reserved keyword and cannot be used as an alias.`] })
  }
  const safe = KEYWORDS.has(plain) || /^\d/.test(plain) ? `f_${plain}`.slice(0, 25) : plain
  const base = safe === '' ? `f_${set.lastId + 1}` : safe
  const isTaken = (alias: string) => set.all.some((field) => field.alias === alias)
  let alias = base
  for (let n = 1; isTaken(alias); n++) alias = `${base.slice(0, 25 - String(n).length)}${n}`
  return alias
}

/** What a body says about a field, checked. Keys that are absent stay out. Throws Refused (400). */
export function readFieldInput(
  body: Readonly<Record<string, unknown>>,
  type: FieldType,
  groups: readonly string[],
): Partial<Field> {
  const input: Partial<Field> = {}
  const label = textOf(body['label'])
  if (label !== null) input.label = checkedLabel(label)
  const group = textOf(body['group'])
  if (group !== null && group !== '') {
    if (!groups.includes(group)) throw refuse({ group: ['This value is not valid.'] })
    input.group = group
  }
  for (const flag of FLAGS) {
    if (body[flag] !== undefined) input[flag] = isTruthy(body[flag])
  }
  if (body['order'] !== undefined) input.order = toInt(body['order'])
  if (body['defaultValue'] !== undefined) input.defaultValue = textOf(body['defaultValue'])
  if (body['charLengthLimit'] !== undefined) input.charLengthLimit = toInt(body['charLengthLimit'])
  return { ...input, ...readProperties(body['properties'], type) }
}

/** Choices need a list of label and value, a boolean both labels. */
export function checkProperties(properties: unknown, type: FieldType): void {
  const bag = isPhpArray(properties) ? properties : {}
  if (type === 'select' || type === 'multiselect') {
    if (valuesOf(bag['list']).length === 0) {
      throw refuse({ properties: ['A list of options is required.'] })
    }
  }
  if (type === 'boolean' && (isBlank(bag['yes']) || isBlank(bag['no']))) {
    throw refuse({ properties: ['Labels for "yes" and "no" are required.'] })
  }
}

const FLAGS = [
  'isPublished',
  'isRequired',
  'isUniqueIdentifier',
  'isListable',
  'isVisible',
  'isShortVisible',
  'isPubliclyUpdatable',
] as const

function readProperties(properties: unknown, type: FieldType): Partial<Field> {
  if (!isPhpArray(properties)) return {}
  if (type === 'boolean') {
    const yes = textOf(properties['yes'])
    const no = textOf(properties['no'])
    return { ...(yes === null ? {} : { yes }), ...(no === null ? {} : { no }) }
  }
  if (type === 'number') {
    return properties['scale'] === undefined ? {} : { scale: toInt(properties['scale']) }
  }
  const list = properties['list']
  if (list === undefined) return {}
  if (!isPhpArray(list)) throw refuse({ properties: ['This value is not valid.'] })
  return { options: valuesOf(list).map(readOption) }
}

function readOption(item: unknown): FieldOption {
  const label = isPhpArray(item) ? textOf(item['label']) : textOf(item)
  const value = isPhpArray(item) ? textOf(item['value']) : textOf(item)
  if (label === null || value === null || value === '') {
    throw refuse({ properties: ['Every option needs a label and a value.'] })
  }
  return { label, value }
}

function checkedLabel(label: string): string {
  if (label.trim() === '') throw refuse({ label: ['A label is required.'] })
  if (label.length > 191) {
    throw refuse({ label: ['This value is too long. It should have 191 characters or less.'] })
  }
  return label.trim()
}

function isBlank(value: unknown): boolean {
  return (textOf(value) ?? '') === ''
}

function refuse(details: Details): Refused {
  const error = invalid(details)
  return new Refused(error.code, error.message, error.details)
}

const RESERVED = new Set([
  'contact_id',
  'company_id',
  'date_added',
  'date_identified',
  'date_modified',
  'last_active',
  'dnc_bounced',
  'dnc_unsubscribed',
  'leadlist',
  'lead_asset_download',
  'owner_id',
  'stage',
  'tags',
])
const KEYWORDS = new Set(
  (
    'add all alter and as asc between by case change column condition create cross database default delete desc describe distinct drop ' +
    'else exists false for foreign from function generated grant group groups having if in index inner insert int into is join key keys ' +
    'lead left like limit lines lock long match not null of on option or order out outer partition primary range rank read references ' +
    'release rename repeat replace right row rows schema select set show signal sql system table then to trigger true union unique ' +
    'unlock update usage use using values when where while window with write'
  ).split(' '),
)
