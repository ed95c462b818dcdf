/**
 * The bases of a link once one of its ops is applied. Where both sides may be written, an op moves the slots and elements that it answers for:
 * those of the pair's other op wait for that one, and what a person edited meanwhile stays a change of the side where it was made.
 */
import type { Side } from '../model/id.ts'
import { otherSide } from '../model/id.ts'
import {
  keepSlots,
  type OpBase,
  OPEN_HEAD,
  type Packed,
  type Part,
  assembled,
  renameSlots,
  dissected,
} from './base.ts'

export interface Bases {
  readonly from: string | null
  readonly to: string | null
}
export interface SettledFacts {
  readonly base: OpBase
  /** The side that was written. */
  readonly writes: Side
  /** What it showed afterwards, packed. */
  readonly echo: string
  /** As they are now; null: no link yet. */
  readonly now: Bases | null
  /** The pair's other op. */
  readonly partner: { readonly own: Part; readonly isApplied: boolean } | null
}

export function settledBases({ base, writes, echo, now, partner }: SettledFacts): Bases {
  const { own, kept, isSettled } = base
  const other = otherSide(writes)
  if (own === undefined) {
    const seen = keepSlots(withoutAdded(echo, base), { old: base[writes], kept, isSettled })
    return writes === 'to' ? { from: base.from, to: seen } : { from: seen, to: base.to }
  }
  const old = { written: now?.[writes] ?? null, other: now?.[other] ?? null }
  const keep = { kept, isSettled: true }
  let written = keepSlots(withPart(echo, base[writes], own), { old: old.written, ...keep })
  let seen = keepSlots(base[other] ?? '', { old: old.other, ...keep })
  if (partner !== null && !partner.isApplied) {
    written = replaced(written, old.written, partner.own)
    // What was merged is written on both sides: it counts as agreed when both have it, and is looked at again till then.
    if (partner.own.fields.some((slot) => own.fields.includes(slot))) written = opened(written)
    seen = opened(replaced(seen, old.other, partner.own))
  } else if (partner !== null && old.other !== null) {
    // The partner has written the other side: what that shows since is on record already, or will be once it is read back.
    const fields = own.fields.filter((slot) => !partner.own.fields.includes(slot))
    seen = replaced(old.other, base[other], { ...own, fields })
  }
  const all = isSettled ? { written, seen } : { written: opened(written), seen: opened(seen) }
  return writes === 'to' ? { from: all.seen, to: all.written } : { from: all.written, to: all.seen }
}

/** Slots of fields that were provisional when the plan was made get the paths they were given. */
export function renamedBase(base: OpBase, real: ReadonlyMap<string, string>): OpBase {
  if (real.size === 0) return base
  const rename = (packed: string | null) => (packed === null ? null : renameSlots(packed, real))
  return {
    ...base,
    from: rename(base.from),
    to: rename(base.to),
    kept: base.kept.map((slot) => real.get(slot) ?? slot),
    ...(base.own === undefined ? {} : { own: renamedPart(base.own, real) }),
  }
}

export function renamedPart(part: Part, real: ReadonlyMap<string, string>): Part {
  return { ...part, fields: part.fields.map((slot) => real.get(slot) ?? slot) }
}

/** What a side shows later, of an op's own part: the rest of its base stays as it is. */
export function seenAgain(base: OpBase, before: string, echo: string): string {
  const { own, kept, isSettled } = base
  if (own === undefined)
    return keepSlots(withoutAdded(echo, base), { old: before, kept, isSettled })
  const again = keepSlots(withPart(echo, before, own, kept), { old: before, kept, isSettled: true })
  return before.startsWith(`${OPEN_HEAD};`) ? opened(again) : again
}

/** A tag that somebody put on a contact right after it was created is news of its side, and travels with the next run. */
function withoutAdded(echo: string, { given }: OpBase): string {
  if (given === undefined) return echo
  const shown = dissected(echo)
  const among = (set: ReadonlySet<string> | null, ours: readonly string[]) =>
    set === null ? null : new Set([...set].filter((hash) => ours.includes(hash)))
  const [tags, groups] = [among(shown.tags, given.tags), among(shown.groups, given.groups)]
  if (tags?.size === shown.tags?.size && groups?.size === shown.groups?.size) return echo
  return assembled({ ...shown, tags, groups, head: OPEN_HEAD })
}

/** The plan's reading with the written part as the echo shows it; open when the echo shows another change besides. */
function withPart(
  echo: string,
  plan: string | null,
  own: Part,
  kept: readonly string[] = [],
): string {
  if (plan === null) return echo
  const merged = dissected(replaced(plan, echo, own))
  const [rest, expected] = [dissected(replaced(echo, plan, own)), dissected(plan)]
  for (const slot of kept) for (const all of [rest, expected]) all.slots.delete(slot)
  return assembled({ ...merged, head: isSame(rest, expected) ? dissected(echo).head : OPEN_HEAD })
}

/** `packed`, with the part as it is in `other`; nothing is known of it where that is null. */
function replaced(packed: string, other: string | null, part: Part): string {
  const mine = dissected(packed)
  const theirs: Packed =
    other === null
      ? { head: '', tags: new Set(), groups: new Set(), optOuts: new Set(), slots: new Map() }
      : dissected(other)
  for (const slot of part.fields) {
    const hash = theirs.slots.get(slot)
    if (hash === undefined) mine.slots.delete(slot)
    else mine.slots.set(slot, hash)
  }
  mine.tags = replacedIn(mine.tags, theirs.tags, part.tags)
  mine.groups = replacedIn(mine.groups, theirs.groups, part.groups)
  if (part.hasOptOuts) mine.optOuts = theirs.optOuts
  return assembled(mine)
}

function replacedIn(
  mine: ReadonlySet<string> | null,
  theirs: ReadonlySet<string> | null,
  hashes: readonly string[],
): ReadonlySet<string> | null {
  if (mine === null || theirs === null) return mine ?? theirs
  const set = new Set(mine)
  for (const hash of hashes) {
    if (theirs.has(hash)) set.add(hash)
    else set.delete(hash)
  }
  return set
}

function opened(packed: string): string {
  return assembled({ ...dissected(packed), head: OPEN_HEAD })
}

/** What one of them does not tell is no difference. */
function isSame(a: Packed, b: Packed): boolean {
  const sets = (one: ReadonlySet<string> | null, two: ReadonlySet<string> | null) =>
    one === null ||
    two === null ||
    (one.size === two.size && [...one].every((hash) => two.has(hash)))
  return (
    sets(a.tags, b.tags) &&
    sets(a.groups, b.groups) &&
    sets(a.optOuts, b.optOuts) &&
    a.slots.size === b.slots.size &&
    [...a.slots].every(([slot, hash]) => b.slots.get(slot) === hash)
  )
}
