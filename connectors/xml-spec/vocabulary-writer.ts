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
import { ServerRefusal } from './refusal.ts'
import type { UserField } from './answers.ts'
import { fieldTypeOf, type KnownField, type UserFields } from './user-fields.ts'
import { groupFrom, tagNamed } from './vocabulary.ts'

/** For all groups, so that every contact has it; hidden from the contacts themselves, as is the platform's default. */
export async function createField(
  account: Account,
  draft: FieldDraft,
  signal: AbortSignal,
): Promise<FieldDefinition> {
  const name = legal(draft.label).replace(/\s+/g, ' ').trim() || draft.name
  const type = typeFor(draft)
  const wanted = { name, type }
  const existing = named(await account.vocabulary.fields(signal), wanted)
  if (existing !== null) return await withOptions(account, existing, { draft, signal })
  const options = type === 'Select' || type === 'Checkbox' ? optionTexts(draft.options ?? []) : []
  const answer = await addField(account, { ...wanted, options, signal })
  if (answer === 'exists') {
    account.vocabulary.forget('fields')
    const other = named(await account.vocabulary.fields(signal), wanted)
    if (other !== null) return await withOptions(account, other, { draft, signal })
    throw new ConnectorError('invalid', `the server does not create the field ${name}`, {
      hint: 'A field of that name and another type may be there. Rename one of the two.',
    })
  }
  const field: UserField = {
    id: answer.id,
    name,
    group: 'All',
    type,
    possibleValues: options,
    editable: 'Hidden',
    updated: answer.updated,
  }
  const made = named(await account.vocabulary.learn(field, signal), wanted)
  if (made !== null) return made.definition
  throw new ConnectorError('protocol', `the field ${name} was created and is not known`)
}

/** `exists`: refused, and somebody may have made it since the list was read. */
async function addField(
  account: Account,
  what: {
    readonly name: string
    readonly type: ReturnType<typeof fieldTypeOf>
    readonly options: readonly string[]
    readonly signal: AbortSignal
  },
): Promise<'exists' | { readonly id: string; readonly updated: string | null }> {
  const { name, type, options, signal } = what
  try {
    const { id, updated } = await account.client.call(
      'AddUserDefinedField',
      {
        ...accountAttribute(account),
        group_id: '0',
        FieldName: name,
        FieldType: type,
        ...(options.length > 0 ? { PossibleValues: [...options] } : {}),
      },
      { signal },
    )
    if (id !== null) return { id, updated }
    throw new ConnectorError('protocol', `AddUserDefinedField answered without a UserFieldID`)
  } catch (error) {
    if (error instanceof ServerRefusal && error.class === 'exists') return 'exists'
    throw error
  }
}

async function withOptions(
  account: Account,
  { definition, field }: KnownField,
  { draft, signal }: { readonly draft: FieldDraft; readonly signal: AbortSignal },
): Promise<FieldDefinition> {
  const options = draft.options ?? []
  const isThere = optionTexts(options).every((option) => field.possibleValues.includes(option))
  if (isThere || definition.options === null) return definition
  return await addOptions(account, definition, { options, signal })
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

function named(
  fields: UserFields,
  wanted: { readonly name: string; readonly type: string },
): KnownField | null {
  const fold = (text: string) => text.normalize('NFC').trim().toLowerCase()
  return (
    fields.all.find(
      ({ field }) =>
        fold(field.name) === fold(wanted.name) && fold(field.type) === fold(wanted.type),
    ) ?? null
  )
}
