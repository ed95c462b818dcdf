/**
 * Bases: what each side showed when both last agreed, as keyed hashes. A side is compared with its own base only, so a target's own
 * rewriting is not a change, and a stolen state file tells nobody's name.
 */
import { type Consent, isOptedOut } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import { hashText } from '../model/hash.ts'
import { ITEM_SEPARATOR, NORM_VERSION } from '../model/norm.ts'
import { elementHash, SLOT_CHARACTERS, slotHash } from './slot-hash.ts'

/** What one side shows, in normal form, by slot (the rule's target path). Empty values are left out. */
export interface Shown {
  readonly fields: ReadonlyMap<string, string>
  /** Everything shown as `name: value` texts whose names outlive the creation of planned fields, in ascending order; hashed as a whole. */
  readonly record: readonly string[]
  /** Names of mapped elements, folded by `foldName`; null: not told. */
  readonly tags: ReadonlySet<string> | null
  readonly groups: ReadonlySet<string> | null
  /** Slots of several choices, of which a base remembers each by itself; absent: none. */
  readonly choices?: ReadonlySet<string>
  /** Texts of the opt-outs it asks for, by `optOutText`; empty at a target that only receives. */
  readonly optOuts: readonly string[]
}

/** A base, unpacked. */
export interface Base {
  /** Hash over everything: equal means nothing changed, without looking at slots. */
  readonly record: string
  readonly fields: Readonly<Record<string, string>>
  /** Each choice of slots that hold several; a slot that shows something and is missing here was not remembered so. */
  readonly choices: Readonly<Record<string, ReadonlySet<string>>>
  readonly tags: ReadonlySet<string> | null
  readonly groups: ReadonlySet<string> | null
  readonly optOuts: ReadonlySet<string>
}

/** Slots, tags and groups (as a base remembers them) that one op answers for, and whether opt-outs are among it. */
export interface Part {
  readonly fields: readonly string[]
  readonly tags: readonly string[]
  readonly groups: readonly string[]
  readonly hasOptOuts: boolean
}

/**
 * A packed base is text, `;` between its parts: `1 HASH` (normal forms and record), tags, groups and opt-outs (their hashes one behind the
 * other; `-`: not told), then `HASHslot` for every slot that shows something, followed by U+001F and the hashes of its choices where it holds several.
 * Written once or twice for every contact of every run, and mostly only asked for its record.
 */
export function packBase(key: string, shown: Shown): string {
  const { tags, groups, optOuts, choices } = shown
  const head = VERSION_PREFIX + recordHash(key, shown)
  const parts = [head, packSet(key, tags), packSet(key, groups), packSet(key, optOuts)]
  for (const [slot, value] of shown.fields) {
    const part = slotHash(key, slot, value) + escaped(slot)
    const isSeveral = choices?.has(slot) === true
    parts.push(isSeveral ? part + CHOICES_MARK + packSet(key, value.split(ITEM_SEPARATOR)) : part)
  }
  return parts.join(';')
}
const PARTS_BEFORE_SLOTS = 4
/** In no path: between a slot and the hashes of its choices. */
const CHOICES_MARK = '\u001f'

/** One slot of a packed base. `kept`: its hash, and those of its choices behind the mark. */
interface Entry {
  readonly slot: string
  readonly kept: string
}

function entryOf(part: string): Entry {
  const mark = part.indexOf(CHOICES_MARK, SLOT_CHARACTERS)
  const hash = part.slice(0, SLOT_CHARACTERS)
  return mark < 0
    ? { slot: unescaped(part.slice(SLOT_CHARACTERS)), kept: hash }
    : { slot: unescaped(part.slice(SLOT_CHARACTERS, mark)), kept: hash + part.slice(mark) }
}

function partOf({ slot, kept }: Entry): string {
  return kept.slice(0, SLOT_CHARACTERS) + escaped(slot) + kept.slice(SLOT_CHARACTERS)
}
const NOT_TOLD = '-'

function packSet(key: string, names: Iterable<string> | null): string {
  if (names === null) return NOT_TOLD
  const hashes: string[] = []
  for (const name of names) hashes.push(elementHash(key, name))
  return hashes.length < 2 ? (hashes[0] ?? '') : hashes.sort().join('')
}

