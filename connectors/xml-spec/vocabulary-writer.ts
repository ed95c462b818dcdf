/** Creates what contacts will refer to: fields with their options, groups, tags. What is there already is returned, not doubled. */
import { ConnectorError } from '../../src/connector/error.ts'
import type {
  FieldDefinition,
  FieldDraft,
  FieldOption,
  Group,
  Tag,
} from '../../src/model/vocabulary.ts'
import type { Account } from './account.ts'
import { accountAttribute } from './batches.ts'
import { legal } from './characters.ts'
import { fieldTypeOf, type KnownField } from './user-fields.ts'
import { groupFrom, tagNamed } from './vocabulary.ts'

/** For all groups, so that every contact has it; hidden from the contacts themselves, as is the platform's default. */
export async function createField(
  account: Account,
  draft: FieldDraft,
  signal: AbortSignal,
): Promise<FieldDefinition> {
  const name = legal(draft.label).replace(/\s+/g, ' ').trim() || draft.name
  const type = typeFor(draft)
  const existing = await namedField(account, { name, type }, signal)
  const options = optionTexts(draft.options ?? [])
  if (existing !== null) {
    return options.length === 0 || existing.definition.options === null
      ? existing.definition
      : await addOptions(account, existing.definition, { options: draft.options ?? [], signal })
  }
  const hasList = type === 'Select' || type === 'Checkbox'
  await account.client.call(
    'AddUserDefinedField',
    {
      ...accountAttribute(account),
      group_id: '0',
      FieldName: name,
      FieldType: type,
      ...(hasList && options.length > 0 ? { PossibleValues: [...options] } : {}),
    },
    { signal },
  )
  const created = await namedField(account, { name, type }, signal)
  if (created !== null) return created.definition
  throw new ConnectorError(
    'unknown',
    `the field ${name} was created, but the list does not show it`,
  )
}

/** The list is replaced as a whole, so it is read right before and sent back with the new ones behind. */
export async function addOptions(
  account: Account,
  definition: FieldDefinition,
  more: { readonly options: readonly FieldOption[]; readonly signal: AbortSignal },
): Promise<FieldDefinition> {
  const { options, signal } = more
  account.vocabulary.forget('fields')
  const known = (await account.vocabulary.fields(signal)).byPath(definition.path)
  if (known === null) {
    throw new ConnectorError('gone', `field ${definition.label} does not exist any more`)
  }
  const { field } = known
  const present = new Set(field.possibleValues)
  const missing = optionTexts(options).filter((option) => !present.has(option))
  if (missing.length === 0) return known.definition
  await account.client.call(
    'EditUserDefinedField',
    {
      ...accountAttribute(account),
      // Its own group again: it tells namesakes apart and moves nothing.
      group_id: /^\d+$/.test(field.group) ? field.group : '0',
      FieldName: field.name,
      PossibleValues: [...field.possibleValues, ...missing],
    },
    { signal },
  )
  account.vocabulary.forget('fields')
  const changed = (await account.vocabulary.fields(signal)).byPath(definition.path)
  return (changed ?? known).definition
}

/** No call makes a tag: it comes into being with the first contact that gets it. */
export function createTag(name: string): Tag {
  return tagNamed(name)
}

export async function createGroup(
  account: Account,
  name: string,
  signal: AbortSignal,
): Promise<Group> {
  account.vocabulary.forget('groups')
  const listed = await account.vocabulary.groups(signal)
  const existing = listed.find((group) => group.name === name && group.id !== '')
  if (existing !== undefined) return groupFrom(existing)
  const { id } = await account.client.call(
    'CreateGroup',
    { ...accountAttribute(account), Name: name, GroupType: account.options.groupType },
    { signal },
  )
  account.vocabulary.forget('groups')
  return groupFrom({ id, name })
}

/** A list cannot hold options with commas; a single choice is kept as plain text then, so that nothing of it is lost. */
function typeFor(draft: FieldDraft): ReturnType<typeof fieldTypeOf> {
  const type = fieldTypeOf(draft.type)
  const hasComma = (draft.options ?? []).some(({ value }) => value.includes(','))
  return type === 'Select' && hasComma ? 'ShortText' : type
}

function optionTexts(options: readonly FieldOption[]): readonly string[] {
  const texts = options
    .map(({ value }) => legal(value).trim())
    .filter((value) => value !== '' && !value.includes(','))
  return [...new Set(texts)]
}

async function namedField(
  account: Account,
  wanted: { readonly name: string; readonly type: string },
  signal: AbortSignal,
): Promise<KnownField | null> {
  account.vocabulary.forget('fields')
  const { all } = await account.vocabulary.fields(signal)
  const fold = (text: string) => text.normalize('NFC').trim().toLowerCase()
  return (
    all.find(
      ({ field }) =>
        fold(field.name) === fold(wanted.name) && fold(field.type) === fold(wanted.type),
    ) ?? null
  )
}
