/** Wall times of a zone and instants, resolved by the runtime's time-zone database. */

/**
 * `local` `YYYY-MM-DDTHH:MM:SS` in an IANA zone to the instant `YYYY-MM-DDTHH:MM:SSZ`. In the hour that autumn repeats, `prefer` decides; a time
 * that spring skips moves forward by the gap. Throws RangeError for an unknown zone or an impossible local time.
 */
export function toInstant(local: string, zone: string, prefer: 'earlier' | 'later'): string {
  const wall = Date.parse(`${local}Z`)
  // Date.parse makes 1 March of 30 February.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== local) {
    throw new RangeError(`not a local time: ${local}`)
  }
  const before = offsetMs(wall - DAY_MS, zone)
  const after = offsetMs(wall + DAY_MS, zone)
  const first = wall - before
  if (before === after && offsetMs(first, zone) === before) return text(first)
  const candidates = [wall - Math.max(before, after), wall - Math.min(before, after)].filter(
    (instant) => instant + offsetMs(instant, zone) === wall,
  )
  const [earlier, later] = candidates
  if (earlier === undefined) return text(wall - before)
  return text(prefer === 'later' && later !== undefined ? later : earlier)
}

/** The wall time of an instant in a zone, without offset. */
export function toLocal(instant: string, zone: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) throw new RangeError(`not an instant: ${instant}`)
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 19)
}

export function isZone(zone: string): boolean {
  try {
    formatter(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
const QUARTER_MS = 900_000
/** No zone changes its offset twice within a week: equal at both ends, it is constant between. In a week with a change, quarter hours count. */
const OFFSETS_MAX = 50_000
const offsets = new Map<string, Map<number, number>>()
const formatters = new Map<string, Intl.DateTimeFormat>()

function offsetMs(instant: number, zone: string): number {
  const week = Math.floor(instant / WEEK_MS)
  const start = offsetAt(week * WEEK_MS, zone)
  if (start === offsetAt((week + 1) * WEEK_MS, zone)) return start
  return offsetAt(Math.floor(instant / QUARTER_MS) * QUARTER_MS, zone)
}

function offsetAt(instant: number, zone: string): number {
  let known = offsets.get(zone)
  if (known === undefined) {
    known = new Map()
    offsets.set(zone, known)
  }
  const cached = known.get(instant)
  if (cached !== undefined) return cached
  const offset = lookUp(instant, zone)
  if (known.size >= OFFSETS_MAX) known.clear()
  known.set(instant, offset)
  return offset
}

function lookUp(instant: number, zone: string): number {
  const part: Record<string, number> = {}
  for (const { type, value } of formatter(zone).formatToParts(instant)) part[type] = Number(value)
  const wall = Date.UTC(
    part['year'] ?? 0,
    (part['month'] ?? 1) - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  )
  return wall - instant
}

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone)
  if (known === undefined) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: undefined,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, known)
  }
  return known
}

function text(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
