import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bodyReader } from '../../src/http/body.ts'

const TEXT = `${'x'.repeat(130)} Zoë 🌻 Jürgen ž é`

async function read(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  cuts: readonly number[],
): Promise<string> {
  const reader = bodyReader(headers, 1_000_000)
  let start = 0
  for (const end of [...cuts, bytes.length]) {
    reader.add(bytes.subarray(start, end))
    start = end
  }
  const body = await reader.end()
  const { text } = body
  expect(body.readBytes(String)).toBe(text)
  return text
}

describe('a body that comes in pieces', () => {
  it('is the same wherever it is cut', async () => {
    const bytes = Buffer.from(TEXT)
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(await read(bytes, {}, [cut])).toBe(TEXT)
    const everywhere = Array.from(bytes.keys())
    expect(await read(bytes, {}, everywhere)).toBe(TEXT)
  })

  it('loses its byte order mark', async () => {
    const bytes = Buffer.from(`\ufeff${TEXT}`)
    for (const cut of [0, 1, 2, 3, 4]) expect(await read(bytes, {}, [cut])).toBe(TEXT)
  })

  it('is read in the character set that the header or the XML declaration names', async () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Jürgen</a>', 'latin1')
    for (const cut of [0, 10, 30, 50])
      expect(await read(latin, { 'content-type': 'text/xml' }, [cut])).toContain('Jürgen')
    const header = { 'content-type': 'text/plain; charset=windows-1252' }
    expect(await read(Buffer.from([0x80, 0xfc]), header, [1])).toBe('€ü')
    expect(
      await read(Buffer.from('é'), { 'content-type': 'text/plain; charset=nonsense' }, []),
    ).toBe('é')
  })

  it('shows where bytes are no characters', async () => {
    expect(await read(Buffer.from([0x61, 0xc3]), {}, [])).toBe('a\ufffd')
  })

  it('is unpacked', async () => {
    const packed = gzipSync(TEXT)
    expect(await read(packed, { 'content-encoding': 'gzip' }, [1, 20])).toBe(TEXT)
    await expect(read(packed.subarray(0, 12), { 'content-encoding': 'gzip' }, [])).rejects.toThrow(
      'cannot be unpacked',
    )
    await expect(read(packed, { 'content-encoding': 'br' }, [])).rejects.toThrow('packed as br')
  })
})

describe('bytes of an answer', () => {
  async function bodyOf(bytes: Buffer, headers: Readonly<Record<string, string>> = {}) {
    const reader = bodyReader(headers, 1_000_000)
    for (let at = 0; at < bytes.length; at += 100) reader.add(bytes.subarray(at, at + 100))
    return await reader.end()
  }
  const bytes = Buffer.from(`\ufeff${TEXT}`)

  it.each<Readonly<Record<string, string>>>([{}, { 'content-length': `${bytes.length}` }])(
    'are gone once something was made of them, and so is the text (%o)',
    async (headers) => {
      const body = await bodyOf(bytes, headers)
      let seen: Buffer | null = null
      const made = body.readBytes((utf8) => {
        seen = utf8
        return utf8.toString()
      })
      expect(made).toBe(TEXT)
      expect(seen).toHaveLength(0)
      expect(() => body.text).toThrow('are gone')
    },
  )

  it('stay where nothing was made of them, and the text tells', async () => {
    const body = await bodyOf(bytes)
    expect(body.readBytes(() => undefined)).toBeUndefined()
    expect(body.readBytes((utf8) => utf8.length)).toBe(Buffer.byteLength(TEXT))
    const again = await bodyOf(bytes)
    expect(again.readBytes(() => undefined)).toBeUndefined()
    expect(again.text).toBe(TEXT)
  })

  it('are UTF-8 whatever the answer was written in', async () => {
    const body = await bodyOf(Buffer.from('Jürgen', 'latin1'), {
      'content-type': 'text/plain; charset=iso-8859-1',
    })
    expect(body.readBytes(String)).toBe('Jürgen')
  })

  it('are not let go with what others keep beside them', async () => {
    const { poolSize } = Buffer
    // What is unpacked then lies in memory that small buffers share.
    Buffer.poolSize = 64 * 1024
    try {
      Buffer.from('x'.repeat(poolSize / 2 - 1))
      Buffer.from('x'.repeat(poolSize / 2 - 1))
      const neighbour = Buffer.from('neighbour')
      const body = await bodyOf(gzipSync(TEXT), { 'content-encoding': 'gzip' })
      expect(body.readBytes(String)).toBe(TEXT)
      expect(neighbour.toString()).toBe('neighbour')
    } finally {
      Buffer.poolSize = poolSize
    }
  })
})
