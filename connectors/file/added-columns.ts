/** Columns for what a log holds and its CSV has no place for. */
import { isCustom, STANDARD_FIELDS } from '../../src/model/field.ts'
import type { View } from './client.ts'
import { type Column, type ColumnRole, headerOf, keyOf } from './header-names.ts'

/** A new file gets all that every contact tells; one that people made only what is needed. */
export function addedColumns(view: View): readonly Column[] {
  const { layout, log } = view
  const { words, fields } = log.known
  const isNew = layout.header === null
  const known = new Set(layout.columns.map(({ role }) => keyOf(role)))
  const used = [...words.paths].filter(([, guess]) => guess.isUsed).map(([path]) => path)
  const paths = [...new Set([...fields.keys(), ...used])]
  const inOrder = [
    ...paths.filter((path) => !isCustom(path)).sort(byStandardOrder),
    ...paths.filter(isCustom),
  ]
  const wanted: readonly ColumnRole[] = [
    { kind: 'id' },
    ...inOrder.map((path): ColumnRole => ({ kind: 'field', path })),
    ...(isNew || words.tags.size > 0 ? [{ kind: 'tags' } as const] : []),
    ...(isNew || words.groups.size > 0 ? [{ kind: 'groups' } as const] : []),
    ...(isNew || words.hasConsents ? [{ kind: 'consents' } as const] : []),
  ]
  return wanted
    .filter((role) => !known.has(keyOf(role)))
    .map((role) => ({ role, header: role.kind === 'id' && !isNew ? 'ferry_id' : headerOf(role) }))
}

const ORDER = new Map(Object.keys(STANDARD_FIELDS).map((path, place) => [path, place]))

function byStandardOrder(a: string, b: string): number {
  const [left, right] = [ORDER.get(a) ?? ORDER.size, ORDER.get(b) ?? ORDER.size]
  return left === right ? (a < b ? -1 : 1) : left - right
}
