/** Adaptix and any other Mautic: joins the client and the codec into a platform, and states what it can do. */
import type {
  ConnectionSettings,
  Platform,
  Reader,
  TargetRules,
  WriteOutcome,
  Writer,
} from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { guarded } from '../../src/connector/guarded.ts'
import type { Kit } from '../../src/connector/kit.ts'
import type { PlatformName, RemoteId } from '../../src/model/id.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { type Account, openAccount } from './account.ts'
import { automationReader, startAutomation } from './automations.ts'
import { capabilitiesOf } from './capabilities.ts'
import { companyReader } from './companies.ts'
import { companyWriter } from './company-writer.ts'
import { checkAccount, listInventory } from './check.ts'
import { scanGroupings } from './groupings.ts'
import { LOGINS } from './login.ts'
import { fetchContacts, findContacts, getContact } from './lookup.ts'
import { join } from './membership.ts'
import { noteReader, noteWriter } from './notes.ts'
import { doneOutcome, refusedOutcome, unknownOutcome } from './outcomes.ts'
import type { Profile } from './profile.ts'
import { ServerRefusal } from './refusal.ts'
import { makeRules } from './rules.ts'
import { scanContacts } from './scan.ts'
import { addOptions, createField, createGroup, createTag } from './setup.ts'
import { writeContacts } from './write.ts'

export const adaptix: Platform = platformNamed('adaptix', 'Adaptix', 'automations')
/** The same software under its own name: automations are called campaigns. */
export const mautic: Platform = platformNamed('mautic', 'Mautic', 'campaigns')

function platformNamed(name: string, title: string, automations: string): Platform {
  const platform = name as PlatformName
  return {
    name: platform,
    aliases: [],
    title,
    logins: LOGINS,
    open: (settings, kit) =>
      readerOf(platform, open(settings, kit, { mayWrite: false, automations })),
    openForWriting: (settings, kit) =>
      writerOf(platform, open(settings, kit, { mayWrite: true, automations })),
  }
}

function open(
  settings: ConnectionSettings,
  kit: Kit,
  how: { readonly mayWrite: boolean; readonly automations: string },
): AccountWithRules {
  return { account: openAccount(settings, kit, how), required: [] }
}

interface AccountWithRules {
  readonly account: Account
  /** Fields a new contact must have, from the newest catalogue. */
  required: readonly FieldDefinition[]
}

function readerOf(platform: PlatformName, held: AccountWithRules): Reader {
  const { account } = held
  let rules: { profile: Profile; required: readonly FieldDefinition[]; made: TargetRules } | null =
    null
  const reader: Reader = {
    platform,
    get capabilities() {
      const { profile, learnt, settings } = account
      return capabilitiesOf({
        profile,
        limits: settings.limits,
        batchCap: learnt.batchCap,
        filters: learnt.filters,
        batchEdits: profile.batchEditIsSafe && learnt.batchEdits,
      })
    },
    get rules() {
      const { profile } = account.client
      // Asked for once a value, and only changed by a version or a catalogue.
      if (rules?.profile !== profile || rules.required !== held.required) {
        const { regions } = account.options
        const { required } = held
        const made = makeRules({ profile: account.profile, regions, required })
        rules = { profile, required, made }
      }
      return rules.made
    },
    check: (signal) => guarded(() => checkAccount(account, signal), signal),
    catalog: (signal) =>
      guarded(async () => {
        const catalog = await account.vocabulary.catalog(signal)
        held.required = catalog.fields.filter((field) => field.isRequired)
        return catalog
      }, signal),
    inventory: (signal) => guarded(() => listInventory(account, signal), signal),
    scan: (request, signal) =>
      guarded(() => {
        switch (request.stream) {
          case 'contacts':
            return scanContacts(account, request, signal)
          case 'groupings':
            return scanGroupings(account, request, signal)
          case 'taggings':
          case 'consents':
            throw new ConnectorError('unsupported', `${request.stream} come with the contacts`)
        }
      }, signal),
    fetch: (ids, signal) => guarded(() => fetchContacts(account, ids, signal), signal),
    find: (probe, signal) => guarded(() => findContacts(account, probe, signal), signal),
    sequences: automationReader(account),
    notes: noteReader(account),
    companies: companyReader(account, () => reader.rules),
    close: () => account.client.close(),
  }
  return reader
}

function writerOf(platform: PlatformName, held: AccountWithRules): Writer {
  const { account } = held
  const reader = readerOf(platform, held)
  // Getters are kept: capabilities and rules change with what is learnt.
  return Object.defineProperties({} as Writer, {
    ...Object.getOwnPropertyDescriptors(reader),
    ...Object.getOwnPropertyDescriptors(writes()),
  })

  function writes(): Omit<Writer, keyof Reader> {
    return {
      write: (batch, signal) => guarded(() => writeContacts(account, batch, signal), signal),
      join: (group, change, signal) =>
        guarded(() => join(account, group, { ...change, signal }), signal),
      remove: (ids, signal) => guarded(() => removeContacts(account, ids, signal), signal),
      start: (id, contactId, signal) =>
        guarded(() => startAutomation(account, { id, contactId }, signal), signal),
      noteWriter: noteWriter(account),
      companyWriter: companyWriter(account),
      createField: (draft, signal) => guarded(() => createField(account, draft, signal), signal),
      addOptions: (field, options, signal) =>
        guarded(() => addOptions(account, field, { options, signal }), signal),
      createTag: (tag, signal) => guarded(() => createTag(account, tag.name, signal), signal),
      createGroup: (group, signal) =>
        guarded(() => createGroup(account, group.name, signal), signal),
      call: (operation, input, signal) =>
        guarded(() => account.client.callByName(operation, input, signal), signal),
    }
  }
}

/** A merged id answers for its survivor and deletes it, so each is looked at first (README, "merged contacts"). */
async function removeContacts(
  account: Account,
  ids: readonly RemoteId[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  for (const id of ids) {
    const seen = await getContact(account, id, signal)
    if (seen.kind === 'inconclusive') outcomes.push(unknownOutcome(seen.message))
    else if (seen.kind !== 'found') outcomes.push({ kind: 'gone' })
    else outcomes.push(await removeContact(account, id, signal))
  }
  return outcomes
}

async function removeContact(
  account: Account,
  id: RemoteId,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  try {
    await account.client.call('contacts.delete', { id }, signal)
    return doneOutcome(id, null)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (error instanceof ServerRefusal && ['gone', 'invalid', 'stale'].includes(error.kind)) {
      return refusedOutcome(error.status, error.server)
    }
    if (error.kind === 'unknown' || error.kind === 'protocol') return unknownOutcome(error.message)
    throw error
  }
}
