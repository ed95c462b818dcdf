/** Short hashes of slots and elements, recalled where values come again. */
import { hashText } from '../model/hash.ts'

/** 48 bits a slot: old and new value of one slot of one contact collide once in 10^14. */
export const SLOT_CHARACTERS = 8

/** Of the value alone, so that it outlives the renaming of a planned field; only ever compared with the same slot's. */
export function slotHash(key: string, slot: string, value: string): string {
  return shortHash(key, value, recalledOf(key, slot))
}

export function elementHash(key: string, name: string): string {
  return shortHash(key, name, recalledOf(key, ELEMENTS))
}

/**
 * Hashes made before, by slot: countries, tags and the like come again and again, and hashing them anew would be a third of deciding a record.
 * Addresses hardly ever come twice, and looking them up costs more than it saves.
 */
interface Recalled {
  readonly hashes: Map<string, string>
  asked: number
  found: number
}
const recalled = { key: '', slots: new Map<string, Recalled>() }
/** In the place of a slot, for tags, groups, choices and opt-outs. */
const ELEMENTS = ''
const SLOTS_MAX = 1_000
const RECALLED_MAX = 4_096
const RECALLED_CHARACTERS_MAX = 40
/** After so many questions a slot must have answered one in four. */
const TRIAL = 400

function recalledOf(key: string, slot: string): Recalled {
  if (recalled.key !== key || recalled.slots.size > SLOTS_MAX) {
    recalled.key = key
    recalled.slots.clear()
  }
  const known = recalled.slots.get(slot)
  if (known !== undefined) return known
  const made = { hashes: new Map<string, string>(), asked: 0, found: 0 }
  recalled.slots.set(slot, made)
  return made
}

function shortHash(key: string, text: string, before: Recalled): string {
  const isWorthIt = before.asked < TRIAL || before.found * 4 > before.asked
  if (!isWorthIt || text.length > RECALLED_CHARACTERS_MAX)
    return hashText(key, text).slice(0, SLOT_CHARACTERS)
  before.asked += 1
  const known = before.hashes.get(text)
  if (known !== undefined) {
    before.found += 1
    return known
  }
  const hash = hashText(key, text).slice(0, SLOT_CHARACTERS)
  if (before.hashes.size >= RECALLED_MAX) before.hashes.clear()
  before.hashes.set(text, hash)
  return hash
}
