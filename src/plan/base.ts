/**
 * Bases: what each side showed when both last agreed, as keyed hashes. A side is compared with its own base only, so a target's own
 * rewriting is not a change, and a stolen state file tells nobody's name.
 */
import { type Consent, isOptedOut } from '../model/consent.ts'
import { normEmail } from '../model/email.ts'
import { hashText } from '../model/hash.ts'
import { NORM_VERSION } from '../model/norm.ts'

/** What one side shows, in normal form, by slot (the rule's target path). Empty values are left out. */
export interface Shown {
  readonly fields: ReadonlyMap<string, string>
  /** Everything shown as `name: value` texts whose names outlive the creation of planned fields; hashed as a whole. */
  readonly record: readonly string[]
  /** Names of mapped elements, folded by `foldName`; null: not told. */
  readonly tags: ReadonlySet<string> | null
  readonly groups: ReadonlySet<string> | null
  /** Texts of the opt-outs it asks for, by `optOutText`; empty at the target. */
  readonly optOuts: readonly string[]
}

/** A base, unpacked. */
export interface Base {
  /** Hash over everything: equal means nothing changed, without looking at slots. */
  readonly record: string
  readonly fields: Readonly<Record<string, string>>
  readonly tags: ReadonlySet<string> | null
  readonly groups: ReadonlySet<string> | null
  readonly optOuts: ReadonlySet<string>
}

/** 48 bits a slot: old and new value of one slot of one contact collide once in 10^14. */
const SLOT_CHARACTERS = 8

export function packBase(key: string, shown: Shown): string {
  const fields: Record<string, string> = {}
  for (const [slot, value] of shown.fields) fields[slot] = slotHash(key, value)
  return JSON.stringify({
    n: NORM_VERSION,
    r: recordHash(key, shown),
    f: fields,
    t: shown.tags === null ? null : [...shown.tags].map((name) => elementHash(key, name)).sort(),
    g:
      shown.groups === null ? null : [...shown.groups].map((name) => elementHash(key, name)).sort(),
    ...(shown.optOuts.length === 0
      ? {}
      : { o: shown.optOuts.map((text) => elementHash(key, text)).sort() }),
  })
}

/** null for no base, and for one made under other normal forms: it counts as never agreed. */
export function unpackBase(packed: string | null): Base | null {
  if (packed === null) return null
  const { n, r, f, t, g, o } = JSON.parse(packed) as {
    n: number
    r: string
    f: Record<string, string>
    t: string[] | null
    g: string[] | null
    o?: string[]
  }
  if (n !== NORM_VERSION) return null
  return {
    record: r,
    fields: f,
    tags: t === null ? null : new Set(t),
    groups: g === null ? null : new Set(g),
    optOuts: new Set(o),
  }
}

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
  const base = JSON.parse(packed) as { r: string; f: Record<string, string> }
  const before = unpackBase(old)?.fields ?? {}
  for (const slot of kept) {
    const hash = before[slot]
    if (hash === undefined) delete base.f[slot]
    else base.f[slot] = hash
  }
  return JSON.stringify(isSettled ? base : { ...base, r: '' })
}

/** What an op carries for the time after it: bases of both sides, and which slots of the target's keep their old one. */
export interface OpBase {
  readonly from: string
  /** null: only the read-back after the write will tell. */
  readonly to: string | null
  readonly kept: readonly string[]
  readonly isSettled: boolean
}
export function packOpBase(base: OpBase): string {
  return JSON.stringify(base)
}
export function unpackOpBase(packed: string): OpBase {
  return JSON.parse(packed) as OpBase
}

/** Slots of fields that were provisional when the plan was made get the paths they were given. */
export function renameSlots(packed: string, real: ReadonlyMap<string, string>): string {
  if (real.size === 0 || !packed.includes('custom.new:')) return packed
  const base = JSON.parse(packed) as { readonly f: Record<string, string> }
  const fields: Record<string, string> = {}
  for (const [slot, hash] of Object.entries(base.f)) fields[real.get(slot) ?? slot] = hash
  return JSON.stringify({ ...base, f: fields })
}

/** Hash of everything shown; the quick question "did anything change". */
export function recordHash(key: string, shown: Shown): string {
  const parts = [...shown.record].sort()
  if (shown.tags !== null) parts.push(`tags\u001e${[...shown.tags].sort().join('\u001f')}`)
  for (const text of [...shown.optOuts].sort()) parts.push(`consent\u001e${text}`)
  if (shown.groups !== null) parts.push(`groups\u001e${[...shown.groups].sort().join('\u001f')}`)
  return hashText(key, parts.join('\u001d'))
}

/** Of the value alone, so that it outlives the renaming of a planned field; only ever compared with the same slot's. */
export function slotHash(key: string, value: string): string {
  return hashText(key, value).slice(0, SLOT_CHARACTERS)
}

export function elementHash(key: string, name: string): string {
  return hashText(key, name).slice(0, SLOT_CHARACTERS)
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
  return was === undefined || was !== slotHash(key, value)
}
