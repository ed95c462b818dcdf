/**
 * The server's clock: wall time in New York with daylight saving, kept as seconds as if that wall time were UTC. Sums and comparisons
 * on these numbers behave like the platform's own: they jump in spring and repeat in autumn.
 */

export type Wall = number

/** `fixedMinutes` replaces New York by an unchanging offset (quirk `timeZoneOffset`). */
export function wallOf(epochMs: number, fixedMinutes: number | null): Wall {
  const seconds = Math.floor(epochMs / 1000)
  return seconds + (fixedMinutes === null ? newYorkOffset(seconds) : fixedMinutes * 60)
}

/** `YYYYMMDDTHH:MM:SS`, as replies carry it. */
export function stampText(wall: Wall): string {
  const day = Math.floor(wall / daySeconds)
  const rest = wall - day * daySeconds
  return `${dayText(day)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
}

/** `YYYY-MM-DD HH:MM:SS`, the form that patterns in queries are held against. */
export function columnText(wall: Wall): string {
  const text = stampText(wall)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)} ${text.slice(9)}`
}

/** Reads `YYYY-MM-DD`, `YYYYMMDD` and both with a time after `T` or a blank; null for anything else and for impossible dates. */
export function parseWall(text: string): Wall | null {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim())
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  const isReal = new Date(ms).getUTCDate() === day && month >= 1 && month <= 12 && hour < 24
  return isReal ? ms / 1000 : null
}

const daySeconds = 86_400
const yearBounds = new Map<number, readonly [from: number, to: number]>()
const dayTexts = new Map<number, string>()

/** Seconds east of Greenwich at an instant; rules since 1967 (since 2007: second Sunday in March to first in November). */
function newYorkOffset(seconds: number): number {
  const year = new Date(seconds * 1000).getUTCFullYear()
  let bounds = yearBounds.get(year)
  if (bounds === undefined) {
    bounds = summerOf(year)
    yearBounds.set(year, bounds)
  }
  return seconds >= bounds[0] && seconds < bounds[1] ? -4 * 3600 : -5 * 3600
}

function summerOf(year: number): readonly [number, number] {
  const [begin, end] =
    year >= 2007
      ? [sundayFrom(year, 2, 8), sundayFrom(year, 10, 1)]
      : [sundayFrom(year, 3, year >= 1987 ? 1 : 24), sundayFrom(year, 9, 25)]
  return [begin + 7 * 3600, end + 6 * 3600]
}

/** Midnight UTC, in seconds, of the first Sunday on or after a date. */
function sundayFrom(year: number, month: number, date: number): number {
  const weekday = new Date(Date.UTC(year, month, date)).getUTCDay()
  return Date.UTC(year, month, date + ((7 - weekday) % 7)) / 1000
}

function dayText(day: number): string {
  let text = dayTexts.get(day)
  if (text === undefined) {
    text = new Date(day * daySeconds * 1000).toISOString().slice(0, 10).replaceAll('-', '')
    dayTexts.set(day, text)
  }
  return text
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}
