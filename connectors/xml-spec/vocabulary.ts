/** What contacts of the account refer to: its fields, its groups, and its tags, which no call lists. */
import type { Catalog, FieldDefinition, Group, Tag } from '../../src/model/vocabulary.ts'
import type { Client } from './client.ts'
import type { GroupRef, UserField } from './schema.ts'
import { standardDefinitions } from './standard-fields.ts'
import { type UserFields, userFields } from './user-fields.ts'

export interface Vocabulary {
  /** The account's own fields; asked once, until forgotten. */
  fields(signal: AbortSignal): Promise<UserFields>
  groups(signal: AbortSignal): Promise<readonly GroupRef[]>
  /** Names of all tags that some contact has. */
  usedTags(signal: AbortSignal): Promise<readonly string[]>
  /** A field that was just created. */
  learn(field: UserField, signal: AbortSignal): Promise<UserFields>
  forget(what: 'fields' | 'groups'): void
}

export interface VocabularyOptions {
  readonly client: Client
  readonly accountId: string | undefined
  readonly pageSize: number | undefined
}

/** The pass that collects tags asks for bigger pages than a scan: nothing is kept of them but names. */
const TAG_PAGE_ROWS = 500
/** More pages than any account has contacts for: whoever comes here goes in circles. */
const TAG_PAGES_MAX = 100_000

export function openVocabulary({ client, accountId, pageSize }: VocabularyOptions): Vocabulary {
  const account = accountId === undefined ? {} : { account_id: accountId }
  const kept = {
    fields: null as Promise<UserFields> | null,
    groups: null as Promise<readonly GroupRef[]> | null,
  }

  function listedFields(signal: AbortSignal): Promise<readonly UserField[]> {
    return client.call('GetUserDefinedFields', account, { signal })
  }

  async function fields(signal: AbortSignal): Promise<UserFields> {
    kept.fields ??= listedFields(signal)
      .then(userFields)
      .catch((error: unknown) => {
        kept.fields = null
        throw error
      })
    return await kept.fields
  }

  return {
    fields,
    async learn(field, signal) {
      const { all } = await fields(signal)
      const grown = userFields([...all.map((known) => known.field), field])
      kept.fields = Promise.resolve(grown)
      return grown
    },
    async groups(signal) {
      kept.groups ??= client
        .call('GetContactGroups', account, { signal })
        .catch((error: unknown) => {
          kept.groups = null
          throw error
        })
      return await kept.groups
    },
    async usedTags(signal) {
      const names = new Set<string>()
      const size = pageSize ?? TAG_PAGE_ROWS
      let previous = ''
      for (let page = 0; page < TAG_PAGES_MAX; page += 1) {
        const { contacts } = await client.call(
          'GetContacts',
          { ...account, start_chunk_page: page, start_chunk_size: size },
          { signal },
        )
        const shown = contacts.map(({ id, updated }) => `${id} ${updated}`).join()
        // A page that comes again adds nothing; the scan of contacts finds out whether the server stands still.
        if (contacts.length === 0 || shown === previous) break
        previous = shown
        for (const { tags } of contacts) for (const { name } of tags ?? []) names.add(name)
      }
      return [...names].sort()
    },
    forget(what) {
      kept[what] = null
    },
  }
}

/** Complete. `withTags: false`: the list of tags stays empty. */
export async function readCatalog(
  vocabulary: Vocabulary,
  how: { readonly withScores: boolean; readonly withTags: boolean },
  signal: AbortSignal,
): Promise<Catalog> {
  vocabulary.forget('fields')
  vocabulary.forget('groups')
  const fields = await vocabulary.fields(signal)
  const groups = await vocabulary.groups(signal)
  const tags = how.withTags ? await vocabulary.usedTags(signal) : []
  return {
    fields: [...standardDefinitions(how.withScores), ...definitionsOf(fields)],
    tags: tags.map(tagNamed),
    groups: groups.flatMap((group) => (group.id === '' ? [] : [groupFrom(group)])),
    owners: [],
  }
}

/** Tags go by name: writes take names, and a TagID is seen to stand for two of them (quirks 7 and 8). */
export function tagNamed(name: string): Tag {
  return { key: name, name, category: null, description: null }
}

export function groupFrom({ id, name }: GroupRef): Group {
  return { key: id, name: name === '' ? id : name, description: null, writable: true }
}

function definitionsOf(fields: UserFields): readonly FieldDefinition[] {
  return fields.all.map(({ definition }) => definition)
}
