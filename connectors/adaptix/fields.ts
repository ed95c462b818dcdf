/** The field catalogue: what the server says about its contact fields, as definitions. Pure. */
import type { FieldDefinition, FieldDraft, FieldOption } from '../../src/model/vocabulary.ts'
import { LEFT_OUT, pathOf } from './names.ts'
import { type Field, isObject, rowsOf } from './schema.ts'
import { fieldTypeOf, valueTypeOf } from './values.ts'

/** Unpublished fields and those of companies are no fields of a contact: a contact never shows them. */
export function definitionsOf(fields: readonly Field[]): FieldDefinition[] {
  const definitions = fields
    .filter(
      (field) => isContactField(field) && field.isPublished !== false && !LEFT_OUT.has(field.alias),
    )
    .map(definitionOf)
  const known = new Set(definitions.map((definition) => definition.path))
  return [...definitions, ...BESIDE_FIELDS.filter((definition) => !known.has(definition.path))]
}

export function isContactField(field: Field): boolean {
  return field.object === null || field.object === 'lead' || field.object === 'contact'
}

export function definitionOf(field: Field): FieldDefinition {
  const type = valueTypeOf(field.type)
  return {
    path: pathOf(field.alias),
    native: field.alias,
    label: field.label,
    type,
    readable: true,
    writable: true,
    maxLength: maxLengthOf(field),
    options: type === 'choice' || type === 'choices' ? optionsOf(field) : null,
    isUnique: field.isUniqueIdentifier === true || field.isUniqueIdentifer === true,
    isRequired: field.isRequired === true,
  }
}

/** `properties.list` holds {label, value} pairs, a map of value to label, or, long ago, texts parted by bars. */
export function optionsOf(field: Pick<Field, 'properties'>): FieldOption[] {
  const list = isObject(field.properties) ? field.properties['list'] : undefined
  if (typeof list === 'string') {
    return list
      .split('|')
      .filter(Boolean)
      .map((value) => ({ value, label: value }))
  }
  if (isObject(list) && Object.values(list).every((label) => typeof label === 'string')) {
    return Object.entries(list).map(([value, label]) => ({ value, label: String(label) }))
  }
  return rowsOf(list).flatMap((option) => {
    if (typeof option === 'string') return [{ value: option, label: option }]
    if (!isObject(option)) return []
    const value = String(option['value'] ?? '')
    return value === '' ? [] : [{ value, label: String(option['label'] ?? value) }]
  })
}

/** The body that creates a field. The alias is only a wish: the server cuts, cleans and numbers it. */
export function fieldBody(draft: FieldDraft, hasCharLengthLimit: boolean) {
  const type = fieldTypeOf(draft.type)
  return {
    label: draft.label,
    alias: aliasWish(draft.name),
    type: type as 'text',
    group: 'core',
    object: 'lead',
    isPublished: true,
    ...(hasCharLengthLimit && type === 'text' ? { charLengthLimit: TEXT_CHARS_MAX } : {}),
    ...propertiesOf(draft),
  }
}

function aliasWish(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, ALIAS_CHARS_MAX)
}

/** Every text-like column is VARCHAR(191); past that the database refuses the record with a server error. */
export const TEXT_CHARS_MAX = 191
/** TEXT columns hold 65,535 bytes, and a character may take four. */
const LONG_TEXT_CHARS_MAX = 16_383
const ALIAS_CHARS_MAX = 25
/** The server rounds to the scale; four decimals keep money and rates. */
const NUMBER_SCALE = 4

/** Whether the options given are all there already. */
export function missingOptions(
  known: readonly FieldOption[],
  wanted: readonly FieldOption[],
): FieldOption[] {
  const values = new Set(known.map((option) => option.value))
  return wanted.filter((option) => !values.has(option.value))
}

function propertiesOf(draft: FieldDraft): { properties?: unknown } {
  switch (draft.type) {
    case 'choice':
    case 'choices':
      return {
        properties: { list: (draft.options ?? []).map(({ label, value }) => ({ label, value })) },
      }
    case 'boolean':
      return { properties: { yes: 'Yes', no: 'No' } }
    case 'number':
      return { properties: { scale: NUMBER_SCALE, roundmode: 4 } }
    default:
      return {}
  }
}

/** null where cutting would make it another value, or where the server holds any length. */
function maxLengthOf(field: Field): number | null {
  switch (valueTypeOf(field.type)) {
    case 'text':
      if (field.alias.includes('description')) return LONG_TEXT_CHARS_MAX
      return Math.min(field.charLengthLimit || TEXT_CHARS_MAX, TEXT_CHARS_MAX)
    case 'phone':
    case 'url':
      return TEXT_CHARS_MAX
    case 'longtext':
    case 'html':
      return LONG_TEXT_CHARS_MAX
    default:
      return null
  }
}

/** What a contact has beside its fields. */
const BESIDE_FIELDS: readonly FieldDefinition[] = [
  beside('owner', 'owner', 'Owner', { type: 'text', writable: true }),
  beside('points', 'points', 'Points', { type: 'number', writable: true }),
  beside('createdAt', 'dateAdded', 'Date added', { type: 'datetime', writable: false }),
]

function beside(
  path: string,
  native: string,
  label: string,
  is: Pick<FieldDefinition, 'type' | 'writable'>,
): FieldDefinition {
  return {
    path,
    native,
    label,
    ...is,
    readable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
}
