/** What contacts of the account refer to, as its lists tell it: asked once, kept until forgotten. */
import type { Group, Tag } from '../../src/model/vocabulary.ts'
import type { Client } from './client.ts'
import type { GroupRef } from './schema.ts'
import type { UserField } from './answers.ts'
import { type UserFields, userFields } from './user-fields.ts'

export interface Vocabulary {
  /** The account's own fields; asked once, until forgotten. */
  fields(signal: AbortSignal): Promise<UserFields>
  groups(signal: AbortSignal): Promise<readonly GroupRef[]>
  /** A field that was just created. */
  learn(field: UserField, signal: AbortSignal): Promise<UserFields>
  forget(what: 'fields' | 'groups'): void
}

export interface VocabularyOptions {
  readonly client: Client
  readonly accountId: string | undefined
}

export function openVocabulary({ client, accountId }: VocabularyOptions): Vocabulary {
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
    forget(what) {
      kept[what] = null
    },
  }
}

/** Tags go by name: writes take names, and a TagID is seen to stand for two of them (quirks 7 and 8). */
export function tagNamed(name: string): Tag {
  return { key: name, name, category: null, description: null }
}

export function groupFrom({ id, name }: GroupRef): Group {
  return { key: id, name: name === '' ? id : name, description: null, writable: true }
}
