/** What may arrive, well-formed or not: the reader agrees with a slow one, and says what is wrong with everything else. */
import { ALL_ENTITIES, EntityDecoder } from '@nodable/entities'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { branch, leaf, type Markup } from '../../../connectors/xml-spec/document.ts'
import type { Element } from '../../../connectors/xml-spec/element.ts'
import { MarkupError, readMarkup } from '../../../connectors/xml-spec/markup.ts'
import { readReply, WireError } from '../../../connectors/xml-spec/reply.ts'

const name = fc.constantFrom('Contact', 'Group', 'Groups', 'Firstname', 'Group_id', 'x-1', 'A.b')
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => value.trim() !== '')
interface Tree {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly content: readonly Tree[] | string
}
const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name,
    attributes: fc.dictionary(fc.constantFrom('request_id', 'a', 'b'), text, { maxKeys: 2 }),
    content: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constant(''),
      fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    ),
  }),
})).tree

function written(node: Tree): Markup {
  if (typeof node.content !== 'string')
    return branch(node.name, node.attributes, node.content.map(written))
  return leaf(node.name, node.content, node.attributes) ?? branch(node.name, node.attributes)
}

/** The same tree as fast-xml-parser sees it, with the options that keep everything. */
const slow = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  entityDecoder: new EntityDecoder({ namedEntities: ALL_ENTITIES }),
})
type SlowNode = { readonly [name: string]: unknown }
function asElement(node: SlowNode): Element {
  const [entry] = Object.entries(node).filter(([key]) => key !== ':@')
  if (entry === undefined) throw new Error('no element')
  const [key, content] = entry as [string, readonly SlowNode[]]
  const children = content.filter((one) => !('#text' in one)).map(asElement)
  const texts = content.flatMap((one) => ('#text' in one ? [String(one['#text'])] : []))
  const attributes = (node[':@'] ?? {}) as Record<string, string>
  return { name: key.toLowerCase(), attributes, children, text: texts.join('') }
}

describe('the reader', () => {
  test('reads what was written, and reads it as fast-xml-parser does', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const markup = written(node)
        expect(XMLValidator.validate(markup)).toBe(true)
        const { root } = readMarkup(markup, { mends: false })
        const [other] = slow.parse(markup) as SlowNode[]
        if (other === undefined) throw new Error('fast-xml-parser saw nothing')
        expect(root).toEqual(asElement(other))
      }),
      { numRuns: 300 },
    )
  })

  test('is no more forgiving than the validator', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.constantFrom('', '<', '>', '/', '"', ' '), (node, at, put) => {
        const markup: string = written(node)
        const place = at % markup.length
        const torn = markup.slice(0, place) + put + markup.slice(place + 1)
        if (isReadable(torn)) expect([torn, XMLValidator.validate(torn)]).toEqual([torn, true])
      }),
      { numRuns: 2000 },
    )
  })

  test('keeps the blanks of a text and drops those of indentation', () => {
    const { root } = readMarkup('<A>\n  <B> x </B>\n  <C>\n</C>\n</A>\n', { mends: false })
    expect(root.text).toBe('')
    expect(root.children.map((one) => one.text)).toEqual([' x ', '\n'])
  })

  test('knows CDATA, comments, instructions, both quotes and numeric references', () => {
    const { root } = readMarkup(
      `<?xml version='1.0'?><!-- a < b --><A b='"' c="'"><![CDATA[<B> & ]]>&#252;&#x1F600;&uuml;&nbsp;&bogus;<?php echo ?></A>`,
      { mends: false },
    )
    expect(root.attributes).toEqual({ b: '"', c: "'" })
    expect(root.text).toBe('<B> & \u00fc\u{1F600}\u00fc\u00a0&bogus;')
  })

  test('decodes exactly once', () => {
    expect(readMarkup('<A>&amp;amp;lt;</A>', { mends: false }).root.text).toBe('&amp;lt;')
  })

  test('drops references to characters that do not exist', () => {
    expect(readMarkup('<A>a&#11;b&#xD800;c&#x110000;</A>', { mends: false }).root.text).toBe('abc')
  })

  test('does not expand entities of a document type, nor read one', () => {
    const bomb = '<!DOCTYPE A [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><A>&b;</A>'
    expect(() => readMarkup(bomb, { mends: false })).toThrow(MarkupError)
  })

  test('ends at a depth that no answer has', () => {
    expect(() => readMarkup('<A>'.repeat(20_000), { mends: false })).toThrow('too deep')
  })

  test('is not fooled by names of the language', () => {
    const { root } = readMarkup('<A><constructor>1</constructor><__proto__>2</__proto__></A>', {
      mends: false,
    })
    expect(root.children.map((one) => one.name)).toEqual(['constructor', '__proto__'])
    expect(({} as Record<string, unknown>)['2']).toBeUndefined()
    expect(() => readMarkup('<A __proto__="1"></A>', { mends: false })).toThrow(MarkupError)
  })
})

