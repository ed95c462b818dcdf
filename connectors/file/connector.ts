/** CSV and NDJSON files as an account: joins the client and the codec into a platform. */
import type { ConnectionSettings, Platform, Reader, Writer } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Kit } from '../../src/connector/kit.ts'
import type { PlatformName } from '../../src/model/id.ts'
import { capabilitiesOf } from './capabilities.ts'
import { checkFile } from './check.ts'
import { type Client, openClient } from './client.ts'
import { faultOf } from './faults.ts'
import { fetchContacts, findContacts } from './lookup.ts'
import { mergeLog } from './merge.ts'
import { readOptions } from './options.ts'
import { rulesOf } from './rules.ts'
import { scanPage } from './scan.ts'
import { addOptions, createField, createGroup, createTag } from './setup.ts'
import { catalogOf } from './vocabulary.ts'
import { removeContacts, writeContacts } from './write.ts'

const NAME = 'file' as PlatformName

export const file: Platform = {
  name: NAME,
  aliases: ['csv', 'ndjson'],
  title: 'CSV or NDJSON file',
  logins: [[]],
  open: (settings, kit) => readerOf(open(settings, kit), { mayWrite: false }),
  openForWriting: (settings, kit) => writerOf(open(settings, kit)),
}

interface Opened {
  readonly client: Client
  /** One question at a time: each may move what the client knows of the file. */
  readonly alone: Alone
}
type Alone = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

function open(settings: ConnectionSettings, kit: Kit): Opened {
  return { client: openClient(readOptions(settings), kit), alone: queue() }
}

function readerOf({ client, alone }: Opened, more: { readonly mayWrite: boolean }): Reader {
  return {
    platform: NAME,
    capabilities: capabilitiesOf(client.options),
    rules: rulesOf(client.options.format),
    check: (signal) => alone(signal, () => checkFile(client, more, signal)),
    catalog: (signal) => alone(signal, async () => catalogOf(await client.view(signal))),
    inventory: () => Promise.resolve([]),
    scan: (request, signal) =>
      alone(signal, () => {
        if (request.stream === 'contacts') return scanPage(client, request, signal)
        throw new ConnectorError('unsupported', `${request.stream} come with the contacts`)
      }),
    fetch: (ids, signal) => alone(signal, () => fetchContacts(client, ids, signal)),
    find: (probe, signal) => alone(signal, () => findContacts(client, probe, signal)),
    close: () => alone(NEVER, () => client.close()),
  }
}

function writerOf(opened: Opened): Writer {
  const { client, alone } = opened
  return {
    ...readerOf(opened, { mayWrite: true }),
    write: (batch, signal) => alone(signal, () => writeContacts(client, batch, signal)),
    remove: (ids, signal) => alone(signal, () => removeContacts(client, ids, signal)),
    join: () =>
      Promise.reject(new ConnectorError('unsupported', 'groups travel with the contact here')),
    createField: (draft, signal) => alone(signal, () => createField(client, draft, signal)),
    addOptions: (field, options, signal) =>
      alone(signal, () => addOptions(client, field, { options, signal })),
    createTag: (tag, signal) => alone(signal, () => createTag(client, tag.name, signal)),
    createGroup: (group, signal) => alone(signal, () => createGroup(client, group.name, signal)),
    call: (operation) =>
      Promise.reject(new ConnectorError('unsupported', `a file has no operation "${operation}"`)),
    close: () =>
      alone(NEVER, async () => {
        try {
          await mergeLog(client, NEVER)
        } finally {
          await client.close()
        }
      }),
  }
}

/** Closing is never cut off. */
const NEVER = new AbortController().signal

/** Runs one piece of work at a time, in order of asking; every error leaves as ConnectorError, or as the reason of the signal. */
function queue(): Alone {
  let tail: Promise<unknown> = Promise.resolve()
  return (signal, work) => {
    const mine = tail.then(async () => {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        throw faultOf(error)
      }
    })
    tail = mine.catch(() => undefined)
    return mine
  }
}
