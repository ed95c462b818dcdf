/** Turns the bytes of an answer into text: decompressed, and decoded by the character set it says it has. */
import { TextDecoder } from 'node:util'
import { constants, gunzip, inflate } from 'node:zlib'
import { TransportError } from './transport.ts'

/** What `readBody` can undo; asked for with every request. */
export const ACCEPT_ENCODING = 'gzip, deflate'

/** Throws TransportError: `oversize` past `maxBytes` of text, `cut` when it cannot be decompressed. */
export async function readBody(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<string> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (bytes.length === 0) return ''
  if (encoding === '' || encoding === 'identity') return decode(bytes, headers)
  const unpack = UNPACKERS[encoding]
  if (unpack === undefined)
    throw new TransportError(
      'garbled',
      `the answer is packed as ${encoding}, which was not asked for`,
    )
  return decode(await unpacked(unpack, bytes, maxBytes), headers)
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

/** By the header, else by the XML declaration, else UTF-8. A byte order mark is dropped. */
function decode(bytes: Buffer, headers: Readonly<Record<string, string>>): string {
  const told =
    /charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1] ??
    /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/.exec(
      bytes.toString('latin1', 0, XML_DECLARATION_BYTES),
    )?.[1]
  if (told !== undefined && !/^utf-?8$/i.test(told)) return decoderOf(told).decode(bytes)
  // As a TextDecoder would, but without a second copy of the whole answer in UTF-16 on the way.
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

const BYTE_ORDER_MARK = 0xfeff

const XML_DECLARATION_BYTES = 120

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch {
    // A label nobody knows; every platform's texts are UTF-8 then.
    return new TextDecoder()
  }
}
