/** Every JSON value is found and read in its bytes as the parser reads it, and what is none is not taken for one. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scalarAt, valueEnd } from '../../../connectors/adaptix/json-bytes.ts'

/** Of every length around the one from which texts are decoded first, with all that JSON writes in another way. */
const text = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'é', '漢', '😀', '"', '\\', '\n', '\u0001', '\u007f', '/'), {
      maxLength: 6,
    }),
    fc.nat(140),
    fc.nat(),
  )
  .map(([odd, length, place]) => {
    const plain = 'x'.repeat(length)
    const at = place % (length + 1)
    return plain.slice(0, at) + odd.join('') + plain.slice(at)
  })
const written = text.chain((value) =>
  fc.constantFrom(
    JSON.stringify(value),
    // As PHP writes it.
    JSON.stringify(value)
      .replace(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
      .replaceAll('/', '\\/'),
  ),
)

test('texts of any length', () => {
  fc.assert(
    fc.property(written, fc.constantFrom('', ',', '}', '"'), (json, behind) => {
      const bytes = Buffer.from(`[${json}${behind}`)
      const end = Buffer.byteLength(json) + 1
      expect(valueEnd(bytes, 1)).toBe(end)
      expect(scalarAt(bytes, 1, end)).toBe(JSON.parse(json))
    }),
    { numRuns: 2_000 },
  )
})

test('a text that does not end, or that JSON does not allow, is none', () => {
  fc.assert(
    fc.property(written, fc.nat(), (json, cut) => {
      const bytes = Buffer.from(json)
      expect(valueEnd(bytes.subarray(0, cut % bytes.length), 0)).toBe(-1)
    }),
    { numRuns: 2_000 },
  )
  const long = 'x'.repeat(100)
  for (const odd of ['\n', '\u0000', '\\x', '\\u12g4', '\\u12', '\\'])
    for (const before of ['', long]) {
      expect(valueEnd(Buffer.from(`"${before}${odd}"`), 0)).toBe(-1)
      expect(valueEnd(Buffer.from(`"${before}${odd}`), 0)).toBe(-1)
    }
})
