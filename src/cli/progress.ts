/** Progress of long work: one moving line on a terminal, a plain line now and then elsewhere, events with --ndjson. */
import type { ProgressEvent } from '../pipeline/env.ts'
import { safeText } from '../report/safe-text.ts'
import { number } from '../report/table.ts'

export interface Progress {
  show(event: ProgressEvent): void
  /** Takes the moving line away before something else is written. */
  clear(): void
  /** Asks for the reasons for waiting. */
  watch(waitingFor: () => readonly string[]): void
  close(): void
}

const TERMINAL_MS = 100
const PLAIN_MS = 10_000
/** The rate is that of the last while, not of the whole run. */
const WINDOW_MS = 20_000

export function progressOn(
  stream: NodeJS.WriteStream,
  options: { readonly isQuiet: boolean; readonly isEvents: boolean },
): Progress {
  let waiting: () => readonly string[] = () => []
  let last: ProgressEvent | null = null
  let shownAt = 0
  let isDrawn = false
  let marks: { at: number; done: number }[] = []
  const isTerminal = stream.isTTY === true

  const clear = () => {
    if (isDrawn) stream.write('\r\u001b[K')
    isDrawn = false
  }
  const draw = (now: number) => {
    if (last === null) return
    shownAt = now
    const line = lineOf(last, rateOf(marks), waiting())
    if (isTerminal) {
      stream.write(`\r\u001b[K${safeText(line, Math.max(20, (stream.columns ?? 80) - 1))}`)
      isDrawn = true
    } else stream.write(`${line}\n`)
  }
  const timer =
    isTerminal && !options.isQuiet && !options.isEvents
      ? setInterval(() => draw(performance.now()), 1_000)
      : null
  timer?.unref()
  return {
    show(event) {
      if (options.isEvents) {
        stream.write(`${JSON.stringify({ event: 'progress', ...event })}\n`)
        return
      }
      if (options.isQuiet) return
      const now = performance.now()
      if (last?.text !== event.text) marks = []
      const isNewText = last?.text !== event.text
      last = event
      marks.push({ at: now, done: event.done })
      marks = marks.filter((mark) => now - mark.at <= WINDOW_MS)
      if (now - shownAt >= (isTerminal ? TERMINAL_MS : PLAIN_MS) || (isNewText && isTerminal))
        draw(now)
    },
    clear,
    watch: (waitingFor) => {
      waiting = waitingFor
    },
    close() {
      clear()
      if (timer !== null) clearInterval(timer)
    },
  }
}

function rateOf(marks: readonly { readonly at: number; readonly done: number }[]): number | null {
  const [first, last] = [marks[0], marks.at(-1)]
  if (
    first === undefined ||
    last === undefined ||
    last.at - first.at < 500 ||
    last.done <= first.done
  )
    return null
  return ((last.done - first.done) / (last.at - first.at)) * 1_000
}

function lineOf(event: ProgressEvent, rate: number | null, waiting: readonly string[]): string {
  const { done, total } = event
  const parts = [`${event.step}  ${event.text}`]
  if (total !== null && total > 0)
    parts.push(
      `${number(done)}/${number(total)}  ${Math.min(100, Math.floor((done / total) * 100))}%`,
    )
  else if (done > 0) parts.push(number(done))
  if (rate !== null) parts.push(`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`)
  if (rate !== null && total !== null && total > done)
    parts.push(`about ${duration((total - done) / rate)} left`)
  const [reason] = waiting
  if (reason !== undefined) parts.push(reason)
  return parts.join('  ')
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5_400) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3_600).toFixed(1)} h`
}
