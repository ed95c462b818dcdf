/** What the XML writer writes, the XML reader reads: any text, in elements and in attributes. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { legal } from '../../connectors/xml-spec/characters.ts'
import { branch, leaf } from '../../connectors/xml-spec/document.ts'
import { readMarkup } from '../../connectors/xml-spec/markup.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...['<', '>', '&', '"', "'", ']]>', '<![CDATA[', '<!--', '-->', '&amp;', '&#13;', '&lt'],
        ...[
          '\r',
          '\n',
          '\t',
          '\u0000',
          '\u000b',
          '\ud800',
          '\ufffe',
          '</Name>',
          '<Group',
          'é',
          '😀',
          ' ',
        ],
      ),
      { maxLength: 10 },
    )
    .map((parts) => parts.join('')),
)
const NAME = 'Name'

it('comes back from an element as it was, without what XML forbids', () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 4 }), (texts) => {
      const written = branch(
        'Root',
        {},
        texts.map((text) => leaf(NAME, text)),
      )
      const { root } = readMarkup(written, { mends: false })
      expect(root.children.map((child) => child.text)).toEqual(texts.map(legal))
    }),
  )
})

it('comes back from an attribute as it was, without what XML forbids', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { root } = readMarkup(branch(NAME, { of: text }), { mends: false })
      expect(root.attributes['of']).toBe(legal(text))
    }),
  )
})

it('is left alone by a second writing: what came back is written the same way', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const once = leaf(NAME, text)
      const { root } = readMarkup(once ?? '', { mends: false })
      expect(leaf(NAME, root.text)).toBe(once)
    }),
  )
})
