/** Infusionsoft (Keap) over XML-RPC, joined into what a platform must promise. */
import type {
  ConnectionSettings,
  ContactWrite,
  Platform,
  Reader,
  Writer,
} from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Kit } from '../../src/connector/kit.ts'
import type { PlatformName } from '../../src/model/id.ts'
import { isZone } from '../../src/model/zone.ts'
import { checkAccount } from './account.ts'
import { capabilitiesOf, RATES, WRITE_MAX } from './capabilities.ts'
import { type Client, type InputOf, openClient } from './client.ts'
import { companyReader, companyWriter } from './companies.ts'
import { type CustomField, dataType } from './custom-fields.ts'
import { checkedInput } from './input.ts'
import { readInventory } from './inventory.ts'
import { LOGINS, loginOf } from './login.ts'
import { fetchContacts, findContacts, type Lookup } from './lookup.ts'
import { noteReader, noteWriter } from './notes.ts'
import { isOperation, OPERATIONS, ROWS_MAX } from './operations.ts'
import { removeContacts } from './removal.ts'
import { targetRules } from './rules.ts'
import { statesOf } from './address-states.ts'
import { type Scanner, scanPage } from './scan.ts'
import { sequenceReader, startSequence } from './sequences.ts'
import { PLATFORM_ZONE } from './stamps.ts'
import { readCatalog, readCustomFields, type Source } from './vocabulary.ts'
import { addOptions, createField, createTag } from './vocabulary-writer.ts'
import { writeContacts } from './write.ts'

const NAME = 'infusionsoft' as PlatformName

export const infusionsoft: Platform = {
  name: NAME,
  aliases: ['keap'],
  title: 'Infusionsoft / Keap (XML-RPC)',
  logins: LOGINS,
  open: (settings, kit) => reader(connect(settings, kit, false)),
  openForWriting: (settings, kit) => writer(connect(settings, kit, true)),
}

/** Everything the parts of one connection share. */
interface Connection extends Scanner, Lookup, Source {
  readonly settings: ConnectionSettings
  readonly kit: Kit
  readonly batchSize: number
  readonly optStatesWholeEveryMs: number
  /** What has been read of the account's own fields so far. */
  readonly known: ReadonlyMap<string, CustomField>
}

function connect(settings: ConnectionSettings, kit: Kit, mayWrite: boolean): Connection {
  const login = loginOf(settings, kit)
  const client = openClient({ settings, kit, login, mayWrite, rate: RATES[login.kind] })
  const pageSize = within(settings.limits.pageSize, ROWS_MAX)
  const known = new Map<string, CustomField>()
  const source: Source = { client, log: kit.log, pageSize }
  let asked: Promise<readonly CustomField[]> | null = null

  async function customFields(signal: AbortSignal): Promise<readonly CustomField[]> {
    asked ??= readCustomFields(source, signal).catch((error: unknown) => {
      asked = null
      throw error
    })
    const fields = await asked
    known.clear()
    for (const field of fields) known.set(field.definition.path, field)
    return fields
  }
  function forgetCustomFields() {
    asked = null
  }
  return {
    ...source,
    settings,
    kit,
    known,
    zone: zoneOf(settings),
    isEscaped: settings.options['htmlEntities'] === true,
    batchSize: within(settings.limits.batchSize, WRITE_MAX),
    optStatesWholeEveryMs: wholeEveryMs(settings),
    customFields,
    forgetCustomFields,
    async customColumns(signal) {
      forgetCustomFields()
      const fields = await customFields(signal)
      return new Set(fields.map(({ definition }) => definition.native))
    },
  }
}

