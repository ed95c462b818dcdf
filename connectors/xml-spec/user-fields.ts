/**
 * User-defined fields: what each is called here, what its values mean, how one is named in a write. Pure.
 *
 * A name may stand for several fields (one per group) and a field's number differs between answers (README, quirks 9 and 10), so a field goes by
 * its name as long as that is its own, in reading and in writing; only namesakes go by number.
 */
import type { FieldPath, FieldValue, ValueType } from '../../src/model/field.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { UserFieldValue } from './schema.ts'
import type { UserField } from './answers.ts'
import { splitList } from './answers.ts'
import { dateOf, wireDate } from './stamps.ts'
import { RESERVED_KEYS } from './standard-fields.ts'

export interface KnownField {
  readonly field: UserField
  readonly definition: FieldDefinition
  /** False: namesakes exist, so only the number tells it apart. */
  readonly goesByName: boolean
}

export interface UserFields {
  readonly all: readonly KnownField[]
  byPath(path: FieldPath): KnownField | null
  /** The field that a value in an answer belongs to; null: the catalogue does not tell. */
  of(value: Pick<UserFieldValue, 'id' | 'name'>): KnownField | null
}

export function userFields(listed: readonly UserField[]): UserFields {
  const named = Map.groupBy(listed, ({ name }) => name)
  const all = listed.map((field): KnownField => {
    const isAlone = named.get(field.name)?.length === 1
    const key = isAlone && !RESERVED_KEYS.has(field.name) ? field.name : `${field.name}#${field.id}`
    return { field, definition: definitionOf(field, key), goesByName: isAlone }
  })
  const byPath = new Map(all.map((known) => [known.definition.path, known]))
  const byName = Map.groupBy(all, ({ field }) => field.name)
  return {
    all,
    byPath: (path) => byPath.get(path) ?? null,
    of({ id, name }) {
      const namesakes = byName.get(name)
      if (namesakes === undefined) return null
      const [first, second] = namesakes
      if (second === undefined) return first ?? null
      return namesakes.find((known) => known.field.id === id) ?? null
    },
  }
}

/** What a `FieldValue` says; '' is empty. */
export function readValue(known: KnownField, text: string): FieldValue {
  if (text.trim() === '') return null
  switch (known.definition.type) {
    case 'choices': {
      const choices = splitList(text)
      return choices.length === 0 ? null : choices
    }
    case 'choice':
      return text.trim()
    case 'date':
      return dateOf(text)
    default:
      return text
  }
}

export type Written =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string }

/** The text of a value; '' empties. A value that would be read as another one is a problem. */
export function writeValue(type: ValueType, value: FieldValue): Written {
  if (value === null) return { kind: 'text', text: '' }
  if (typeof value !== 'string') return writeChoices(value)
  if (type === 'choices') return writeChoices([value])
  if (type === 'date') {
    const day = wireDate(value)
    return day === null
      ? { kind: 'problem', message: 'is not a day that exists' }
      : { kind: 'text', text: day }
  }
  return { kind: 'text', text: value }
}

function writeChoices(values: readonly string[]): Written {
  const comma = values.find((value) => value.includes(','))
  if (comma !== undefined) {
    return {
      kind: 'problem',
      message: `holds ${JSON.stringify(comma)}, whose comma would part it in two`,
    }
  }
  return { kind: 'text', text: values.join(',') }
}

/** `Date` stands in the samples and not in the list of types; a type that nobody describes holds text (quirk 12). */
export function valueTypeOf(fieldType: string): ValueType {
  switch (fieldType.trim().toLowerCase()) {
    case 'select':
      return 'choice'
    case 'checkbox':
      return 'choices'
    case 'shorttext':
      return 'text'
    case 'date':
      return 'date'
    default:
      return 'longtext'
  }
}

/** The type to create for a value type. Only four can be created. */
export function fieldTypeOf(type: ValueType): 'Select' | 'Checkbox' | 'Text' | 'ShortText' {
  switch (type) {
    case 'choice':
      return 'Select'
    case 'choices':
      return 'Checkbox'
    case 'longtext':
    case 'html':
      return 'Text'
    default:
      return 'ShortText'
  }
}

function definitionOf(field: UserField, key: string): FieldDefinition {
  const type = valueTypeOf(field.type)
  const isList = type === 'choice' || type === 'choices'
  return {
    path: `custom.${key}`,
    native: key,
    label: field.name,
    type,
    readable: true,
    writable: true,
    maxLength: null,
    options:
      isList && field.possibleValues.length > 0
        ? field.possibleValues.map((value) => ({ value, label: value }))
        : null,
    isUnique: false,
    isRequired: false,
  }
}
