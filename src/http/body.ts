/** Turns the bytes of an answer into text: decompressed, and decoded by the character set it says it has. */
import { StringDecoder } from 'node:string_decoder'
import { TextDecoder } from 'node:util'
import { constants, gunzip, inflate } from 'node:zlib'
import { TransportError } from './transport.ts'

/** What a `BodyReader` can undo; asked for with every request. */
export const ACCEPT_ENCODING = 'gzip, deflate'

/** Takes an answer as it comes in, piece by piece, so that a long one never lies in memory as bytes and as text at once. */
export interface BodyReader {
  add(chunk: Buffer): void
  /** Throws TransportError: `oversize` past `maxBytes` of text, `cut` when it cannot be decompressed. */
  end(): Promise<string>
}

export function bodyReader(
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): BodyReader {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return plainReader(headers)
  const unpack = UNPACKERS[encoding]
  const chunks: Buffer[] = []
  return {
    add: (chunk) => chunks.push(chunk),
    async end() {
      if (chunks.length === 0) return ''
      if (unpack === undefined)
        throw new TransportError(
          'garbled',
          `the answer is packed as ${encoding}, which was not asked for`,
        )
      const plain = plainReader(headers)
      plain.add(await unpacked(unpack, Buffer.concat(chunks), maxBytes))
      return plain.end()
    },
  }
}

/** The decoder is chosen as soon as the first bytes can tell. */
function plainReader(headers: Readonly<Record<string, string>>): BodyReader {
  const texts: string[] = []
  let head: Buffer = Buffer.alloc(0)
  let decoder: Decoder | null = null
  const begin = (): Decoder => {
    const begun = decoderOf(labelOf(headers, head))
    decoder = begun
    texts.push(begun.write(head))
    return begun
  }
  return {
    add(chunk) {
      if (decoder !== null) {
        texts.push(decoder.write(chunk))
        return
      }
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      if (head.length >= XML_DECLARATION_BYTES) begin()
    },
    async end() {
      texts.push((decoder ?? begin()).end())
      const text = texts.join('')
      return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
    },
  }
}

export function oversize(maxBytes: number): TransportError {
  return new TransportError('oversize', `the answer is longer than maxResponseBytes (${maxBytes})`)
}

const UNPACKERS: Readonly<Record<string, typeof gunzip>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
}

function unpacked(unpack: typeof gunzip, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    unpack(
      bytes,
      { maxOutputLength: maxBytes, finishFlush: constants.Z_FINISH },
      (error: NodeJS.ErrnoException | null, plain) => {
        if (error === null) resolve(plain)
        else if (error.code === 'ERR_BUFFER_TOO_LARGE') reject(oversize(maxBytes))
        else reject(new TransportError('cut', `the answer cannot be unpacked: ${error.message}`))
      },
    )
  })
}

/** By the header, else by the XML declaration, else UTF-8. */
function labelOf(headers: Readonly<Record<string, string>>, head: Buffer): string {
  return (
    /charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1] ??
    /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/.exec(
      head.toString('latin1', 0, XML_DECLARATION_BYTES),
    )?.[1] ??
    'utf-8'
  )
}

const XML_DECLARATION_BYTES = 120
const BYTE_ORDER_MARK = 0xfeff

interface Decoder {
  write(chunk: Buffer): string
  end(): string
}

function decoderOf(label: string): Decoder {
  // Several times faster than a TextDecoder, with the same result.
  if (/^utf-?8$/i.test(label)) return new StringDecoder('utf8')
  const decoder = textDecoder(label)
  return {
    write: (chunk) => decoder.decode(chunk, { stream: true }),
    end: () => decoder.decode(),
  }
}

function textDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch {
    // A label nobody knows; every platform's texts are UTF-8 then.
    return new TextDecoder()
  }
}
