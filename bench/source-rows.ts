/** Counts what a simulated Infusionsoft account holds, by asking it as the engine did: same login, another question. */
import { request } from 'undici'
import { decodeCall, decodeReply } from '../connectors/infusionsoft/reply.ts'
import { encodeCall, int, struct, text } from '../connectors/infusionsoft/xml-rpc.ts'
import type { Recording } from './recording.ts'
import type { World } from './world.ts'

export type SourceRows = Readonly<Record<SourceTable, number>>
export type SourceTable = (typeof SOURCE_TABLES)[number]

/** Tables of the catalogue, then those that are read as streams. */
export const CATALOGUE_TABLES = [
  'DataFormField',
  'ContactGroupCategory',
  'ContactGroup',
  'User',
] as const
export const STREAM_TABLES = [
  'Contact',
  'ContactGroupAssign',
  'EmailAddStatus',
  'Company',
  'ContactAction',
] as const
const SOURCE_TABLES = [...CATALOGUE_TABLES, ...STREAM_TABLES] as const

export async function sourceRows(world: World, recording: Recording): Promise<SourceRows> {
  const example = recording.steps.find((step) => step.side === 'from')
  if (example === undefined) throw new Error('nothing was asked of the source')
  const [key] = decodeCall(example.body).parameters
  const count = async (table: SourceTable): Promise<number> => {
    const filter = table === 'DataFormField' ? ([['FormId', int(-1)]] as const) : []
    const body = encodeCall('DataService.count', [text(String(key)), text(table), struct(filter)])
    const answer = await request(`${world.accounts.from.origin}${example.path}`, {
      method: 'POST',
      headers: [...example.headers],
      body,
    })
    const reply = decodeReply(await answer.body.text())
    if (reply.kind === 'fault') throw new Error(`the source does not count ${table}: ${reply.text}`)
    return Number(reply.value)
  }
  const counted: [string, number][] = []
  for (const table of SOURCE_TABLES) counted.push([table, await count(table)])
  return Object.fromEntries(counted) as SourceRows
}
