import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  OPERATIONS,
  type Operation,
  type OperationName,
} from '../../../connectors/infusionsoft/operations.ts'
import { decodeCall, decodeReply, WireError } from '../../../connectors/infusionsoft/reply.ts'
import { encodeInput, type Input, readResult } from '../../../connectors/infusionsoft/schema.ts'
import {
  array,
  double,
  encodeCall,
  flag,
  int,
  type Markup,
  stamp,
  struct,
  text,
  type WireValue,
} from '../../../connectors/infusionsoft/xml-rpc.ts'

const FIXTURES = join(import.meta.dirname, '../../../connectors/infusionsoft/fixtures')

/** The vendor's samples carry words where numbers belong; everything else is read as it stands. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  contactIDNumber: '16',
  campaignIDNumber: '7',
  groupIDNumber: '31',
  followUpSequenceId: '7',
  duplicateContactId: '24',
  contactId: '16',
}
function fixture(name: string): string {
  const verbatim = readFileSync(join(FIXTURES, name), 'utf8')
  return verbatim.replace(
    /(<(i4|int)>)([A-Za-z]+)(<)/g,
    (_, open: string, __, word: string, close: string) => open + PLACEHOLDERS[word] + close,
  )
}

function value(body: string): WireValue {
  const reply = decodeReply(body)
  if (reply.kind !== 'value') throw new Error(`a fault: ${reply.text}`)
  return reply.value
}
function answer(inner: string): string {
  return `<?xml version="1.0"?><methodResponse><params><param>${inner}</param></params></methodResponse>`
}
function kindOfError(body: string): string {
  try {
    decodeReply(body)
    return 'none'
  } catch (error) {
    if (error instanceof WireError) return error.kind
    throw error
  }
}

const person = (first: string, last: string, email: string) => ({
  data: {
    FirstName: { as: 'text', value: first },
    LastName: { as: 'text', value: last },
    Email: { as: 'text', value: email },
  },
})
const columns = ['Id', 'FirstName', 'LastName']

/** What each of the vendor's sample requests says, in our words. */
const REQUESTS: Readonly<Record<string, { readonly key?: string; readonly input: Input }>> = {
  'ContactService.add': { input: person('John', 'Doe', 'there_he_go@itsjohndoe.com') },
  'ContactService.addWithDupCheck': {
    key: 'c94a1f2b395a9ab97d4263b37f7b0923',
    input: { ...person('mytest', 'duh', 'me@testingthis.com'), dupCheckType: 'EmailAndName' },
  },
  'ContactService.update': {
    input: {
      contactId: 16,
      data: {
        fieldToUpdate1: { as: 'text', value: 'field1' },
        fieldToUpdate2: { as: 'text', value: 'field2' },
      },
    },
  },
  'ContactService.load': { input: { contactId: 16, selectedFields: columns } },
  'ContactService.findByEmail': {
    input: { email: 'there_he_go@itsjohndoe.com', selectedFields: columns },
  },
  'ContactService.merge': { input: { contactId: 16, duplicateContactId: 24 } },
  'ContactService.addToGroup': { input: { contactId: 16, groupId: 31 } },
  'ContactService.removeFromGroup': { input: { contactId: 16, tagId: 31 } },
  'ContactService.addToCampaign': { input: { contactId: 16, followUpSequenceId: 7 } },
  'ContactService.removeFromCampaign': { input: { contactId: 16, followUpSequenceId: 7 } },
  'ContactService.pauseCampaign': { input: { contactId: 22, sequenceId: 2 } },
  'ContactService.getNextCampaignStep': { input: { contactId: 16, followUpSequenceId: 7 } },
  'ContactService.rescheduleCampaignStep': {
    input: { contactIds: [22, 12, 16], sequenceStepId: 2 },
  },
  'ContactService.runActionSequence': { input: { contactId: 16, actionSetId: 1 } },
}

const doe = (FirstName: string, Id: number) => ({ FirstName, Id, LastName: 'Doe' })
const RESPONSES: Readonly<Record<string, unknown>> = {
  'ContactService.add': 16,
  'ContactService.addWithDupCheck': 40,
  'ContactService.update': 16,
  'ContactService.load': doe('Ron', 18),
  'ContactService.findByEmail': [doe('John', 16), doe('Ron', 18)],
  'ContactService.merge': true,
  'ContactService.addToGroup': false,
  'ContactService.removeFromGroup': false,
  'ContactService.addToCampaign': false,
  'ContactService.removeFromCampaign': true,
  'ContactService.pauseCampaign': true,
  'ContactService.getNextCampaignStep': 15,
  'ContactService.rescheduleCampaignStep': 3,
  'ContactService.runActionSequence': [
    {
      action: 'Apply/Remove Tag',
      message: 'tags applied to Contact: Nurture Subscriber',
      isError: false,
    },
  ],
}

