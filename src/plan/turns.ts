/**
 * The flapping breaker: a field of a pair in which the same two values take turns, or a tag that is put on and taken off in turn (`set-breaker.ts`), because
 * something on one of the sides (an automation, a rewriting that comes late) sets back what was written, would be written for ever. After so many
 * turns it is left alone and asked about.
 *
 * A turn is a write to either side of a pair by which the same two values change places as in the write before it, no later than the window after
 * that. Another value begins anew, so whoever edits and edits again is not meant; whoever switches between two values within the window is asked at
 * the fifth time. Pure.
 */
import { elementHash } from './slot-hash.ts'
import type { HeldField } from './op.ts'

/** So often the same two values may change places in a row. */
export const TURNS_MAX = 4
/** A turn that comes later than this after the one before is no turn: people change their mind, and change it back. */
export const TURN_WINDOW_MS = 3 * 24 * 3_600_000

/** What the state remembers of a field of a pair: no value, and no name. */
export interface Turn {
  /** Hash of the slot. */
  readonly slot: string
  /** Hash of the two values, whichever side has which. */
  readonly pair: string
  readonly count: number
}
export type TurnsOf = ReadonlyMap<string, Turn>

export function turnOf(
  key: string,
  { slot, wanted, present }: { slot: string; wanted: string | null; present: string | null },
): { readonly slot: string; readonly pair: string } {
  const values = [wanted ?? '', present ?? ''].sort()
  return { slot: elementHash(key, `slot ${slot}`), pair: elementHash(key, values.join('\u001e')) }
}

/** How often these two values have changed places; 0: not too often. */
export function flapsOf(
  key: string,
  compared: { slot: string; wanted: string | null; present: string | null },
  turns: TurnsOf | undefined,
): number {
  if (turns === undefined || turns.size === 0) return 0
  const { slot, pair } = turnOf(key, compared)
  const known = turns.get(slot)
  return known !== undefined && known.pair === pair && known.count >= TURNS_MAX ? known.count : 0
}

/** Whether anything of the pair is left alone, or was until now. */
export function hasFlapped(turns: TurnsOf | undefined): boolean {
  return [...(turns?.values() ?? [])].some(({ count }) => count >= TURNS_MAX)
}

/** What a person can do about it. */
export const FLAPPING_HINT =
  'Find what sets it back (an automation, a rule of one of the accounts), make both sides equal, or decide with "ferry holds resolve".'

function isElement({ path }: HeldField): boolean {
  return path.startsWith('tags.') || path.startsWith('groups.')
}

/** For people, of fields that wait while the rest travels. */
export function heldCause(held: readonly HeldField[]): {
  readonly cause: string
  readonly hint: string
} {
  const flapping = held.filter(({ flaps }) => flaps !== undefined)
  return flapping.length > 0 && flapping.length === held.length
    ? {
        cause: `flapping: ${flapping.every(isElement) ? `a tag or group was put on and taken off ${TURNS_MAX} times in turn` : `two values have taken turns ${TURNS_MAX} times without an edit to another one`}; it is not written any more`,
        hint: FLAPPING_HINT,
      }
    : {
        cause: 'both sides hold different values',
        hint: 'Decide which side is right with "ferry holds resolve", or set "conflict" for these fields in the mapping.',
      }
}
