/** Reading plain replies straight from their bytes, against reading any reply: what the first understands, the second says too. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plainReply } from '../../../connectors/infusionsoft/plain-reply.ts'
import { decodeReply, type Reply, WireError } from '../../../connectors/infusionsoft/reply.ts'
import { account, request } from './simulator-client.ts'

const FIXTURES = join(import.meta.dirname, '../../../connectors/infusionsoft/fixtures')
const COLUMNS = 'Id FirstName LastName Email City State DateCreated LastUpdated OwnerID Birthday'

/** True: it was plain, and says what the reader of any reply says. */
function agrees(bytes: Buffer): boolean {
  const value = plainReply(bytes)
  if (value === undefined) return false
  const reply = decoded(bytes.toString())
  expect(reply).toEqual({ kind: 'value', value, scrubbed: 0, scrubbedFrom: [], notes: [] })
  return true
}

function decoded(body: string): Reply | null {
  try {
    return decodeReply(body)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

function page(quirks: Readonly<Record<string, unknown>> = {}): Buffer {
  const { send } = account(30, quirks)
  const columns = COLUMNS.split(' ')
  const query = request('DataService.query', 'x', 'Contact', 30, 0, { Id: '%' }, columns)
  return Buffer.from(send(query).body)
}

function answer(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><methodResponse><params><param>${inner}</param></params></methodResponse>`
}

/** Numbers in [0, below), the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('a reply read from its bytes', () => {
  it('says what any reader says of a page of contacts', () => {
    expect(agrees(page())).toBe(true)
    expect(agrees(page({ padded: true }))).toBe(true)
    expect(agrees(page({ htmlEntities: true, numbersAsText: true }))).toBe(true)
  })

  it('says the same of the samples of the vendor, or nothing', () => {
    const samples = readdirSync(FIXTURES).filter((name) => name.endsWith('response.xml'))
    const plain = samples.filter((name) => agrees(readFileSync(join(FIXTURES, name))))
    expect(plain.length).toBeGreaterThan(5)
  })

  it('says the same of texts, types and references', () => {
    const values = [
      '<value>a &amp; b &lt;c&gt; &quot;d&quot; &apos;</value>',
      '<value>line\r\nline\rline&#13;&#10;&#x1F33B;</value>',
      '<value> <int> 7 </int> </value>',
      '<value>  </value>',
      '<value/>',
      '<value></value>',
      '<value><string>Zoë 🌻</string></value>',
      '<value><i4>007</i4></value>',
      '<value><double>-1.50</double></value>',
      '<value><boolean>true</boolean></value>',
      '<value><dateTime.iso8601> 20260203T12:00:00 </dateTime.iso8601></value>',
      '<value><nil></nil></value>',
      '<value><array><data><value>1</value><value><array><data></data></array></value></data></array></value>',
      '<value><struct><member><name>__proto__</name><value>x</value></member><member><name> a </name><value>1</value></member><member><name>a</name><value>2</value></member></struct></value>',
    ]
    for (const value of values)
      expect([value, agrees(Buffer.from(answer(value)))]).toEqual([value, true])
  })

  it('leaves to the other what is not plain', () => {
    const replies = [
      '',
      '<html></html>',
      answer('<value><i4>seven</i4></value>'),
      answer('<value>a &#11; b</value>'),
      answer('<value>a \u000b b</value>'),
      answer('<value>a \ufffe b</value>'),
      answer('<value>a & b</value>'),
      answer('<value>&nbsp;</value>'),
      answer('<value>&#55357;&#56832;</value>'),
      answer('<value>]]></value>'),
      answer('<value><![CDATA[a]]></value>'),
      answer('<value><!-- a -->b</value>'),
      answer('<value>a<int>1</int></value>'),
      answer('<value><int>1</int>a</value>'),
      answer('<value a="b">c</value>'),
      answer('<value><struct><member><value>1</value></member></struct></value>'),
      `Notice: undefined\n${answer('<value>1</value>')}`,
      `${answer('<value>1</value>')}bye`,
      answer('<value>1</value><value>2</value>'),
      answer('<value>1</value>').slice(0, -1),
      '<methodResponse><fault><value><struct></struct></value></fault></methodResponse>',
    ]
    for (const reply of replies)
      expect([reply, plainReply(Buffer.from(reply))]).toEqual([reply, undefined])
  })

  for (const seed of [1, 2, 3]) {
    it(`says the same, or nothing, when bytes are not what they were: seed ${seed}`, () => {
      const roll = dice(seed)
      const whole = page()
      const odd = Buffer.from('<>&;/]\r\n \u000bav\u00ff\u00c3', 'latin1')
      let understood = 0
      for (let round = 0; round < 500; round += 1) {
        const bytes = Buffer.from(whole)
        const at = roll(bytes.length)
        bytes[at] = odd[roll(odd.length)] ?? 0
        const broken = roll(5) === 0 ? bytes.subarray(0, at) : bytes
        if (agrees(broken)) understood += 1
      }
      expect(understood).toBeGreaterThan(50)
    })
  }
})
