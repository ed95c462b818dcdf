/** What of a pair is left alone because it flaps: since when, how long, and what can be done. */
import type { FieldValue } from '../model/field.ts'
import type { RemoteId } from '../model/id.ts'
import { FLAPPING_HINT, TURN_WINDOW_MS, turnOf } from '../plan/turns.ts'
import type { Case } from '../state/cases.ts'
import type { StateStore } from '../state/store.ts'

export interface Flapping {
  /** Of the field, or `tags.NAME`. */
  readonly path: string
  readonly from: FieldValue | undefined
  readonly to: FieldValue | undefined
  /** How often the two values have changed places. */
  readonly turns: number
  /** Instant of the last write; it is not written since. */
  readonly since: string
  /** Instant from which it is tried again, when nobody has decided. */
  readonly until: string
  readonly hint: string
}

export async function flappingOf(
  store: StateStore,
  { sync, record, cases }: { sync: string; record: RemoteId; cases: readonly Case[] },
  now: number,
): Promise<readonly Flapping[]> {
  const held = cases.flatMap((open) => open.held ?? []).filter(({ flaps }) => flaps !== undefined)
  if (held.length === 0) return []
  const key = await store.meta.hashKey()
  const known = new Map(
    (await store.turns.among(sync, [record], now)).map((turn) => [turn.slot, turn]),
  )
  return held.flatMap(({ path, from, to }) => {
    const { slot } = turnOf(key, { slot: path, wanted: null, present: null })
    const turn = known.get(slot)
    if (turn === undefined) return []
    const { count: turns, at } = turn
    const [since, until] = [instant(at), instant(at + TURN_WINDOW_MS)]
    return [{ path, from, to, turns, since, until, hint: FLAPPING_HINT }]
  })
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