describe('mending', () => {
  const torn = '<R><Groups><Group\n  <ID>12</ID></Group></Groups></R>'

  test('closes a start tag that runs into the next tag, attributes and all', () => {
    const { root, mended } = readMarkup(torn, { mends: true })
    expect(mended).toBe(1)
    expect(root.children[0]?.children[0]?.children[0]?.text).toBe('12')
    expect(readMarkup('<A b="c" <D/></A>', { mends: true }).root.attributes).toEqual({ b: 'c' })
  })

  test('happens only when asked', () => {
    expect(() => readMarkup(torn, { mends: false })).toThrow('has no ">"')
  })

  test('leaves CDATA alone', () => {
    const reply = readReply(
      '<AResponse><Notes><![CDATA[<Group\n <ID>]]></Notes><Groups><Group\n<ID>1</ID></Group></Groups></AResponse>',
    )
    expect(reply.root.children[0]?.text).toBe('<Group\n <ID>')
    expect(reply.notes).toHaveLength(1)
  })

  test('is not tried on an answer that was cut', () => {
    expect(kindOf('<GetContactsResponse><Groups><Group\n<ID>12</ID></Group>')).toBe('cut')
  })
})

describe('bodies', () => {
  const good = '<GetContactsResponse><Result>Success</Result></GetContactsResponse>'

  test.each([
    ['', 'empty'],
    ['  \n', 'empty'],
    ['<!DOCTYPE html><html><body>Down</body></html>', 'html'],
    ['<?xml version="1.0"?><html xmlns="x"></html>', 'html'],
    ['Software error: Out of memory', 'foreign'],
    ['<rss></rss>', 'foreign'],
    ['{"data":{"AccessToken":"x"}}', 'json'],
    ['[1,2]', 'json'],
    ['{"getcontactsresponse":{"result":"Succ', 'cut'],
    [good.slice(0, -4), 'cut'],
    ['<GetContactsResponse><Result>Success</Resul></GetContactsResponse>', 'malformed'],
    [`${good}${good}`, 'malformed'],
    ['<GetContactsResponse><A></B></GetContactsResponse>', 'malformed'],
  ])('%j is %s', (body, kind) => {
    expect(kindOf(body)).toBe(kind)
  })

  test('a byte order mark, a declaration and a notice in front are passed over', () => {
    expect(readReply(`\ufeff${good}`).notes).toEqual([])
    expect(readReply(`\ufeff<?xml version="1.0" encoding="UTF-8"?>\n${good}\n`).notes).toEqual([])
    expect(readReply(`Notice: x in y.php\n${good}`).notes).toEqual([
      'Text in front of the XML document was skipped.',
    ])
  })

  test('characters that XML forbids are dropped and told', () => {
    const { root, notes } = readReply('<AResponse><Notes>a\u000bb\u0000</Notes></AResponse>')
    expect(root.children[0]?.text).toBe('ab')
    expect(notes).toEqual([expect.stringContaining('were dropped')])
  })

  test('an ampersand that stands alone is read as it stands, and told', () => {
    const { root, notes } = readReply('<AResponse><Company>Smith & Sons</Company></AResponse>')
    expect(root.children[0]?.text).toBe('Smith & Sons')
    expect(notes).toEqual([expect.stringContaining('"&"')])
  })

  test('lost characters are told', () => {
    const { notes } = readReply('<AResponse><Lastname>M\ufffdller</Lastname></AResponse>')
    expect(notes).toEqual([expect.stringContaining('U+FFFD')])
  })

  test('JSON becomes the same tree: single and repeated, empty and number', () => {
    const { root } = readReply(
      JSON.stringify({
        getcontactsresponse: {
          result: 'Success',
          contacts: {
            contact: [
              { contact_id: 7, notes: '' },
              { contact_id: '8', notes: null },
            ],
          },
          totalmatchingcontacts: 2,
        },
      }),
    )
    const xml = readReply(
      '<GetContactsResponse><Result>Success</Result><Contacts><Contact><Contact_id>7</Contact_id><Notes/></Contact><Contact><Contact_id>8</Contact_id><Notes></Notes></Contact></Contacts><TotalMatchingContacts>2</TotalMatchingContacts></GetContactsResponse>',
    )
    expect(root).toEqual(xml.root)
  })

  test('whatever arrives is an answer or a WireError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (noise, at) => {
        const place = at % good.length
        for (const body of [noise, good.slice(0, place) + noise + good.slice(place)]) {
          try {
            readReply(body)
          } catch (error) {
            expect(error).toBeInstanceOf(WireError)
          }
        }
      }),
    )
  })
})

function isReadable(markup: string): boolean {
  try {
    return readMarkup(markup, { mends: false }).bareAmpersands === 0
  } catch (error) {
    if (error instanceof MarkupError) return false
    throw error
  }
}
function kindOf(body: string): string {
  try {
    readReply(body)
  } catch (error) {
    if (error instanceof WireError) return error.kind
    throw error
  }
  return 'read'
}
