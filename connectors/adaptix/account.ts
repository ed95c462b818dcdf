/** One open connection's parts and what was learnt about its server on the way. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import type { Kit } from '../../src/connector/kit.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { type Client, openClient } from './client.ts'
import { decodeContact } from './codec.ts'
import type { Profile } from './profile.ts'
import type { Contact } from './schema.ts'
import { openVocabulary, type Vocabulary } from './vocabulary.ts'

export interface Account {
  readonly settings: ConnectionSettings
  readonly options: AccountOptions
  readonly kit: Kit
  readonly client: Client
  readonly vocabulary: Vocabulary
  /** The client's, with what the connection's options say about the server. */
  readonly profile: Profile
  /** Grows while the connection lives; never shrinks back. */
  readonly learnt: Learnt
  decode(contact: Contact): Sighting
}

export interface Learnt {
  /** False once conditions were seen to be ignored. */
  filters: boolean
  /** False once a batch edit answered with another contact than the one asked for. */
  batchEdits: boolean
  /** False once the server was seen to have no batches of companies. */
  companyBatches: boolean
  /** The batch size a refusal named; null: none did. */
  batchCap: number | null
}

/** Beside `queryToken` and `version`, which the client reads. */
export interface AccountOptions {
  /** Passes over visitors that never gave a name or address. */
  readonly skipAnonymous: boolean
  /** True: dateModified is known to move although the version says otherwise. */
  readonly trustsModified: boolean
  /** True: characters beyond the basic plane end in a server error. */
  readonly utf8mb3: boolean
  readonly regions: 'any' | readonly string[]
}

export function openAccount(
  settings: ConnectionSettings,
  kit: Kit,
  how: { readonly mayWrite: boolean; readonly automations: string },
): Account {
  const client = openClient({ settings, kit, ...how })
  const vocabulary = openVocabulary(client, kit.log)
  const options = readOptions(settings.options)
  const learnt: Learnt = {
    filters: true,
    batchEdits: true,
    companyBatches: true,
    batchCap: null,
  }
  return {
    settings,
    options,
    kit,
    client,
    vocabulary,
    learnt,
    get profile() {
      const { profile } = client
      return {
        ...profile,
        modifiedMoves: profile.modifiedMoves || options.trustsModified,
        emoji: profile.emoji && !options.utf8mb3,
      }
    },
    decode(contact) {
      const { profile } = client
      return decodeContact(contact, {
        typeOf: vocabulary.typeOf,
        modifiedMoves: profile.modifiedMoves || options.trustsModified,
      })
    },
  }
}

function readOptions(options: ConnectionSettings['options']): AccountOptions {
  const regions = options['regions']
  return {
    skipAnonymous: options['skipAnonymous'] === true,
    trustsModified: options['dateModified'] === 'trusted',
    utf8mb3: options['utf8mb3'] === true,
    regions: regions === 'any' ? 'any' : Array.isArray(regions) ? regions.map(String) : [],
  }
}