function isSample(name: string): name is OperationName {
  return Object.hasOwn(REQUESTS, name)
}

describe('the samples of the vendor', () => {
  const names = readdirSync(FIXTURES)
    .filter((name) => name.startsWith('ContactService.'))
    .filter((name) => !name.includes('resumeCampaign'))

  it('are all here', () => {
    expect(names).toHaveLength(30)
  })

  it.each(names.filter((name) => name.endsWith('.request.xml')))('%s is what we send', (name) => {
    const method = name.replace(/(-again)?\.request\.xml$/, '')
    if (!isSample(method)) throw new Error(`no input for ${method}`)
    const sample = decodeCall(fixture(name))
    expect(sample.method).toBe(method)
    const { key = 'privateKey', input } = REQUESTS[method] ?? { input: {} }
    const operation: Operation = OPERATIONS[method]
    const ours = decodeCall(encodeCall(method, [text(key), ...encodeInput(operation, input)]))
    expect(ours).toEqual(sample)
    expect(JSON.stringify(ours)).toBe(JSON.stringify(sample))
  })

  it.each(names.filter((name) => name.endsWith('.response.xml')))('%s is understood', (name) => {
    const method = name.replace(/(-again)?\.response\.xml$/, '')
    if (!isSample(method)) throw new Error(`no operation ${method}`)
    const operation: Operation = OPERATIONS[method]
    const result = readResult(method, operation, {
      value: value(fixture(name)),
      table: operation.table,
    })
    expect(result).toEqual(RESPONSES[method])
  })

  it('are empty for resumeCampaignForContact, which is neither a call nor a reply', () => {
    const name = 'ContactService.resumeCampaignForContact'
    expect(kindOfError(fixture(`${name}.response.xml`))).toBe('cut')
    expect(() => decodeCall(fixture(`${name}.request.xml`))).toThrow(WireError)
  })

  it('hold words where a number belongs, which are refused as they stand', () => {
    const verbatim = readFileSync(join(FIXTURES, 'ContactService.add.response.xml'), 'utf8')
    expect(() => decodeReply(verbatim)).toThrow(/an integer holds "contactIDNumber"/)
  })
})

describe('the wire examples of the fact sheet', () => {
  it('are what we send', () => {
    const query = (input: Input) =>
      decodeCall(
        encodeCall('DataService.query', [
          text('x'),
          ...encodeInput(OPERATIONS['DataService.query'], input),
        ]),
      )
    expect(
      query({
        table: 'Contact',
        limit: 1000,
        page: 0,
        queryData: { LastUpdated: '~>=~ 2026-02-03 08:15:00', Id: '~>~ 0' },
        selectedFields: [
          'Id',
          'Email',
          'FirstName',
          'CompanyID',
          'Groups',
          'LastUpdated',
          '_PlanLevel0',
        ],
        orderBy: 'Id',
        ascending: true,
      }),
    ).toEqual(decodeCall(fixture('changed-contacts.request.xml')))
    expect(
      query({
        table: 'ContactGroupAssign',
        limit: 1000,
        page: 0,
        queryData: { DateCreated: '~>=~ 2026-02-03 00:00:00' },
        selectedFields: ['ContactId', 'GroupId', 'DateCreated', 'Contact.Email'],
        orderBy: 'ContactId',
        ascending: true,
      }),
    ).toEqual(decodeCall(fixture('tag-assignments.request.xml')))
    expect(
      query({
        table: 'DataFormField',
        limit: 1000,
        page: 0,
        queryData: { FormId: -1 },
        selectedFields: ['Id', 'Name', 'Label', 'DataType', 'GroupId', 'Values'],
      }),
    ).toEqual(decodeCall(fixture('contact-fields.request.xml')))
  })

  it('are understood: nulls are missing, `<value/>` is an empty text, padding is none', () => {
    expect(value(fixture('changed-contacts.response.xml'))).toEqual([
      {
        FirstName: 'Ines',
        Email: 'ines@shop.example',
        Id: 7102,
        CompanyID: 0,
        LastUpdated: '20260203T08:15:07',
      },
      { Id: 7110, CompanyID: 7110, Groups: '31,44', LastUpdated: '20260203T09:00:00' },
    ])
    expect(value(fixture('tag-assignments.response.xml'))).toEqual([
      {
        ContactId: 7102,
        GroupId: 31,
        DateCreated: '20260203T08:20:41',
        'Contact.Email': 'ines@shop.example',
      },
    ])
    expect(value(fixture('tags.response.xml'))).toEqual([
      { Id: 31, GroupName: 'Newsletter & offers', GroupCategoryId: 4, GroupDescription: '' },
    ])
    expect(value(fixture('contact-fields.response.xml'))).toEqual([
      {
        Id: 58,
        Name: 'PlanLevel0',
        Label: 'Plan level',
        DataType: 21,
        GroupId: 3,
        Values: '\nBasic\nPlus',
      },
    ])
    expect(decodeReply(fixture('vanished-field.response.xml'))).toMatchObject({
      kind: 'fault',
      code: 10,
      text: '[NoFieldFound]Contact._PlanLevel0',
    })
  })
})

