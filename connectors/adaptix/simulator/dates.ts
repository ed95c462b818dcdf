/** Dates as the server reads and writes them: a subset of PHP's strtotime, and the two formats of the API. */

/** `2026-03-01T09:15:00+00:00`: dates of the entity. */
export function isoDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`
}

/** `2026-03-01 09:15:00`: values of datetime columns, in UTC. */
export function sqlDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** Epoch milliseconds of what a `where` compares a datetime column with; an offset is cut off, as older MySQL does. Null: not a date. */
export function sqlMoment(text: string): number | null {
  const match = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  )
  return Number.isNaN(at) ? null : at
}

/**
 * PHP's strtotime for absolute dates and times: ISO, `YYYY/MM/DD`, American `MM/DD/YYYY`, `DD-MM-YYYY`, `DD.MM.YYYY`, `3 March 2026`,
 * `March 3, 2026`, `20260303`, `@epoch`, a bare time (today). Days beyond the month roll over, as in PHP. Null: unparsable.
 */
export function strtotime(text: string, now: number, offsetMinutes: number): number | null {
  const trimmed = text.trim()
  const epoch = /^@(-?\d+)$/.exec(trimmed)
  if (epoch !== null) return Number(epoch[1]) * 1000
  const day = readDay(trimmed)
  const rest = day === null ? trimmed : trimmed.slice(day.length)
  const time = rest.trim() === '' && day !== null ? MIDNIGHT : readTime(rest)
  if (time === null) return null
  const zone = time.offsetMinutes ?? offsetMinutes
  const base = day?.utc ?? startOfDay(now + zone * 60_000)
  return base + time.ms - zone * 60_000
}

interface Time {
  readonly ms: number
  readonly offsetMinutes: number | null
}
const MIDNIGHT: Time = { ms: 0, offsetMinutes: null }
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Each pattern with the places of year, month and day among its groups. */
const DAYS: readonly (readonly [RegExp, number, number, number])[] = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/, 1, 2, 3],
  [/^(\d{4})\/(\d{1,2})\/(\d{1,2})(?!\d)/, 1, 2, 3],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/, 3, 1, 2],
  [/^(\d{1,2})[-.](\d{1,2})[-.](\d{4})(?!\d)/, 3, 2, 1],
  [/^(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})(?!\d)/, 3, 2, 1],
  [/^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)/, 3, 1, 2],
  [/^(\d{4})(\d{2})(\d{2})(?!\d)/, 1, 2, 3],
]

function readDay(text: string): { readonly utc: number; readonly length: number } | null {
  for (const [pattern, year, month, day] of DAYS) {
    const match = pattern.exec(text)
    if (match === null) continue
    const monthText = match[month] ?? ''
    const monthNumber = /^\d+$/.test(monthText)
      ? Number(monthText)
      : MONTHS.indexOf(monthText.slice(0, 3).toLowerCase()) + 1
    const dayNumber = Number(match[day])
    if (monthNumber < 1 || monthNumber > 12 || dayNumber > 31) return null
    const utc = Date.UTC(Number(match[year]), monthNumber - 1, dayNumber)
    return { utc, length: match[0].length }
  }
  return null
}

function readTime(text: string): Time | null {
  const match =
    /^[T\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?$/i.exec(
      text,
    )
  if (match === null) return null
  const [, hourText, minuteText, secondText, half, zone] = match
  let hour = Number(hourText)
  if (half !== undefined) hour = (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0)
  const minute = Number(minuteText)
  const second = Number(secondText ?? 0)
  if (hour > 24 || minute > 59 || second > 59) return null
  return {
    ms: ((hour * 60 + minute) * 60 + second) * 1000,
    offsetMinutes: zone === undefined ? null : readZone(zone),
  }
}

function readZone(zone: string): number {
  if (/^[a-z]/i.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '')
  const hours = Number(digits.slice(0, 2))
  const minutes = digits.length > 2 ? Number(digits.slice(2)) : 0
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function startOfDay(ms: number): number {
  return Math.floor(ms / 86_400_000) * 86_400_000
}
