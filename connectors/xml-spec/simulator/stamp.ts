/** The server's stamps: wall time of one zone as text, without a word about the zone. */

/** `YYYY-MM-DD HH:mm:ss`; compared as text, as a database without zones does. */
export type Stamp = string

export interface StampClock {
  /** The moment (epoch milliseconds) as the server writes it down, cut to the resolution. */
  write(ms: number): Stamp
}

const quarterHourMs = 900_000

export function stampClock(zone: string, resolutionSeconds: number): StampClock {
  const offset = offsets(zone)
  const stepMs = Math.max(1, resolutionSeconds) * 1000
  return {
    write(ms) {
      const cut = Math.floor(ms / stepMs) * stepMs
      const iso = new Date(cut + offset(cut)).toISOString()
      return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
    },
  }
}

/** `YYYYMMDD` of a stamp, for the day filters. */
export function dayOf(stamp: Stamp): string {
  return stamp.slice(0, 10).replaceAll('-', '')
}

/** Zone offsets in milliseconds, remembered per quarter of an hour: no zone moves in between. */
function offsets(zone: string): (ms: number) => number {
  const known = new Map<number, number>()
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (ms) => {
    const quarter = Math.floor(ms / quarterHourMs)
    const found = known.get(quarter)
    if (found !== undefined) return found
    const at = quarter * quarterHourMs
    const parts: Record<string, number> = {}
    for (const part of format.formatToParts(at)) parts[part.type] = Number(part.value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    const value = Date.UTC(year, month - 1, day, hour, minute, second) - at
    known.set(quarter, value)
    return value
  }
}
