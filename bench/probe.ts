/**
 * Loaded into an engine process before the program: at its end writes down what the process used and, when asked to, every request it sent.
 * What to do stands in the query of its own URL: `?usage=FILE&recording=FILE`.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'

/** Of the whole process, from its start to its exit. */
export interface Usage {
  readonly peakBytes: number
  readonly cpuMs: number
}
export interface SentRequest {
  readonly origin: string
  readonly method: string
  readonly path: string
  /** Name, value, name, value. */
  readonly headers: readonly string[]
  readonly body: string
  /** Places in the one order of all beginnings and ends. `ended` is null where no answer came. */
  readonly begun: number
  ended: number | null
  status: number | null
}

const query = new URL(import.meta.url).searchParams
const usageFile = query.get('usage')
const recordingFile = query.get('recording')
const sent: SentRequest[] = []
if (recordingFile !== null) record()

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage: Usage = { peakBytes: maxRSS * 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }
  if (usageFile !== null) writeFileSync(usageFile, JSON.stringify(usage))
  if (recordingFile !== null) writeFileSync(recordingFile, JSON.stringify(sent))
})

/** What undici publishes of a request; its typings leave out the body and the form of the headers. */
interface UndiciRequest {
  readonly origin: string | URL
  readonly method: string
  readonly path: string
  readonly headers: readonly (string | readonly string[])[]
  readonly body: Uint8Array | string | null
}

function record() {
  let clock = 0
  const open = new Map<unknown, SentRequest>()
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: UndiciRequest }
    const { origin, method, path, headers, body } = request
    const entry: SentRequest = {
      origin: String(origin),
      method,
      path,
      headers: headers.map(String),
      body: body === null ? '' : Buffer.from(body as Uint8Array).toString('utf8'),
      begun: clock++,
      ended: null,
      status: null,
    }
    sent.push(entry)
    open.set(request, entry)
  })
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as { request: unknown; response: { statusCode: number } }
    const entry = open.get(request)
    if (entry !== undefined) entry.status = response.statusCode
  })
  subscribe('undici:request:trailers', (message) => {
    const { request } = message as { request: unknown }
    const entry = open.get(request)
    if (entry !== undefined) entry.ended = clock++
    open.delete(request)
  })
}
