/** The platform's limits as fixed windows of its clock, and the headers that tell what is left. */
import type { Quirks } from './quirks.ts'

export interface Limits {
  /** Counts one call; false: it is above a limit. */
  admit(): boolean
  headers(): Readonly<Record<string, string>>
}

export function limits(quirks: Quirks, now: () => number): Limits {
  const second = fixedWindow(quirks.perSecond, 1000, now)
  const minute = fixedWindow(quirks.perMinute, 60_000, now)
  const day = fixedWindow(quirks.perDay, 86_400_000, now)
  return {
    admit: () => [second, minute, day].every((one) => one.admit()),
    headers: () => ({
      ...(quirks.perSecond === null
        ? {}
        : { 'x-keap-product-spike-limit': `${quirks.perSecond}ps` }),
      ...minute.headers('x-keap-product-throttle', 'minute'),
      ...day.headers('x-keap-product-quota', 'day'),
    }),
  }
}

interface FixedWindow {
  admit(): boolean
  headers(prefix: string, unit: string): Readonly<Record<string, string>>
}

function fixedWindow(limit: number | null, lengthMs: number, now: () => number): FixedWindow {
  let current = -1
  let used = 0
  const turn = () => {
    const window = Math.floor(now() / lengthMs)
    if (window !== current) used = 0
    current = window
  }
  return {
    admit() {
      turn()
      used++
      return limit === null || used <= limit
    },
    headers(prefix, unit) {
      if (limit === null) return {}
      turn()
      return {
        [`${prefix}-limit`]: String(limit),
        [`${prefix}-time-unit`]: unit,
        [`${prefix}-interval`]: '1',
        [`${prefix}-used`]: String(Math.min(used, limit)),
        [`${prefix}-available`]: String(Math.max(limit - used, 0)),
      }
    },
  }
}
