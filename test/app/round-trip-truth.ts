/** What a simulated account holds, from its own records and in its own words, so that two accounts of one platform can be compared. */
import type { SimulatedContact, Simulator } from '../../src/connector/simulator.ts'
import type { FieldValue } from '../../src/model/field.ts'
import { norm } from '../../src/model/norm.ts'
import type { Catalog, FieldDefinition } from '../../src/model/vocabulary.ts'
import { labelKey } from '../../src/mapping/names.ts'
import { userFieldNames } from './user-field-names.ts'

/** One contact, by path for standard fields and by label for an account's own: ids of fields differ between accounts. */
export interface Truth {
  readonly contact: SimulatedContact
  readonly values: ReadonlyMap<string, { readonly text: string; readonly field: FieldDefinition }>
}

export function keyOf({ path, label }: FieldDefinition): string {
  return path.startsWith('custom.') ? `custom ${labelKey(label)}` : path
}

export function truths(simulator: Simulator, catalog: Catalog): readonly Truth[] {
  return simulator.snapshot().map(truthReader(simulator, catalog))
}

/** Makes of a contact of this account what it says; one at a time, where an account is large. */
export function truthReader(
  simulator: Simulator,
  catalog: Catalog,
): (contact: SimulatedContact) => Truth {
  const byPath = new Map(catalog.fields.map((field) => [field.path, field]))
  const byNative = new Map(catalog.fields.map((field) => [field.native, field]))
  const isNumbered = simulator.platform === 'xml-spec'
  const names = isNumbered ? userFieldNames(simulator) : new Map<string, string>()
  return (contact) => {
    const values = new Map<string, { text: string; field: FieldDefinition }>()
    const put = (field: FieldDefinition | undefined, text: string) => {
      if (field === undefined || text.trim() === '') return
      // Where a server cut a character in half, that half leaves the account as U+FFFD: it has no place in UTF-8.
      const told = text.toWellFormed().replace(/\r\n?/g, '\n')
      values.set(keyOf(field), { text: told.trim(), field })
    }
    for (const [name, text] of Object.entries(contact.fields)) {
      const [, number] = /^UserDefinedField\.(\d+)$/.exec(name) ?? []
      const native = number === undefined ? name : (names.get(number) ?? name)
      if (!SLOT.test(name)) put(byNative.get(native), text)
    }
    for (const [path, text] of slots(contact)) put(byPath.get(path), text)
    return { contact, values }
  }
}

/** Whether two texts of one platform say the same. Options may go by other keys in another account, so they are compared by label. */
export function isSame(
  a: { readonly text: string; readonly field: FieldDefinition },
  b: { readonly text: string; readonly field: FieldDefinition } | undefined,
): boolean {
  if (b === undefined) return false
  const { type } = a.field
  return (
    a.text === b.text ||
    norm(type, meaning(a)) === norm(type, meaning(b)) ||
    plain(a.text) === plain(b.text)
  )
}

/** "true" and "Yes" are one answer, 12.50 and 12.5 one number; 007 and 7 are not. */
function plain(text: string): string {
  const word = text.toLowerCase()
  if (word === 'yes' || word === 'true') return 'yes'
  if (word === 'no' || word === 'false') return 'no'
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}

function meaning({ text, field }: { text: string; field: FieldDefinition }): FieldValue {
  const label = (value: string) => field.options?.find((one) => one.value === value)?.label ?? value
  if (field.type === 'choices') return parts(text, field).map(label)
  if (field.type === 'choice') return label(text)
  return text.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/, '$1T$2Z')
}

/** Options may hold the very separator: known ones are taken first. */
function parts(text: string, { options }: FieldDefinition): readonly string[] {
  let rest = text
  const found: string[] = []
  for (const { value } of [...(options ?? [])].sort((a, b) => b.value.length - a.value.length)) {
    if (!rest.includes(value)) continue
    found.push(value)
    rest = rest.replace(value, '')
  }
  return [...found, ...rest.split(/[,|\n]/).filter((part) => part.trim() !== '')]
}

const SLOT = /^Phone\d(?:Type|Ext)?$/

/** Five numbered slots: the first number of a type, the second, and so on. */
function* slots({ fields }: SimulatedContact): Generator<readonly [string, string]> {
  const seen = new Map<string, number>()
  for (const slot of [1, 2, 3, 4, 5]) {
    const number = fields[`Phone${slot}`] ?? ''
    if (number.trim() === '') continue
    const word = (fields[`Phone${slot}Type`] ?? '').trim().toLowerCase()
    const type = word === '' ? 'main' : word
    const count = (seen.get(type) ?? 0) + 1
    seen.set(type, count)
    const path = count === 1 ? `phones.${type}` : `phones.${type}.${count}`
    yield [path, number]
    yield [`${path}.extension`, fields[`Phone${slot}Ext`] ?? '']
  }
}
