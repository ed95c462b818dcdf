/** Compares the two accounts past everything the engine says of itself; of the engine it only asks who was set aside, and which losses it told. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { CaseKind } from '../../src/state/cases.ts'
import { FIELDS, fieldOf, type ListField } from './hands.ts'
import { chosenBy, hasArrived } from './options.ts'
import type { Violation } from './watch.ts'
import type { Side } from './phase.ts'
import type { World } from './world.ts'

const SYNC = 'move'

/** What is wrong, in words; empty: nothing. */
export async function mistakes(
  world: World,
  reading: 'incremental' | 'whole',
): Promise<readonly Violation[]> {
  const { from, to } = world.sides
  const found: Violation[] = []
  const differing = reading === 'incremental' ? 'I5' : 'I10'
  const targets = to.simulator.snapshot()
  const byId = new Map(targets.map((contact) => [contact.id, contact]))
  const byMarker = Map.groupBy(targets, markerOf)
  const aside = await setAside(world)
  const links = new Map(
    (await world.store.links.page(SYNC, null, 10_000)).map(({ fromId, toId }) => [
      bare(fromId),
      bare(toId),
    ]),
  )
  const lists = { from: from.hands.lists(), to: to.hands.lists() }
  for (const source of from.simulator.snapshot()) {
    if (aside.has(source.id)) continue
    const marked = byMarker.get(`source:${source.id}`) ?? []
    const linked = byId.get(links.get(source.id) ?? '')
    const there = linked ?? marked[0]
    if (there === undefined) {
      const who = `${source.id} <${source.emails[0] ?? ''}>`
      found.push({
        invariant: 'I1',
        text: `${who} is nowhere at the target, and nobody was told`,
      })
      continue
    }
    for (const text of await differences(world, { source, target: there, lists }, reading))
      found.push({ invariant: differing, text })
  }
  for (const text of twins(world, targets, { linked: new Set(links.values()), aside }))
    found.push({ invariant: 'I3', text })
  return found
}

/** A contact at the target that no person made and no link knows was made twice. */
function twins(
  world: World,
  targets: readonly SimulatedContact[],
  { linked, aside }: { readonly linked: ReadonlySet<string>; readonly aside: ReadonlySet<string> },
): readonly string[] {
  const found: string[] = []
  for (const [marker, contacts] of Map.groupBy(targets, markerOf))
    if (marker !== '' && contacts.length > 1)
      found.push(
        `${marker} is there ${contacts.length} times: ${contacts.map(({ id }) => id).join(', ')}`,
      )
  // Who may be there already is asked about.
  const people = world.sides.from.simulator.snapshot().filter(({ id }) => !aside.has(id))
  const sources = new Set(people.map(({ id }) => `source:${id}`))
  for (const contact of targets) {
    if (world.history.byPeople.to.has(contact.id) || linked.has(contact.id)) continue
    const marker = markerOf(contact)
    // Its source contact is gone: in one direction without removals it stays.
    if (marker === '' ? !people.some((one) => isCopy(world, one, contact)) : !sources.has(marker))
      continue
    found.push(`${contact.id} at the target was made by nobody and belongs to nobody`)
  }
  return found
}

/** Without a marker: every value here is somebody's own, so who shares two of them is the same person. */
function isCopy(world: World, source: SimulatedContact, target: SimulatedContact): boolean {
  const { from, to } = world.sides
  const same = FIELDS.filter((field) => {
    const value = clean(fieldOf(from.hands, source, field))
    return value !== '' && value === clean(fieldOf(to.hands, target, field))
  })
  return same.includes('given') && same.includes('family')
}

export function markerOf(contact: SimulatedContact): string {
  const found = Object.values(contact.fields).find((value) => /^source:(?:\d+\/)?\d+$/.test(value))
  return found === undefined ? '' : `source:${bare(found.slice('source:'.length))}`
}

/** Without the number of the account, which one platform puts in front. */
export function bare(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** Records that wait for a person, by id, at the source unless told. */
export async function setAside(
  world: World,
  kinds: readonly CaseKind[] = ['hold', 'reject'],
  side: Side = 'from',
): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const kind of kinds)
    for (const open of await world.store.cases.list({ sync: SYNC, kind, limit: 10_000 }))
      if (open.side === side) ids.add(bare(open.record))
  return ids
}

interface Compared {
  readonly source: SimulatedContact
  readonly target: SimulatedContact
  readonly lists: Readonly<Record<'from' | 'to', readonly ListField[]>>
}

