/** Creates custom fields, their options, and tags. Looks first: none of the platform's own calls does (quirks 13 and 17). */
import { ConnectorError } from '../../src/connector/error.ts'
import type { FieldDefinition, FieldDraft, FieldOption, Tag } from '../../src/model/vocabulary.ts'
import { type CustomField, dataTypeFor, optionsOf, serves, valuesText } from './custom-fields.ts'
import type { Cell, Cells } from './schema.ts'
import { CONTACT_FORM } from './tables.ts'
import { readCategories, readCustomFields, type Source, smallTable } from './vocabulary.ts'

/** A field of the same label and type is returned as it is, with missing options added. Throws ConnectorError. */
export async function createField(
  source: Source,
  draft: FieldDraft,
  signal: AbortSignal,
): Promise<FieldDefinition> {
  const existing = (await readCustomFields(source, signal, REQUIRED)).find(({ definition }) =>
    serves(definition, draft),
  )
  const options = draft.options ?? []
  if (existing !== undefined)
    return await addOptions(source, existing.definition, { options, signal })
  const { client } = source
  const type = dataTypeFor(draft.type)
  const headerId = await headerOfContacts(source, signal)
  const id = await client.call(
    'DataService.addCustomField',
    {
      customFieldType: 'Contact',
      displayName: draft.label,
      dataType: type.is.name,
      headerId,
    },
    { signal },
  )
  if (type.is.hasOptions && options.length > 0)
    await writeOptions(source, { id, options: options.map(({ value }) => value) }, signal)
  // The server makes the name: it drops characters and may append a digit.
  return (await fieldWhere(source, (field) => field.id === id, signal)).definition
}

/** Adds those that are missing, behind the others. */
export async function addOptions(
  source: Source,
  field: FieldDefinition,
  more: { readonly options: readonly FieldOption[]; readonly signal: AbortSignal },
): Promise<FieldDefinition> {
  const { signal } = more
  if (more.options.length === 0 || field.options === null) return field
  const now = await fieldWhere(source, ({ definition }) => definition.path === field.path, signal)
  const known = now.definition.options?.map(({ value }) => value) ?? []
  const added = more.options
    .map(({ value }) => value.trim())
    .filter((value) => !known.includes(value))
  if (added.length === 0) return now.definition
  await writeOptions(source, { id: now.id, options: [...known, ...added] }, signal)
  return (await fieldWhere(source, ({ id }) => id === now.id, signal)).definition
}

/** A tag of that name in that category is returned as it is; the category is created when it is missing. */
export async function createTag(
  source: Source,
  tag: { readonly name: string; readonly category: string | null },
  signal: AbortSignal,
): Promise<Tag> {
  const categoryId = tag.category === null ? 0 : await categoryNamed(source, tag.category, signal)
  const made = { name: tag.name, category: tag.category, description: null }
  const rows = await smallTable(
    source,
    {
      table: 'ContactGroup',
      columns: ['Id', 'GroupName', 'GroupCategoryId'],
      filter: isLiteral(tag.name) ? { GroupName: tag.name } : {},
      ...REQUIRED,
    },
    signal,
  )
  const existing = rows.find(
    (row) => row['GroupName'] === tag.name && Number(row['GroupCategoryId'] ?? 0) === categoryId,
  )
  if (existing !== undefined) return { ...made, key: String(existing['Id']) }
  const values: Cells = {
    GroupName: { as: 'text', value: tag.name },
    ...(categoryId === 0 ? {} : { GroupCategoryId: { as: 'int', value: categoryId } }),
  }
  const id = await source.client.call(
    'DataService.add',
    { table: 'ContactGroup', values },
    { signal },
  )
  return { ...made, key: String(id) }
}

/** Nothing is created because a table happened to be unreadable. */
const REQUIRED = { isRequired: true } as const

/** Which header (DataFormGroup) of the contact form new fields go below: the first one. */
async function headerOfContacts(source: Source, signal: AbortSignal): Promise<number> {
  const tabs = await smallTable(
    source,
    { table: 'DataFormTab', columns: ['Id', 'FormId'], filter: { FormId: CONTACT_FORM } },
    signal,
  )
  const ids = tabs.filter((tab) => tab['FormId'] === CONTACT_FORM).map((tab) => tab['Id'])
  const headers = await smallTable(
    source,
    { table: 'DataFormGroup', columns: ['Id', 'TabId'] },
    signal,
  )
  const header = headers.find(({ TabId }) => TabId !== undefined && ids.includes(TabId))
  if (typeof header?.['Id'] === 'number') return header['Id']
  throw new ConnectorError(
    'unsupported',
    'there is no header that a custom field could stand below',
    {
      hint: 'Create one custom field of contacts by hand in the account; others can be created below the same header then.',
    },
  )
}

async function categoryNamed(source: Source, name: string, signal: AbortSignal): Promise<number> {
  for (const [id, known] of await readCategories(source, signal, REQUIRED))
    if (known === name) return id
  const values: Cells = { CategoryName: { as: 'text', value: name } }
  return await source.client.call(
    'DataService.add',
    { table: 'ContactGroupCategory', values },
    { signal },
  )
}

async function writeOptions(
  source: Source,
  what: { readonly id: number; readonly options: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const text = valuesText(optionsOf(what.options.join('\n')))
  const values: Record<string, Cell> = { Values: { as: 'text', value: text } }
  await source.client.call(
    'DataService.updateCustomField',
    { customFieldId: what.id, values },
    { signal },
  )
}

/** As it is now. */
async function fieldWhere(
  source: Source,
  isIt: (field: CustomField) => boolean,
  signal: AbortSignal,
): Promise<CustomField> {
  const field = (await readCustomFields(source, signal, REQUIRED)).find(isIt)
  if (field !== undefined) return field
  throw new ConnectorError('gone', 'the custom field is not there', {
    hint: 'Read the catalog again.',
  })
}

/** Without a sign that a query gives a meaning to (quirk 17). */
function isLiteral(text: string): boolean {
  return !text.includes('%') && !text.trimStart().startsWith('~')
}
