/** Creates what contacts will refer to: fields with their options, tags, segments. What is there already is returned, not doubled. */
import { ConnectorError } from '../../src/connector/error.ts'
import type {
  FieldDefinition,
  FieldDraft,
  FieldOption,
  Group,
  Tag,
} from '../../src/model/vocabulary.ts'
import type { Account } from './account.ts'
import { definitionOf, fieldBody, missingOptions, optionsOf } from './fields.ts'
import { fold } from './places.ts'
import { isMissing, ServerRefusal } from './refusal.ts'
import { type Field, isObject } from './schema.ts'
import { groupOf, tagNamed } from './vocabulary.ts'
import { fieldTypeOf } from './values.ts'

/** A column made in the background waits for a cron job on the server, which usually comes round every few minutes. */
const PUBLISH_WAIT_FIRST_MS = 2_000
const PUBLISH_WAIT_MAX_MS = 30_000
export const PUBLISH_WITHIN_MS = 15 * 60_000

export async function createField(
  account: Account,
  draft: FieldDraft,
  signal: AbortSignal,
): Promise<FieldDefinition> {
  const known = (await account.vocabulary.fields(signal)).find((field) => isSame(field, draft))
  if (known !== undefined) {
    const field = await published(account, known, signal)
    const missing = missingOptions(optionsOf(field), draft.options ?? [])
    return missing.length === 0
      ? definitionOf(field)
      : addOptions(account, definitionOf(field), { options: missing, signal })
  }
  try {
    const field = await published(account, await sendField(account, draft, signal), signal)
    account.vocabulary.noteField(field)
    return definitionOf(field)
  } catch (error) {
    // It may be there all the same: the next try reads the list first.
    account.vocabulary.forget('fields')
    throw error
  }
}

/** The list is replaced as a whole, so it is read right before and sent back with the new ones behind. */
export async function addOptions(
  account: Account,
  definition: FieldDefinition,
  { options, signal }: { readonly options: readonly FieldOption[]; readonly signal: AbortSignal },
): Promise<FieldDefinition> {
  account.vocabulary.forget('fields')
  const field = (await account.vocabulary.fields(signal)).find(
    ({ alias }) => alias === definition.native,
  )
  if (field === undefined)
    throw new ConnectorError('gone', `field ${definition.native} does not exist any more`)
  const known = optionsOf(field)
  const missing = missingOptions(known, options)
  if (missing.length === 0) return definitionOf(field)
  const list = [...known, ...missing].map(({ label, value }) => ({ label, value }))
  const properties = { ...(isObject(field.properties) ? field.properties : {}), list }
  const edited = await account.client.call('fields.edit', { id: field.id, properties }, signal)
  account.vocabulary.forget('fields')
  return definitionOf(edited)
}

/** Where there is no tag catalogue to write to, a tag comes into being with its first use. */
export async function createTag(account: Account, name: string, signal: AbortSignal): Promise<Tag> {
  const known = await account.vocabulary.tags(signal)
  const spelled = account.vocabulary.spellTag(name)
  const existing = known?.find((tag) => tag.name === spelled)
  if (existing !== undefined) return existing
  try {
    const created = await account.client.call('tags.create', { tag: name }, signal)
    const tag = tagNamed(created.tag, created.description ?? null)
    account.vocabulary.noteTag(tag)
    return tag
  } catch (error) {
    if (!isMissing(error)) throw error
    return tagNamed(spelled, null)
  }
}

export async function createGroup(
  account: Account,
  name: string,
  signal: AbortSignal,
): Promise<Group> {
  account.vocabulary.forget('segments')
  const existing = (await account.vocabulary.segments(signal)).find(
    (segment) => segment.name === name,
  )
  if (existing !== undefined) return groupOf(existing)
  // Global, or nobody but this login would see it.
  const created = await account.client.call(
    'segments.create',
    { name, isPublished: true, isGlobal: true },
    signal,
  )
  account.vocabulary.forget('segments')
  return groupOf(created)
}

function isSame(field: Field, draft: FieldDraft): boolean {
  return fold(field.label) === fold(draft.label) && field.type === fieldTypeOf(draft.type)
}

/** Versions before 5.1 may refuse a key they do not know; the limit is only asked for where it exists, or might. */
async function sendField(account: Account, draft: FieldDraft, signal: AbortSignal): Promise<Field> {
  const { profile } = account
  const hasLimit = profile.charLengthLimit || profile.version === null
  try {
    return await account.client.call('fields.create', fieldBody(draft, hasLimit), signal)
  } catch (error) {
    const isOverLimit =
      error instanceof ServerRefusal && error.kind === 'invalid' && !profile.charLengthLimit
    if (!hasLimit || !isOverLimit) throw error
    return account.client.call('fields.create', fieldBody(draft, false), signal)
  }
}

/** Resolves once values can be written. Throws `unreachable` when the server's background work does not come round. */
async function published(account: Account, field: Field, signal: AbortSignal): Promise<Field> {
  const { clock } = account.kit
  const untilMs = clock.now() + PUBLISH_WITHIN_MS
  let waitMs = PUBLISH_WAIT_FIRST_MS
  let current = field
  while (current.isPublished === false) {
    if (clock.now() >= untilMs) {
      throw new ConnectorError('unreachable', `field ${field.alias} is still not published`, {
        hint: 'Its column is made by a background job of the server (mautic:custom-field:create-column); see that it runs, or publish the field there.',
      })
    }
    await clock.sleep(waitMs, signal)
    waitMs = Math.min(waitMs * 2, PUBLISH_WAIT_MAX_MS)
    current = await account.client.call('fields.get', { id: field.id }, signal)
  }
  return current
}
