/** When a cron pattern comes up. Pure: the clock is the caller's. */
import { Cron } from 'croner'

export interface Pattern {
  /** Five parts: minute hour day month weekday. */
  readonly text: string
  /** IANA name: `0 8 * * *` is eight o'clock there, also after the clocks change. */
  readonly timeZone: string
}

/** The first tick after this moment, epoch milliseconds; null: there is none any more. */
export function tickAfter({ text, timeZone }: Pattern, afterMs: number): number | null {
  return (
    new Cron(text, { paused: true, timezone: timeZone }).nextRun(new Date(afterMs))?.getTime() ??
    null
  )
}

/** null: a good pattern; else what is wrong with it. */
export function faultOf(text: string): { readonly message: string; readonly hint: string } | null {
  const hint = 'five parts: minute hour day month weekday, as in "*/30 * * * *"'
  const parts = text.trim().split(/\s+/).length
  if (parts !== 5) return { message: `"${text}" has ${parts} parts`, hint }
  try {
    const first = tickAfter({ text, timeZone: 'UTC' }, Date.UTC(2024, 0, 1))
    return first === null
      ? { message: `"${text}" never comes up`, hint: 'such a day does not exist' }
      : null
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : ''
    return { message: `"${text}" is no cron pattern: ${reason}`, hint }
  }
}
