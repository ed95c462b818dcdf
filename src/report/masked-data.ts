/** Data of unknown shape under a mask: every text in it is hidden as far as the mask says, keys and numbers stay. */
import { type Mask, masked } from './mask.ts'

export function maskedData(data: unknown, mask: Mask): unknown {
  if (mask === 'none') return data
  if (typeof data === 'string') return masked(data, mask)
  if (Array.isArray(data)) return data.map((item) => maskedData(item, mask))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, maskedData(value, mask)]),
  )
}