describe('decoding', () => {
  it.each([
    ['<value><i4>3</i4></value>', 3],
    ['<value> <int>\n -7 \n</int> </value>', -7],
    ['<value><i8>9007199254740993</i8></value>', '9007199254740993'],
    ['<value><boolean> 1 </boolean></value>', true],
    ['<value><boolean>true</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><double>12.5</double></value>', 12.5],
    ['<value><double>12.50</double></value>', '12.50'],
    ['<value><double>0.1234567890123456789</double></value>', '0.1234567890123456789'],
    ['<value>20240101T10:00:00</value>', '20240101T10:00:00'],
    [
      '<value><dateTime.iso8601> 20240101T10:00:00 </dateTime.iso8601></value>',
      '20240101T10:00:00',
    ],
    ['<value><base64>aGVs\n bG8=</base64></value>', 'aGVsbG8='],
    ['<value><nil/></value>', null],
    ['<value/>', ''],
    ['<value></value>', ''],
    ['<value><string/></value>', ''],
    ['<value> padded text </value>', ' padded text '],
    ['<value>a<![CDATA[<b> & ]]>c</value>', 'a<b> & c'],
    ['<value>a<!-- not this -->c</value>', 'ac'],
    ['<value>&#252;&#x1F600;&amp;&lt;</value>', 'ü😀&<'],
    ['<value><array><data/></array></value>', []],
    [
      '<value><array><data><value>a</value><value><i4>1</i4></value></data></array></value>',
      ['a', 1],
    ],
    ['<value><struct/></value>', {}],
    [
      '<value><struct><member><name> Id </name><value><i4>1</i4></value></member></struct></value>',
      { Id: 1 },
    ],
    [
      '<value><struct><member><name>a</name><value><struct><member><name>b</name><value/></member></struct></value></member></struct></value>',
      { a: { b: '' } },
    ],
  ])('reads %s', (markup, expected) => {
    expect(value(answer(markup))).toEqual(expected)
  })

  it('keeps a member called __proto__ a member', () => {
    const hostile = value(
      answer(
        '<value><struct><member><name>__proto__</name><value><struct><member><name>isAdmin</name><value>1</value></member></struct></value></member></struct></value>',
      ),
    )
    expect(Object.keys(Object(hostile))).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })

  it('skips byte order marks, blanks, and notices around the document, and says so', () => {
    const body = answer('<value>x</value>')
    expect(decodeReply(`\ufeff\n  ${body}`)).toMatchObject({ value: 'x', notes: [] })
    expect(decodeReply(`Notice: Undefined index in /x.php\n${body}`)).toMatchObject({
      value: 'x',
      notes: ['Text in front of the XML document was skipped.'],
    })
    expect(decodeReply(`${body}<!-- 12 ms -->bye`)).toMatchObject({
      value: 'x',
      notes: ['Text behind the XML document was skipped.'],
    })
  })

  it('drops what XML does not allow, raw and as a reference, and counts it', () => {
    expect(
      decodeReply(answer('<value>a\u000bb&#11;c&#x1;d&#xFFFE;e\u0000f</value>')),
    ).toMatchObject({ value: 'abcdef', scrubbed: 5 })
    expect(decodeReply(answer('<value>tab\tlf\n&#9;&#10;&#13;</value>'))).toMatchObject({
      value: 'tab\tlf\n\t\n\r',
      scrubbed: 0,
    })
  })

  it('joins surrogate pairs that came as two references', () => {
    expect(
      decodeReply(answer('<value>&#55357;&#56832;&#xD83D;&#xDE00;&#xD83D;</value>')),
    ).toMatchObject({ value: '😀😀', scrubbed: 1 })
  })

  it.each([
    ['', 'empty'],
    [' \n ', 'empty'],
    ['<?xml version="1.0"?>', 'cut'],
    ['<?xml version="1.0"?><methodResp', 'cut'],
    [answer('<value>x</value>').slice(0, 60), 'cut'],
    ['<!DOCTYPE html><html><body>Down</body></html>', 'html'],
    ['<?xml version="1.0"?><html><body/></html>', 'html'],
    ['{"code":"429","message":"Quota Exceeded"}', 'json'],
    ['Developer Inactive', 'foreign'],
    ['<?xml version="1.0"?><soap:Envelope xmlns:soap="x"/>', 'foreign'],
    [answer('<value><i4>x</i4></value>'), 'malformed'],
    [answer('<value><i4>1</i4><i4>2</i4></value>'), 'malformed'],
    [answer('<value>text<i4>1</i4></value>'), 'malformed'],
    [answer('<value><i9>1</i9></value>'), 'malformed'],
    [answer('<value><constructor>1</constructor></value>'), 'malformed'],
    [answer('<value><struct><member><value>x</value></member></struct></value>'), 'malformed'],
    [answer('<value>&unknown;</value>'), 'malformed'],
    [answer('<value><string>x</value></string>'), 'malformed'],
    [
      answer(`${'<value><array><data>'.repeat(80)}${'</data></array></value>'.repeat(80)}`),
      'malformed',
    ],
    ['<methodResponse><fault><value>x</value></fault></methodResponse>', 'malformed'],
  ])('refuses %j as %s', (body, kind) => {
    expect(kindOfError(body)).toBe(kind)
  })

  it('does not expand entities that a document defines', () => {
    const body = `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>${answer('<value>&b;</value>').slice(21)}`
    expect(kindOfError(body)).toBe('malformed')
  })

  it('reads a page of a thousand contacts fast enough for an event loop', () => {
    const member = (name: string, inner: string) =>
      `<member><name>${name}</name><value>${inner}</value></member>`
    const row = (id: number) =>
      `<value><struct>${member('Id', `<i4>${id}</i4>`)}${Array.from({ length: 13 }, (_, at) => member(`Field${at}`, `some text of usual length ${id}`)).join('')}</struct></value>`
    const rows = Array.from({ length: 1000 }, (_, id) => row(id)).join('')
    const page = answer(`<value><array><data>${rows}</data></array></value>`)
    expect(value(page)).toHaveLength(1000)
  })
})

