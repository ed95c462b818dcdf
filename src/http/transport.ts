/** What carries one request to a server and its answer back: over sockets (undici.ts) or inside the process (simulation). */
import type { ChannelOptions, HttpRequest, HttpResponse } from '../connector/kit.ts'

/** No retries, no pacing: one request, one answer. */
export interface Transport {
  /** Throws TransportError, or the signal's reason at once when it is aborted. */
  exchange(request: WireRequest, flight: Flight): Promise<WireResponse>
  /** Lets exchanges in flight end, then lets go of every connection. */
  close(): Promise<void>
}
export type TransportMaker = (options: ChannelOptions) => Transport

export interface WireRequest {
  readonly method: HttpRequest['method']
  /** `https://host:port`, nothing behind it. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}
export interface Flight {
  readonly signal: AbortSignal
  /** Called once when the first byte is about to leave; before that, the request certainly had no effect. */
  readonly onLeave: () => void
  /** Called once when the head of the answer has come. */
  readonly onHead: (head: Head) => void
}
/** What an answer begins with. */
export type Head = Pick<HttpResponse, 'status' | 'headers' | 'dateMs'>
export interface WireResponse extends HttpResponse {
  /** As they came over the wire, before decompression. */
  readonly bytes: number
}

/** Every way an exchange can end without an answer. Closed. */
export type TransportFault =
  /** No connection: it never left. */
  | 'refused'
  /** The server's certificate does not hold: it never left, and will not. */
  | 'untrusted'
  /** It cannot be written down as HTTP: it never left, and never will. */
  | 'unsendable'
  /** It left, and no answer, or no further piece of it, came in time. */
  | 'timeout'
  /** It left, and the connection ended before any answer. */
  | 'reset'
  /** The answer began and broke off. */
  | 'cut'
  /** What came back is not HTTP. */
  | 'garbled'
  /** The answer is longer than `maxResponseBytes`. */
  | 'oversize'

export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly fault: TransportFault
  constructor(fault: TransportFault, message: string) {
    super(message)
    this.fault = fault
  }
}
