/** Gathers the bytes of an answer: decompressed, and as text by the character set that it says it has. */
import { TextDecoder } from 'node:util'
import { constants, gunzip, inflate } from 'node:zlib'
import type { HttpResponse } from '../connector/kit.ts'
import { TransportError } from './transport.ts'

/** What a `BodyReader` can undo; asked for with every request. */
export const ACCEPT_ENCODING = 'gzip, deflate'

/** Takes an answer as it comes in, piece by piece, into one stretch of memory. */
export interface BodyReader {
  add(chunk: Buffer): void
  /** Throws TransportError: `oversize` past `maxBytes` once unpacked, `cut` when it cannot be decompressed. */
  end(): Promise<Body>
}

/** Bytes, and the memory they are in, which nothing else has a part of; null: something else may. */
interface Held {
  readonly bytes: Buffer
  readonly memory: ArrayBuffer | null
}

/** A whole answer, as `HttpResponse` gives it; a byte order mark is in neither form. */
export interface Body {
  /** Made when it is first asked for. */
  readonly text: string
  readBytes: HttpResponse['readBytes']
}

export function bodyReader(
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): BodyReader {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  const gathered = gather(Math.min(Number(headers['content-length'] ?? 0) || 0, maxBytes))
  return {
    add: gathered.add,
    async end() {
      const received = gathered.end()
      if (received.bytes.length === 0 || encoding === '' || encoding === 'identity')
        return bodyOf(headers, received)
      const unpack = UNPACKERS[encoding]
      if (unpack === undefined)
        throw new TransportError(
          'garbled',
          `the answer is packed as ${encoding}, which was not asked for`,
        )
      const plain = await unpacked(unpack, received.bytes, maxBytes)
      letGo(received.memory)
      return bodyOf(headers, plain)
    },
  }
}

export function oversize(maxBytes: number): TransportError {
  return new TransportError('oversize', `the answer is longer than maxResponseBytes (${maxBytes})`)
}

/** Copies each piece at once, so that what the socket lent is free again; as much memory as the answer says it needs. */
function gather(expected: number): { add(chunk: Buffer): void; end(): Held } {
  let whole = Buffer.allocUnsafeSlow(0)
  let length = 0
  return {
    add(chunk) {
      if (length + chunk.length > whole.length) {
        const larger = Buffer.allocUnsafeSlow(
          Math.max(expected, length + chunk.length, whole.length * 2),
        )
        whole.copy(larger, 0, 0, length)
        letGo(whole.buffer)
        whole = larger
      }
      chunk.copy(whole, length)
      length += chunk.length
    },
    end: () => ({ bytes: whole.subarray(0, length), memory: whole.buffer }),
  }
}

const UNPACKERS: Readonly<Record<string, typeof gunzip>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
}

function unpacked(unpack: typeof gunzip, bytes: Buffer, maxBytes: number): Promise<Held> {
  return new Promise((resolve, reject) => {
    unpack(
      bytes,
      { maxOutputLength: maxBytes, finishFlush: constants.Z_FINISH },
      (error: NodeJS.ErrnoException | null, plain) => {
        if (error === null) resolve({ bytes: plain, memory: wholeOf(plain) })
        else if (error.code === 'ERR_BUFFER_TOO_LARGE') reject(oversize(maxBytes))
        else reject(new TransportError('cut', `the answer cannot be unpacked: ${error.message}`))
      },
    )
  })
}

/** Only one of the forms is kept: the bytes until somebody asks for the text. */
function bodyOf(headers: Readonly<Record<string, string>>, received: Held): Body {
  const label = labelOf(headers, received.bytes)
  const isUtf8 = /^utf-?8$/i.test(label)
  let held: Held | null = received
  let text: string | null = null
  const decoded = (): string => {
    if (held === null) throw new Error('the bytes of this answer were read and are gone')
    // Several times faster than a TextDecoder, with the same result.
    text = isUtf8 ? withoutMark(held.bytes).toString('utf8') : decode(label, held.bytes)
    letGo(held.memory)
    held = null
    return text
  }
  return {
    get text() {
      return text ?? decoded()
    },
    readBytes(read) {
      if (!isUtf8 || held === null) return read(Buffer.from(text ?? decoded()))
      const made = read(withoutMark(held.bytes))
      if (made === undefined) return undefined
      letGo(held.memory)
      held = null
      return made
    },
  }
}

/** At once: answers would else pile up between two collections of garbage, and bring them about. */
function letGo(memory: ArrayBuffer | null): void {
  memory?.transfer(0)
}

/** Small buffers are cut from one that they share. */
function wholeOf({ buffer, length }: Buffer): ArrayBuffer | null {
  return buffer instanceof ArrayBuffer && buffer.byteLength === length ? buffer : null
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

/** By the header, else by the XML declaration, else UTF-8. */
function labelOf(headers: Readonly<Record<string, string>>, bytes: Buffer): string {
  return (
    /charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1] ??
    /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/.exec(
      bytes.toString('latin1', 0, XML_DECLARATION_BYTES),
    )?.[1] ??
    'utf-8'
  )
}

const XML_DECLARATION_BYTES = 120

function decode(label: string, bytes: Buffer): string {
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    // A label nobody knows; every platform's texts are UTF-8 then.
    return new TextDecoder().decode(bytes)
  }
}
