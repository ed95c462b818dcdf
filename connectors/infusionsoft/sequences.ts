/** Follow-up sequences: which there are, who is in them, and putting somebody into one (README, "sequences"). */
import type { SequenceReader, Standing } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { readPosition } from '../../src/connector/position.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Client } from './client.ts'
import { consentOf } from './consents.ts'
import { addressesOf, statesOf } from './address-states.ts'
import { firstMark, MARK_SCHEMA } from './mark.ts'
import type { Source } from './vocabulary.ts'
import { readAll, readPage } from './table-reader.ts'
import type { TableRead } from './table-query.ts'

export function sequenceReader(source: Source): SequenceReader {
  return {
    async list(signal) {
      const { rows } = await readAll(sequences(source), firstMark(source.pageSize), signal)
      return rows.map((row) => ({ id: String(row['Id']), name: String(row['Name'] ?? '') }))
    },
    async members({ sequence, position }, signal) {
      const mark = readPosition(MARK_SCHEMA, position) ?? firstMark(source.pageSize)
      const page = await readPage(members(source, idOf(sequence)), mark, signal)
      const contacts = page.rows.map((row) => remoteId(String(row['ContactId'])))
      return { contacts, next: page.next === null ? null : JSON.stringify(page.next) }
    },
    standing: (sequence, contact, signal) => standing(source.client, sequence, contact, signal),
    async consents(sighting, signal) {
      // What cannot be asked about: nobody is mailed on a guess.
      const told = await statesOf(source.client, sighting, signal)
      return told ?? addressesOf(sighting).map((address) => consentOf(address, ''))
    },
  }
}

/** Never sent again by anybody below: a second call begins the sequence anew. */
export async function startSequence(
  client: Client,
  { sequence, contact }: { readonly sequence: string; readonly contact: RemoteId },
  signal: AbortSignal,
): Promise<void> {
  const input = { contactId: Number(contact), followUpSequenceId: idOf(sequence) }
  await client.call('ContactService.addToCampaign', input, { signal })
}

function sequences({ client, pageSize, log }: Source): TableRead {
  return {
    client,
    table: 'Campaign',
    key: 'Id',
    within: null,
    columns: ['Id', 'Name'],
    filter: {},
    pageSize,
    missing: () => Promise.resolve([]),
    note: (text) => log.debug(text),
  }
}

function members(source: Source, sequence: number): TableRead {
  return {
    ...sequences(source),
    table: 'Campaignee',
    key: 'ContactId',
    columns: ['ContactId'],
    filter: { CampaignId: sequence, Status: 'Active' },
  }
}

async function standing(
  client: Client,
  sequence: string,
  contact: RemoteId,
  signal: AbortSignal,
): Promise<Standing> {
  const rows = await client.call(
    'DataService.query',
    {
      table: 'Campaignee',
      limit: ROWS_OF_ONE,
      page: 0,
      queryData: { CampaignId: idOf(sequence), ContactId: Number(contact) },
      selectedFields: ['ContactId', 'Status'],
    },
    { signal },
  )
  const own = rows.filter((row) => String(row['ContactId']) === contact)
  if (own.length === 0) return 'out'
  return own.some((row) => row['Status'] === 'Active') ? 'active' : 'paused'
}
const ROWS_OF_ONE = 10

function idOf(sequence: string): number {
  const id = Number(sequence)
  if (Number.isInteger(id) && id > 0) return id
  throw new ConnectorError('invalid', `${sequence} is not the id of a follow-up sequence`)
}