function unpackSet(hashes: string): ReadonlySet<string> | null {
  if (hashes === NOT_TOLD) return null
  const set = new Set<string>()
  for (let at = 0; at < hashes.length; at += SLOT_CHARACTERS)
    set.add(hashes.slice(at, at + SLOT_CHARACTERS))
  return set
}

/** A packed base taken apart without being understood: hashes stay hashes. */
export interface Packed {
  head: string
  tags: ReadonlySet<string> | null
  groups: ReadonlySet<string> | null
  optOuts: ReadonlySet<string> | null
  /** With the hashes of its choices behind its own, where it has such. */
  readonly slots: Map<string, string>
}

export function dissected(packed: string): Packed {
  const [head = '', tags = '', groups = '', optOuts = '', ...slots] = packed.split(';')
  return {
    head,
    tags: unpackSet(tags),
    groups: unpackSet(groups),
    optOuts: unpackSet(optOuts),
    slots: new Map(slots.map(entryOf).map(({ slot, kept }) => [slot, kept])),
  }
}

export function assembled({ head, tags, groups, optOuts, slots }: Packed): string {
  const set = (hashes: ReadonlySet<string> | null) =>
    hashes === null ? NOT_TOLD : [...hashes].sort().join('')
  const parts = [head, set(tags), set(groups), set(optOuts)]
  for (const [slot, kept] of slots) parts.push(partOf({ slot, kept }))
  return parts.join(';')
}

/** The head of a base that nobody has to agree with: its record is looked at again. */
export const OPEN_HEAD = `${NORM_VERSION} `

function escaped(slot: string): string {
  return slot.includes(';') || slot.includes('%') ? encodeURIComponent(slot) : slot
}
function unescaped(slot: string): string {
  return slot.includes('%') ? decodeURIComponent(slot) : slot
}

/** null for no base, and for one made under other normal forms: it counts as never agreed. */
export function unpackBase(packed: string | null): Base | null {
  const record = recordOf(packed)
  if (packed === null || record === null) return null
  const [, tags = '', groups = '', optOuts = '', ...slots] = packed.split(';')
  const fields: Record<string, string> = {}
  const choices: Record<string, ReadonlySet<string>> = {}
  const hasChoices = packed.includes(CHOICES_MARK)
  for (const part of slots) {
    if (!hasChoices || !part.includes(CHOICES_MARK)) {
      fields[unescaped(part.slice(SLOT_CHARACTERS))] = part.slice(0, SLOT_CHARACTERS)
      continue
    }
    const { slot, kept } = entryOf(part)
    fields[slot] = kept.slice(0, SLOT_CHARACTERS)
    choices[slot] = unpackSet(kept.slice(SLOT_CHARACTERS + CHOICES_MARK.length)) ?? new Set()
  }
  return {
    record,
    fields,
    choices,
    tags: unpackSet(tags),
    groups: unpackSet(groups),
    optOuts: unpackSet(optOuts) ?? new Set(),
  }
}

/** The record hash of a packed base, without unpacking the rest. null as in `unpackBase`. */
export function recordOf(packed: string | null): string | null {
  if (packed === null || !packed.startsWith(VERSION_PREFIX)) return null
  return packed.slice(VERSION_PREFIX.length, packed.indexOf(';'))
}
const VERSION_PREFIX = OPEN_HEAD

/**
 * Slots on which the sides still differ keep the hash of the time they last agreed, and get none where they never did; an unsettled record
 * is looked at again in any case.
 */
export function keepSlots(
  packed: string,
  {
    old,
    kept,
    isSettled,
  }: { readonly old: string | null; readonly kept: readonly string[]; readonly isSettled: boolean },
): string {
  if (isSettled && kept.length === 0) return packed
  const was = recordOf(old) === null || old === null ? null : dissected(old)
  const before = was?.slots
  const leaves = new Set(kept)
  const parts = packed.split(';')
  const head = parts.slice(0, PARTS_BEFORE_SLOTS)
  if (!isSettled) head[0] = VERSION_PREFIX
  head[1] = keepElements('tags', head[1] ?? '', { old: was?.tags ?? null, kept })
  head[2] = keepElements('groups', head[2] ?? '', { old: was?.groups ?? null, kept })
  const slots = parts.slice(PARTS_BEFORE_SLOTS).filter((part) => !leaves.has(entryOf(part).slot))
  for (const slot of kept) {
    const was = before?.get(slot)
    if (was !== undefined) slots.push(partOf({ slot, kept: was }))
  }
  return [...head, ...slots].join(';')
}

