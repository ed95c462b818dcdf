/** The XML-spec API of GreenRope and its resellers: joins the client and the codec into a platform, and states what it can do. */
import pLimit from 'p-limit'
import type {
  ConnectionSettings,
  ContactWrite,
  Platform,
  Reader,
  WriteOutcome,
  Writer,
} from '../../src/connector/connector.ts'
import { guarded } from '../../src/connector/guarded.ts'
import type { Kit } from '../../src/connector/kit.ts'
import type { PlatformName } from '../../src/model/id.ts'
import { type Account, openAccount } from './account.ts'
import { capabilitiesOf } from './capabilities.ts'
import { readCatalog } from './catalog.ts'
import { checkAccount, listInventory } from './check.ts'
import { createContacts } from './creates.ts'
import { LOGINS } from './login.ts'
import { fetchContacts, findContacts } from './lookup.ts'
import { join } from './membership.ts'
import { removeContacts } from './removal.ts'
import { rules } from './rules.ts'
import { scanPage } from './scan.ts'
import { updateContacts } from './updates.ts'
import { addOptions, createField, createGroup, createTag } from './vocabulary-writer.ts'

const NAME = 'xml-spec' as PlatformName

export const xmlSpec: Platform = {
  name: NAME,
  aliases: ['greenrope'],
  title: 'XML-spec API (GreenRope and resellers)',
  logins: LOGINS,
  open: (settings, kit) => reader(open(settings, kit, false)),
  openForWriting: (settings, kit) => writer(open(settings, kit, true)),
}

function open(settings: ConnectionSettings, kit: Kit, mayWrite: boolean): Account {
  return openAccount(settings, kit, { mayWrite })
}

function reader(account: Account): Reader {
  return {
    platform: NAME,
    capabilities: capabilitiesOf(account),
    rules,
    check: (signal) => guarded(() => checkAccount(account, signal), signal),
    catalog: (signal) => guarded(() => readCatalog(account, signal), signal),
    inventory: (signal) => guarded(() => listInventory(account, signal), signal),
    scan: (request, signal) => guarded(() => scanPage(account, request, signal), signal),
    fetch: (ids, signal) => guarded(() => fetchContacts(account, ids, signal), signal),
    find: (probe, signal) => guarded(() => findContacts(account, probe, signal), signal),
    close: () => account.client.close(),
  }
}

function writer(account: Account): Writer {
  // One write at a time: the server works batches off item by item, and nothing says how two of them mix.
  const alone = pLimit(1)
  return {
    ...reader(account),
    write: (batch, signal) =>
      alone(() => guarded(() => writeContacts(account, batch, signal), signal)),
    join: (group, change, signal) =>
      alone(() => guarded(() => join(account, group, { ...change, signal }), signal)),
    remove: (ids, signal) =>
      alone(() => guarded(() => removeContacts(account, ids, signal), signal)),
    createField: (draft, signal) =>
      alone(() => guarded(() => createField(account, draft, signal), signal)),
    addOptions: (field, options, signal) =>
      alone(() => guarded(() => addOptions(account, field, { options, signal }), signal)),
    createTag: (tag, signal) => guarded(() => Promise.resolve(createTag(tag.name)), signal),
    createGroup: (group, signal) =>
      alone(() => guarded(() => createGroup(account, group.name, signal), signal)),
    call: (operation, input, signal) =>
      guarded(() => account.client.callByName(operation, input, signal), signal),
  }
}

async function writeContacts(
  account: Account,
  batch: readonly ContactWrite[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const [first] = batch
  if (first === undefined) return []
  return first.op === 'create'
    ? await createContacts(account, batch, signal)
    : await updateContacts(account, batch, signal)
}
