/**
 * Decoding a page of 200 contacts, against the npm packages that read XML. All end at the same contacts, so only the reading differs. Run by
 * hand; rounds are interleaved and the best of each counts, so that a busy machine slows all of them alike.
 */
import { ALL_ENTITIES, EntityDecoder } from '@nodable/entities'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { SaxesParser } from 'saxes'
import { decodeContact } from '../../../connectors/xml-spec/codec.ts'
import { type Element, NO_ATTRIBUTES } from '../../../connectors/xml-spec/element.ts'
import { readReply } from '../../../connectors/xml-spec/reply.ts'
import { readContactList } from '../../../connectors/xml-spec/schema.ts'
import { readUserFields } from '../../../connectors/xml-spec/answers.ts'
import { userFields } from '../../../connectors/xml-spec/user-fields.ts'
import { client } from './simulator-client.ts'

const CONTACTS = 200
const ROUNDS = 120
const WARM_UP = 30

const server = client({}, { contacts: CONTACTS })
const body = server.send(
  `<GetContactsRequest start_chunk_page="0" start_chunk_size="${CONTACTS}"></GetContactsRequest>`,
).body
/** Flat, as it comes from a socket. */
const page = Buffer.from(body).toString('utf8')
const definitions = server.send('<GetUserDefinedFieldsRequest></GetUserDefinedFieldsRequest>').body
const reading = {
  zone: 'America/Los_Angeles',
  account: null,
  userFields: userFields(readUserFields(readReply(definitions).root)),
  note: () => undefined,
}

function decode(root: Element): unknown {
  return readContactList(root).contacts.map((contact) => decodeContact(contact, reading))
}

const slow = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  ignoreDeclaration: true,
  entityDecoder: new EntityDecoder({ namedEntities: ALL_ENTITIES }),
})
type SlowNode = { readonly [name: string]: unknown }

function slowElement(node: SlowNode): Element {
  let name = ''
  let text = ''
  const children: Element[] = []
  for (const key in node) {
    if (key === ':@') continue
    name = key.toLowerCase()
    for (const one of node[key] as readonly SlowNode[]) {
      if ('#text' in one) text += String(one['#text'])
      else children.push(slowElement(one))
    }
  }
  return { name, attributes: NO_ATTRIBUTES, children, text }
}

function slowRoot(): Element {
  const [root] = slow.parse(page) as SlowNode[]
  if (root === undefined) throw new Error('no root')
  return slowElement(root)
}

interface Growing extends Element {
  readonly children: Growing[]
  text: string
}
function saxRoot(): Element {
  const root: Growing = { name: '', attributes: NO_ATTRIBUTES, children: [], text: '' }
  const open: Growing[] = [root]
  const parser = new SaxesParser({ position: false })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentagstart', ({ name }) => {
    const node = { name: name.toLowerCase(), attributes: NO_ATTRIBUTES, children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  parser.on('closetag', () => void open.pop())
  parser.on('text', (text) => {
    const node = open.at(-1)
    if (node !== undefined) node.text += text
  })
  parser.write(page).close()
  const [made] = root.children
  if (made === undefined) throw new Error('no root')
  return made
}

const WORKS: Readonly<Record<string, () => unknown>> = {
  ours: () => decode(readReply(page).root),
  saxes: () => decode(saxRoot()),
  'fast-xml-parser': () => decode(slowRoot()),
  'fast-xml-parser, validated': () => {
    if (XMLValidator.validate(page) !== true) throw new Error('invalid')
    return decode(slowRoot())
  },
}

const expected = JSON.stringify(WORKS['ours']?.())
const best = new Map<string, number>()
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, work] of Object.entries(WORKS)) {
    const start = performance.now()
    const made = work()
    const spent = performance.now() - start
    if (round === 0 && JSON.stringify(made).length !== expected.length)
      throw new Error(`${name} reads something else`)
    if (round >= WARM_UP) best.set(name, Math.min(best.get(name) ?? spent, spent))
  }
}
const own = best.get('ours') ?? 0
process.stdout.write(`${page.length} characters, ${CONTACTS} contacts\n`)
for (const [name, ms] of best)
  process.stdout.write(`${name}: ${ms.toFixed(2)} ms, ${(ms / own).toFixed(2)} times ours\n`)
