/**
 * Answers of a batch are read by position. A server that answers in another order than it was asked would have people change places: an edit is known
 * by its id, somebody new by what only they were sent with (their address, the marker), when it comes back at another's place.
 */
import type { ContactWrite } from '../../src/connector/connector.ts'
import { normEmail } from '../../src/model/email.ts'
import type { Sighting } from '../../src/model/sighting.ts'

/** Whether what is shown at the place of an item was sent for another one of the batch. */
export type IsMistaken = (item: ContactWrite, shown: Sighting) => boolean

export const NEVER: IsMistaken = () => false

export function mistakenAmong(items: readonly ContactWrite[]): IsMistaken {
  const [first] = items
  if (items.length < 2 || first === undefined || first.op === 'update') return NEVER
  // Of fields that may have a default only those count that everybody was sent with.
  const custom = Object.keys(first.fields).filter((path) => path.startsWith('custom.'))
  const telling = new Map(
    [EMAIL, ...custom].flatMap((path) => {
      const owners = ownersBy(items, path)
      const isTelling = owners !== null && (path === EMAIL || owners.size === items.length)
      return isTelling ? [[path, owners] as const] : []
    }),
  )
  return (item, shown) =>
    [...telling].some(([path, owners]) => {
      const value = valueAt(shown.fields, path)
      const owner = value === null ? undefined : owners.get(value)
      return owner !== undefined && owner !== item
    })
}
const EMAIL = 'emails.1'

/** Whose each value is; null: two have the same. */
function ownersBy(
  items: readonly ContactWrite[],
  path: string,
): ReadonlyMap<string, ContactWrite> | null {
  const owners = new Map<string, ContactWrite>()
  for (const item of items) {
    const value = valueAt(item.fields, path)
    if (value === null) continue
    if (owners.has(value)) return null
    owners.set(value, item)
  }
  return owners
}

function valueAt(fields: ContactWrite['fields'], path: string): string | null {
  const value = fields[path]
  if (typeof value !== 'string' || value === '') return null
  return path === EMAIL ? normEmail(value) : value
}
