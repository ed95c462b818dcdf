/** Real time: the one place that reads the system's clock and sets timers. */
import type { Clock } from '../connector/kit.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    signal.throwIfAborted()
    const endsMs = Date.now() + ms
    // A timer may ring a millisecond early and cannot be set further than TIMER_MAX_MS; the loop makes up for both.
    do {
      await ring(Math.min(Math.max(0, endsMs - Date.now()), TIMER_MAX_MS), signal)
    } while (Date.now() < endsMs)
  },
}

/** The furthest a timer of Node.js reaches: 2^31 - 1 ms, about 24.8 days. */
const TIMER_MAX_MS = 2_147_483_647

function ring(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    function stop() {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}