/** Among the slots that keep their old hash: a tag or a group, which is remembered as it was, there or not. */
export function keptElement(set: 'tags' | 'groups', hash: string): string {
  return `${ELEMENT_MARK}${set} ${hash}`
}
/** In no path. */
const ELEMENT_MARK = '\u001e'

function keepElements(
  set: 'tags' | 'groups',
  packed: string,
  { old, kept }: { readonly old: ReadonlySet<string> | null; readonly kept: readonly string[] },
): string {
  const mark = keptElement(set, '')
  const hashes = kept.flatMap((each) => (each.startsWith(mark) ? [each.slice(mark.length)] : []))
  const now = unpackSet(packed)
  if (hashes.length === 0 || now === null) return packed
  const all = new Set(now)
  for (const hash of hashes) {
    if (old?.has(hash) === true) all.add(hash)
    else all.delete(hash)
  }
  return [...all].sort().join('')
}

/** What an op carries for the time after it: bases of both sides, and which slots keep their old one. */
export interface OpBase {
  /** null: only the read-back after the write will tell. */
  readonly from: string | null
  readonly to: string | null
  readonly kept: readonly string[]
  readonly isSettled: boolean
  /** What this op answers for, where both sides may be written; then `from` and `to` are what the plan saw, to the letter. */
  readonly own?: Part
  /** Of a contact that is created where both sides may be written: the elements it is given. What else it shows afterwards somebody added. */
  readonly given?: Pick<Part, 'tags' | 'groups'>
}

/** Slots of fields that were provisional when the plan was made get the paths they were given. */
export function renameSlots(packed: string, real: ReadonlyMap<string, string>): string {
  if (real.size === 0 || !packed.includes(PROVISIONAL)) return packed
  const parts = packed.split(';')
  for (let at = PARTS_BEFORE_SLOTS; at < parts.length; at += 1) {
    const part = parts[at] ?? ''
    if (!part.startsWith(PROVISIONAL, SLOT_CHARACTERS)) continue
    const { slot, kept } = entryOf(part)
    const path = real.get(slot)
    if (path !== undefined) parts[at] = partOf({ slot: path, kept })
  }
  return parts.join(';')
}
/** As every provisional path begins, escaped or not. */
const PROVISIONAL = 'custom.new'

/** Hash of everything shown; the quick question "did anything change". */
export function recordHash(key: string, shown: Shown): string {
  const { tags, groups } = shown
  // Grown, not joined: a long note is then copied once less.
  let text = ''
  let glue = ''
  const add = (part: string) => {
    text += glue + part
    glue = '\u001d'
  }
  for (const part of shown.record) add(part)
  if (tags !== null) add(`tags\u001e${ordered(tags)}`)
  for (const optOut of shown.optOuts.toSorted()) add(`consent\u001e${optOut}`)
  if (groups !== null) add(`groups\u001e${ordered(groups)}`)
  return hashText(key, text)
}

function ordered(names: ReadonlySet<string>): string {
  return names.size === 0 ? '' : [...names].sort().join('\u001f')
}

/** One opt-out of a contact as text: what a base remembers of it. null: it forbids nothing. */
export function optOutText(consent: Consent): string | null {
  if (!isOptedOut(consent.state)) return null
  const address = normEmail(consent.address ?? '')
  return `${consent.channel} ${address} ${consent.state} ${consent.scope ?? ''}`
}

/** Tag and group names compared across platforms: NFC, trimmed, case-folded, since some targets fold them and none lets a person tell them apart. */
export function foldName(name: string): string {
  return name.normalize('NFC').trim().toLowerCase().normalize('NFC')
}

/** Whether a slot differs from the base. An empty value has no entry on either side. */
export function slotChanged(base: Base, key: string, slot: string, value: string): boolean {
  const was = base.fields[slot]
  if (value === '') return was !== undefined
  return was === undefined || was !== slotHash(key, slot, value)
}
