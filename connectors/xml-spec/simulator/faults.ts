/** Every n-th request meets a fault: the quirks `htmlEvery`, `failEvery`, `throttleEvery`, `cutEvery`, `loseReplyEvery`. */
import { Interruption } from './call.ts'
import type { Quirks } from './quirks.ts'

export interface Faults {
  /** Before anything is done. Throws Interruption. */
  arrive(): void
  /** After everything is done; the body that leaves. Throws Interruption when a write's answer gets lost. */
  leave(body: string, isMutation: boolean): string
}

export function faults(quirks: Quirks): Faults {
  let requests = 0
  let writes = 0
  const isDue = (count: number, every: number) => every > 0 && count % every === 0
  return {
    arrive() {
      requests++
      if (isDue(requests, quirks.htmlEvery)) throw new Interruption(200, 'We will be right back')
      if (isDue(requests, quirks.failEvery)) throw new Interruption(500, 'Internal Server Error')
      if (isDue(requests, quirks.throttleEvery)) throw new Interruption(429, 'Too Many Requests')
    },
    leave(body, isMutation) {
      if (isMutation && isDue(++writes, quirks.loseReplyEvery)) {
        throw new Interruption(504, 'Gateway Time-out')
      }
      return isDue(requests, quirks.cutEvery) ? body.slice(0, Math.floor(body.length / 2)) : body
    },
  }
}