async function differences(
  world: World,
  { source, target, lists }: Compared,
  reading: 'incremental' | 'whole',
): Promise<readonly string[]> {
  const { from, to } = world.sides
  const found: string[] = []
  const say = (what: string, a: unknown, b: unknown) => {
    found.push(
      `${source.id} → ${target.id}: ${what}: ${JSON.stringify(a)} became ${JSON.stringify(b)}`,
    )
  }
  for (const field of FIELDS) {
    const [a, b] = [
      clean(fieldOf(from.hands, source, field)),
      clean(fieldOf(to.hands, target, field)),
    ]
    if (a === b || a === '') continue
    const typed = [...(world.history.typed.get(`${target.id} ${field}`) ?? [])]
    // What becomes of it where both sides are written is looked at from the other side too.
    if (typed.some((value) => clean(value) === b)) continue
    if (!(await isToldAsLoss(world, source.id, field))) say(field, a, b)
  }
  const email = source.fields[from.hands.words.email] ?? ''
  const isTyped = (value: string) =>
    world.history.typed.get(`${target.id} email`)?.has(value) === true ||
    (value === '' && world.history.emptied.to.has(`${target.id} email`))
  const isTaken = to.simulator
    .snapshot()
    .some((other) => other.id !== target.id && fold(other.emails[0] ?? '') === fold(email))
  if (email !== '' && fold(email) !== fold(target.emails[0] ?? '') && !isTaken)
    if (!world.history.byPeople.to.has(target.id) && !isTyped(target.emails[0] ?? ''))
      say('e-mail', email, target.emails)
  // What stood there before, or was made there, keeps what people chose for it.
  if (!world.history.byPeople.to.has(target.id))
    for (const chosen of chosenBy(lists.from, source))
      if (!hasArrived(chosen, { lists: lists.to, contact: target }))
        say(`choice of ${chosen.list.handle}`, chosen.value, target.fields)
  const tags = target.tags.map(tagWord)
  const missing = source.tags.filter(
    (tag) =>
      !tags.some((other) => other.endsWith(tagWord(tag))) &&
      !staysAway(world, `to ${target.id}`, tag),
  )
  // A tag moves no stamp there, so only a whole reading shows it; the connector's README says so.
  const isHidden = reading === 'incremental' && from.simulator.platform === 'xml-spec'
  if (missing.length > 0 && !isHidden && !(await isToldAsLoss(world, source.id, 'tags')))
    say('tags', missing, target.tags)
  // In two directions "never consented" travels when a pair first meets; later it may be our own doing.
  const { askedOut, given } = world.history
  const isOwn =
    given.from.has(`${source.id} ${fold(email)}`) && !world.history.byPeople.to.has(target.id)
  const isMeant = !world.deal.isTwoWay || isOwn || askedOut.from.has(fold(email))
  const isOut =
    email !== '' && isMeant && source.optedOut.some((address) => fold(address) === fold(email))
  if (isOut && fold(target.emails[0] ?? '') === fold(email) && target.optedOut.length === 0)
    say('opt-out', source.optedOut, target.optedOut)
  return found
}

const PATHS: Readonly<Record<string, string>> = {
  given: 'givenName',
  family: 'familyName',
  city: 'addresses.main.city',
  postalCode: 'addresses.main.postalCode',
  jobTitle: 'jobTitle',
  tags: 'tags',
}

export async function isToldAsLoss(
  world: World,
  id: string,
  field: string,
  side: Side = 'from',
): Promise<boolean> {
  const links = await world.store.links.page(SYNC, null, 10_000)
  const known = links
    .map(({ fromId, toId }) => (side === 'from' ? fromId : toId))
    .find((one) => bare(one) === id)
  if (known === undefined) return false
  const ops = await world.store.plans.opsOfRecord(SYNC, side, known, 50)
  return ops.some(({ op }) => op.op.losses.some((loss) => loss.field === PATHS[field]))
}

export function clean(text: string): string {
  return text.normalize('NFC').replace(/\r\n/g, '\n').trim()
}
export function fold(text: string): string {
  return clean(text).toLowerCase()
}

/** Somebody took it off there, and nothing takes it off here: one platform cannot, and its mappings say so. */
export function staysAway({ history, sides }: World, who: string, tag: string): boolean {
  const isBound = Object.values(sides).some(({ simulator }) => simulator.platform === 'xml-spec')
  const off = [...(history.untagged.get(who) ?? [])]
  return isBound && off.some((other) => fold(tag).endsWith(other) || other.endsWith(fold(tag)))
}

/** One platform takes markup out of names, another one double blanks. */
export function tagWord(tag: string): string {
  return fold(tag.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' '))
}