describe('encoding', () => {
  const legalText = fc
    .string({ unit: 'binary' })
    .map((one) => one.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, ''))
  const name = legalText.map((one) => one.trim()).filter((one) => one !== '')

  it('survives any text, hostile ones too', () => {
    fc.assert(
      fc.property(fc.dictionary(name, legalText), legalText, (members, tail) => {
        const parameters: Markup[] = [
          struct(Object.entries(members).map(([key, one]) => [key, text(one)])),
          text(tail),
        ]
        expect(decodeCall(encodeCall('a.b', parameters)).parameters).toEqual([
          Object.fromEntries(Object.entries(members)),
          tail,
        ])
      }),
    )
  })

  it('drops what XML does not allow before it leaves', () => {
    const sent = encodeCall('a.b', [text('a\u0000b\u000bc\ud800d\uffffe\r\nf')])
    expect(decodeCall(sent).parameters).toEqual(['abcde\r\nf'])
  })

  it('types every value', () => {
    expect(array([int(1), flag(true), double('1.50'), stamp('20260203T00:00:00')])).toBe(
      '<value><array><data><value><int>1</int></value><value><boolean>1</boolean></value><value><double>1.50</double></value><value><dateTime.iso8601>20260203T00:00:00</dateTime.iso8601></value></data></array></value>',
    )
    expect(text('20260203T00:00:00')).toBe('<value><string>20260203T00:00:00</string></value>')
    expect(() => int(2 ** 31)).toThrow(RangeError)
    expect(() => int(1.5)).toThrow(RangeError)
    expect(() => double('1<2')).toThrow(RangeError)
  })
})
