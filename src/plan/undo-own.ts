/** Whether a value is still the run's own work. */
import type { FieldPath, Fields, FieldValue } from '../model/field.ts'
import { norm } from '../model/norm.ts'
import { slotChanged } from './base.ts'
import type { UndoContext, UndoFacts, Written } from './undo-facts.ts'

/** What the run wrote in all, and what was there before its first write. */
export function netFields(writes: UndoFacts['writes']): {
  readonly before: Fields
  readonly after: Fields
} {
  const before: Record<string, FieldValue> = {}
  const after: Record<string, FieldValue> = {}
  for (const write of writes) {
    for (const [path, value] of Object.entries(write.after)) {
      if (!(path in after)) before[path] = write.before.fields[path] ?? null
      after[path] = value
    }
  }
  return { before, after }
}

/** As it was written, or as the side showed it right after: targets rewrite some values. */
export function isOwn(
  context: UndoContext,
  { base }: UndoFacts,
  path: FieldPath,
  values: { readonly present: FieldValue; readonly after: FieldValue },
): boolean {
  const type = context.typeOf(path) ?? 'text'
  const shown = norm(type, values.present)
  if (shown === norm(type, values.after)) return true
  return base !== null && !slotChanged(base, context.key, path, shown)
}

/** One tag or group that a run touched: whether the record had it before, and whether it had it afterwards. */
export interface NetElement {
  /** null: nobody told before the run. */
  readonly had: boolean | null
  readonly has: boolean
}

/** By the side's own keys; elements that are not there any more are left out, or answered as they are called in the plan. */
export function netElements(
  context: UndoContext,
  writes: UndoFacts['writes'],
  kind: 'tag' | 'group',
): { readonly net: ReadonlyMap<string, NetElement>; readonly vanished: ReadonlySet<string> } {
  const set = kind === 'tag' ? 'tags' : 'groups'
  const net = new Map<string, NetElement>()
  const vanished = new Set<string>()
  const note = (write: Written, key: string, has: boolean) => {
    const real = context.element(kind, key)
    if (real === null) {
      if (!has) vanished.add(key)
      return
    }
    const told = write.before[set]
    const had = told === null ? (write.isFull ? !has : null) : told.includes(real)
    const known = net.get(real)
    net.set(real, { had: known === undefined ? had : known.had, has })
  }
  for (const write of writes) {
    for (const key of write.op[set].add) note(write, key, true)
    for (const key of write.op[set].remove) note(write, key, false)
  }
  return { net, vanished }
}

export function textOf(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : value.join(', ')
}
