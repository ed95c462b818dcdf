/** One open connection's parts, and what was learnt about its account on the way. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Kit } from '../../src/connector/kit.ts'
import { isZone } from '../../src/model/zone.ts'
import { type Client, openClient } from './client.ts'
import { type Decoded, decodeContact } from './codec.ts'
import { type PassMemory, passMemory } from './pass.ts'
import type { Contact } from './schema.ts'
import { DEFAULT_ZONE } from './stamps.ts'
import type { UserFields } from './user-fields.ts'
import { openVocabulary, type Vocabulary } from './vocabulary.ts'

export interface Account {
  readonly settings: ConnectionSettings
  readonly options: AccountOptions
  readonly kit: Kit
  readonly client: Client
  readonly vocabulary: Vocabulary
  /** IANA zone of the server's stamps. */
  readonly zone: string
  /** What `account_id` says in every request; undefined: the account that the login owns. */
  readonly accountId: string | undefined
  /** Ids seen by the scans of this connection. */
  readonly memory: PassMemory
  readonly learnt: Learnt
  /** Also learns the account's number. */
  decode(contact: Contact, userFields: UserFields, note: (text: string) => void): Decoded
}

export interface Learnt {
  /** AccountNumber of the account that is read; null: not seen yet. */
  number: string | null
  /** How many contacts there are, as last told; null: not told yet. */
  contacts: number | null
  /** Whether `Bounced` really filters; null: not asked yet. */
  bouncedFilters: boolean | null
}

/** What `options` of the connection may hold. */
export interface AccountOptions {
  /** Asks for lead scores with every contact; the server computes them. */
  readonly leadScores: boolean
  /** False: tags are not listed. To list them every contact is read, since nothing else names them. */
  readonly listTags: boolean
  /** False: the server is known not to make tags of unknown names. */
  readonly newTags: boolean
  /** True: `AddContacts` overwrites whoever has the e-mail or the names (README, "add or update"). */
  readonly addOrUpdate: boolean
  /** False: a marker is not looked for, which reads every contact. */
  readonly findByMarker: boolean
  /** True: memberships are also read group by group, as a stream of their own. */
  readonly groupings: boolean
  /** Of groups that are created. */
  readonly groupType: 'Public' | 'Private' | 'Hidden'
}

export function openAccount(
  settings: ConnectionSettings,
  kit: Kit,
  how: { readonly mayWrite: boolean },
): Account {
  const zone = zoneOf(settings)
  const accountId = accountIdOf(settings)
  const options = readOptions(settings)
  const client = openClient({ settings, kit, ...how })
  const learnt: Learnt = { number: accountId ?? null, contacts: null, bouncedFilters: null }
  return {
    settings,
    options,
    kit,
    client,
    vocabulary: openVocabulary({ client, accountId }),
    zone,
    accountId,
    memory: passMemory(),
    learnt,
    decode(contact, userFields, note) {
      learnt.number ??= contact.account
      return decodeContact(contact, { zone, account: learnt.number, userFields, note })
    },
  }
}

const KNOWN_OPTIONS = [
  'leadScores',
  'listTags',
  'newTags',
  'addOrUpdate',
  'findByMarker',
  'groupings',
  'groupType',
] as const satisfies readonly (keyof AccountOptions)[]

function readOptions(settings: ConnectionSettings): AccountOptions {
  const { options } = settings
  const unknown = Object.keys(options).find(
    (name) => !KNOWN_OPTIONS.some((known) => known === name),
  )
  if (unknown !== undefined) {
    throw new ConnectorError('invalid', `${settings.name}: there is no option ${unknown}`, {
      hint: `Options: ${KNOWN_OPTIONS.join(', ')}.`,
    })
  }
  const groupType = options['groupType']
  return {
    leadScores: options['leadScores'] === true,
    listTags: options['listTags'] !== false,
    newTags: options['newTags'] !== false,
    addOrUpdate: options['addOrUpdate'] === true,
    findByMarker: options['findByMarker'] !== false,
    groupings: options['groupings'] === true,
    groupType: groupType === 'Public' || groupType === 'Hidden' ? groupType : 'Private',
  }
}

function zoneOf(settings: ConnectionSettings): string {
  const zone = settings.timeZone ?? DEFAULT_ZONE
  if (isZone(zone)) return zone
  throw new ConnectorError('invalid', `${settings.name}: ${zone} is not a time zone`, {
    hint: 'Write an IANA name like America/Los_Angeles.',
  })
}

function accountIdOf(settings: ConnectionSettings): string | undefined {
  if (settings.account === null || settings.account.trim() === '') return undefined
  const number = settings.account.trim()
  if (/^\d+$/.test(number)) return number
  throw new ConnectorError('invalid', `${settings.name}: account ${number} is not a number`, {
    hint: 'An account is named by its AccountNumber, like "91234".',
  })
}
