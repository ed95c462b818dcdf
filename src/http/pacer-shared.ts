/** One pacer for all channels of a connection in this process: two syncs that use one account keep to its limits together. */
import { closedError, type Pacer, type PacerMaker, type PacerOptions } from './pacer.ts'

/** Channels that agree on name, address and limits share what `make` makes for them; it closes with the last of them. */
export function sharedByConnection(make: PacerMaker): PacerMaker {
  const open = new Map<string, { readonly pacer: Pacer; users: number }>()
  return (options) => {
    const key = keyOf(options)
    const shared = open.get(key) ?? { pacer: make(options), users: 0 }
    open.set(key, shared)
    shared.users += 1
    return handleOn(shared.pacer, options.name, () => {
      shared.users -= 1
      if (shared.users > 0) return
      open.delete(key)
      shared.pacer.close()
    })
  }
}

function keyOf(options: PacerOptions): string {
  const { name, url, requestsPerSecond, burst, concurrency } = options
  return JSON.stringify([name, url, String(requestsPerSecond), burst, concurrency])
}

/** Closing it turns away who came through it, and nobody else. */
function handleOn(pacer: Pacer, name: string, release: () => void): Pacer {
  const closing = new AbortController()
  return {
    enter: (signal) => pacer.enter(AbortSignal.any([signal, closing.signal])),
    quiet: (ms, why) => pacer.quiet(ms, why),
    get waitingFor() {
      return pacer.waitingFor
    },
    close() {
      if (closing.signal.aborted) return
      closing.abort(closedError(name))
      release()
    },
  }
}
