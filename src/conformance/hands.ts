/** Hands that write to the probed account: records of their own only, told by their addresses and removed afterwards. */
import type { ContactWrite, WriteOutcome, Writer } from '../connector/connector.ts'
import type { Consent } from '../model/consent.ts'
import type { Fields } from '../model/field.ts'
import type { RemoteId } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Catalog, FieldDefinition, Group, Tag } from '../model/vocabulary.ts'
import type { Bench } from './bench.ts'
import { Unmet } from './unmet.ts'
import { sampleOf } from './samples.ts'

/** What is written; all of it may be left out. */
export interface Change {
  readonly fields?: Fields
  readonly addTags?: readonly Tag[]
  readonly removeTags?: readonly Tag[]
  readonly addGroups?: readonly Group[]
  readonly removeGroups?: readonly Group[]
  readonly consents?: readonly Consent[]
}

export interface Hands {
  readonly writer: Writer
  readonly catalog: Catalog
  /** An address that nobody has and no mail reaches. */
  address(): string
  /** Names and an address, with all that the account requires. */
  person(fields?: Fields): Fields
  /** Creates one contact. Throws Unmet when the platform does not. */
  create(change?: Change): Promise<RemoteId>
  /** Creates in one call and answers with the outcomes as they come. */
  createAll(changes: readonly Change[]): Promise<readonly WriteOutcome[]>
  update(id: RemoteId, change: Change): Promise<WriteOutcome>
  /** `current`: readings that the platform may check against. */
  updateAll(
    changes: readonly (Change & { readonly current: Sighting })[],
  ): Promise<readonly WriteOutcome[]>
  /** A reading by id. Throws Unmet when there is none. */
  see(id: RemoteId): Promise<Sighting>
  /** A tag for probes: the one of an earlier run, or a new one. */
  tag(): Promise<Tag>
  group(): Promise<Group>
  /** Removes everything that was created, where the platform can. Answers with what it left behind. */
  clear(): Promise<readonly RemoteId[]>
}

/** Tag and group keep this name; contacts carry it as family name. */
export const PROBE_NAME = 'Ferry Probe'
/** Reserved for documentation: no mail is ever delivered there. */
const DOMAIN = 'example.com'

export async function handsOf(bench: Bench, writer: Writer): Promise<Hands> {
  const { signal, nonce } = bench
  const catalog = await writer.catalog(signal)
  const mine = new Set<RemoteId>()
  let count = 0

  const required = Object.fromEntries(
    catalog.fields
      .filter(({ isRequired, writable, isUnique }) => isRequired && writable && !isUnique)
      .flatMap((field) => {
        const sample = sampleOf(field)
        return sample === null ? [] : [[field.path, sample]]
      }),
  ) as Fields

  async function send(batch: readonly ContactWrite[]): Promise<readonly WriteOutcome[]> {
    const outcomes = await writer.write(batch, signal)
    for (const outcome of outcomes) if (outcome.kind === 'done') mine.add(outcome.id)
    return outcomes
  }
  function written(
    op: 'create' | 'update',
    change: Change,
    current: Sighting | null,
  ): ContactWrite {
    count += 1
    return {
      key: `${nonce}-${count}`,
      op,
      id: current?.id ?? null,
      fields: change.fields ?? {},
      tags: { add: change.addTags ?? [], remove: change.removeTags ?? [] },
      groups: { add: change.addGroups ?? [], remove: change.removeGroups ?? [] },
      consents: change.consents ?? [],
      current,
    }
  }

  const hands: Hands = {
    writer,
    catalog,
    address() {
      count += 1
      return `ferry-probe-${nonce}-${count}@${DOMAIN}`
    },
    person: (fields = {}) => ({
      ...required,
      // Some platforms take namesakes for one person.
      givenName: `Anna ${nonce}-${count + 1}`,
      familyName: PROBE_NAME,
      'emails.1': hands.address(),
      ...fields,
    }),
    async create(change = {}) {
      const [outcome] = await hands.createAll([change])
      if (outcome?.kind === 'done') return outcome.id
      throw new Unmet('creates a contact', outcomeText(outcome))
    },
    createAll: (changes) =>
      send(
        changes.map((change) =>
          written('create', { ...change, fields: change.fields ?? hands.person() }, null),
        ),
      ),
    async update(id, change) {
      const [outcome] = await hands.updateAll([{ ...change, current: await hands.see(id) }])
      if (outcome === undefined) throw new Unmet('one outcome per item', 'none')
      return outcome
    },
    updateAll: (changes) =>
      send(changes.map((change) => written('update', change, change.current))),
    async see(id) {
      const [fetched] = await writer.fetch([id], signal)
      if (fetched?.kind === 'found') return fetched.sighting
      throw new Unmet(`contact ${id} is found by its id`, fetched?.kind ?? 'no answer')
    },
    async tag() {
      const known = (await writer.catalog(signal)).tags.find(({ name }) => name === PROBE_NAME)
      return known ?? (await writer.createTag({ name: PROBE_NAME, category: null }, signal))
    },
    async group() {
      const known = (await writer.catalog(signal)).groups.find(({ name }) => name === PROBE_NAME)
      return known ?? (await writer.createGroup({ name: PROBE_NAME }, signal))
    },
    async clear() {
      const ids = [...mine]
      if (ids.length === 0) return []
      if (writer.capabilities.remove === false) return ids
      const left: RemoteId[] = []
      for (const id of ids) {
        const [outcome] = await writer.remove([id], signal)
        if (outcome?.kind === 'done' || outcome?.kind === 'gone') continue
        const [fetched] = await writer.fetch([id], signal)
        if (fetched?.kind === 'found') left.push(id)
      }
      return left
    },
  }
  return hands
}

/** Text fields in which nothing has a meaning of its own, for writing and reading back. */
export function plainFields(catalog: Catalog): readonly FieldDefinition[] {
  const rank = ({ path }: FieldDefinition) => {
    const place = PLAIN_FIRST.indexOf(path)
    return place === -1 ? PLAIN_FIRST.length : place
  }
  return catalog.fields
    .filter(
      ({ path, type, readable, writable, isUnique }) =>
        type === 'text' && readable && writable && !isUnique && !NOT_PLAIN.test(path),
    )
    .toSorted((a, b) => rank(a) - rank(b))
}
const PLAIN_FIRST = ['jobTitle', 'addresses.main.city', 'addresses.main.line1']
/** Names tell people apart, companies may be records, owners are keys, salutations may be lists. */
const NOT_PLAIN =
  /^(?:givenName|familyName|company|owner|prefix|gender|custom\.(?:companies|SecondaryCompanies))$/

export function outcomeText(outcome: WriteOutcome | undefined): string {
  if (outcome === undefined) return 'no outcome'
  switch (outcome.kind) {
    case 'done':
      return outcome.wasCreated ? `created ${outcome.id}` : `changed ${outcome.id}`
    case 'rejected':
    case 'unknown':
      return `${outcome.kind}: ${outcome.message}`
    case 'exists':
      return `exists as ${outcome.id}`
    case 'stale':
    case 'gone':
      return outcome.kind
  }
}