function reader(connection: Connection): Reader {
  const { client, settings, kit } = connection
  return {
    platform: NAME,
    capabilities: capabilitiesOf(client.login, connection),
    rules: targetRules({
      emoji: settings.options['emoji'] === 'drop' ? 'drop' : 'keep',
      zone: connection.zone,
      custom: (path) => connection.known.get(path) ?? null,
    }),
    check: (signal) => checkAccount(client, { settings, clock: kit.clock }, signal),
    async catalog(signal) {
      connection.forgetCustomFields()
      return await readCatalog(connection, await connection.customFields(signal), signal)
    },
    inventory: (signal) => readInventory(client, signal),
    scan: (request, signal) => scanPage(connection, request, signal),
    fetch: (ids, signal) => fetchContacts(connection, ids, signal),
    find: (probe, signal) => findContacts(connection, probe, signal),
    consentsOf: (sighting, signal) => statesOf(client, sighting, signal),
    sequences: sequenceReader(connection),
    notes: noteReader(connection),
    companies: companyReader(connection),
    close: () => client.close(),
  }
}

function writer(connection: Connection): Writer {
  const { client } = connection
  return {
    ...reader(connection),
    write: (batch: readonly ContactWrite[], signal) => writeContacts(connection, batch, signal),
    join: () => Promise.reject(noGroups()),
    remove: (ids, signal) => removeContacts(client, ids, signal),
    noteWriter: noteWriter(connection),
    companyWriter: companyWriter(connection),
    start: (sequence, contact, signal) => startSequence(client, { sequence, contact }, signal),
    async createField(draft, signal) {
      const field = await createField(connection, draft, signal)
      connection.forgetCustomFields()
      return field
    },
    async addOptions(field, options, signal) {
      const changed = await addOptions(connection, field, { options, signal })
      connection.forgetCustomFields()
      return changed
    },
    createTag: (tag, signal) => createTag(connection, tag, signal),
    createGroup: () => Promise.reject(noGroups()),
    call: (operation, input, signal) => callOperation(connection, { operation, input }, signal),
  }
}

async function callOperation(
  connection: Connection,
  asked: { readonly operation: string; readonly input: unknown },
  signal: AbortSignal,
): Promise<unknown> {
  const { operation: name, input } = asked
  if (!isOperation(name))
    throw new ConnectorError('invalid', `${name} is not an operation of Infusionsoft`, {
      hint: `The operations are ${Object.keys(OPERATIONS).join(', ')}.`,
    })
  const fields = /"_\w/.test(JSON.stringify(input) ?? '')
    ? await connection.customFields(signal)
    : []
  const types = new Map(fields.map((field) => [field.definition.native, field.dataType]))
  const checked = checkedInput(name, OPERATIONS[name], {
    input,
    typing: {
      zone: connection.zone,
      customWire: (column) => {
        const type = types.get(column)
        return type === undefined ? null : dataType(type).wire
      },
    },
  })
  return await call(connection.client, { name, input: checked as InputOf<typeof name> }, signal)
}

function call(
  client: Client,
  what: { readonly name: Parameters<Client['call']>[0]; readonly input: InputOf<never> },
  signal: AbortSignal,
): Promise<unknown> {
  return client.call(what.name, what.input, { signal })
}

function zoneOf(settings: ConnectionSettings): string {
  const zone = settings.timeZone ?? PLATFORM_ZONE
  if (isZone(zone)) return zone
  throw new ConnectorError('invalid', `${settings.name}: ${zone} is not a time zone`, {
    hint: `Leave timeZone out for ${PLATFORM_ZONE}, which all accounts are known to use.`,
  })
}

/**
 * Counts tell of every opt-out but one that changes places with another address of the same state (see opt-states.ts). Six hours is how long such a
 * person may still be mailed at the target; the table of a million addresses takes four minutes to read.
 */
const OPT_STATES_WHOLE_HOURS = 6

function wholeEveryMs({ name, options }: ConnectionSettings): number {
  const hours = options['optStatesWholeHours'] ?? OPT_STATES_WHOLE_HOURS
  if (typeof hours === 'number' && hours >= 0) return hours * 3_600_000
  throw new ConnectorError('invalid', `${name}: optStatesWholeHours is no number of hours`, {
    hint: 'Write a number, or 0 to have the whole table read each time.',
  })
}

function within(wanted: number | undefined, most: number): number {
  return Math.max(1, Math.min(wanted ?? most, most))
}

function noGroups(): ConnectorError {
  return new ConnectorError('unsupported', 'Infusionsoft has tags and no groups of contacts')
}
