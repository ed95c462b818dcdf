/** The slips of the answers: one by one, as the documents' own samples show them. */
import { expect, test } from 'vitest'
import { readDocument } from '../../../connectors/xml-spec/simulator/document.ts'
import { client, contacts, names, text } from './simulator-client.ts'

const ADD = (inner: string) =>
  `<AddContactsRequest><Contacts><Contact>${inner}</Contact></Contacts></AddContactsRequest>`
const TWO_GROUPS = '<Groups><Group>Customers</Group><Group>Newsletter</Group></Groups>'
const READ = '<GetContactsRequest/>'
/** Contacts 1001 (first form) and 1002 (second form) in two groups each. */
function pair(quirks: Readonly<Record<string, unknown>> = {}) {
  const c = client(quirks, { contacts: 0 })
  for (const name of ['A', 'B']) {
    c.ask(
      ADD(
        `<Lastname>${name}</Lastname>${TWO_GROUPS}<Tags><Tag>VIP</Tag><Tag>Hot lead</Tag></Tags>`,
      ),
    )
  }
  return c
}

test('1: the second group lacks its >, so that the answer is not well-formed; nothing else is lost', () => {
  const c = pair({ unclosedGroup: 2 })
  const { body } = c.send(READ)
  expect(() => readDocument(body)).toThrow()
  expect(body.match(/<Group\n<ID>/g)).toHaveLength(1)
  const repaired = readDocument(body.replaceAll('<Group\n<', '<Group>\n<'))
  expect(
    contacts(repaired).map(
      (one) => one.children.find(({ name }) => name === 'Groups')?.children.length,
    ),
  ).toEqual([2, 2])
  const indented = pair({ unclosedGroup: 2, indent: true }).send(READ).body
  expect(indented).toMatch(/\n {16}<Group\n {20}<ID>9903<\/ID>\n/)
  expect(pair({ unclosedGroup: 2 }).send('<GetContactsRequest response="json"/>').body).toContain(
    '"9903"',
  )
})

test('by default every fiftieth contact is torn', () => {
  const c = client({ unclosedGroup: 50, firstContactId: 1050 }, { contacts: 0 })
  c.ask(ADD(`<Lastname>A</Lastname>${TWO_GROUPS}`))
  expect(() => readDocument(c.send(READ).body)).toThrow()
})

test('2: lead scores inside Groups for one contact, beside the tags for the next', () => {
  const asked = '<GetContactsRequest do_lead_scoring="true"/>'
  const [first, second] = contacts(pair().ask(asked))
  expect(names(first?.children.find(({ name }) => name === 'Groups'))).toEqual([
    'Group',
    'Group',
    'DemographicLeadScore',
    'ActivityLeadScore',
  ])
  expect(names(second).slice(-4)).toEqual([
    'Tags',
    'DemographicLeadScore',
    'ActivityLeadScore',
    'SecondaryCompanies',
  ])
  const [plain] = contacts(pair({ scoresInGroups: false }).ask(asked))
  expect(names(plain)).toContain('ActivityLeadScore')
  expect(second && text(second, 'ActivityLeadScore')).toMatch(/^\d+\.\d$/)
  expect(names(contacts(pair().ask(READ))[0])).not.toContain('ActivityLeadScore')
})

test('3: groups under two sets of names in one answer, or under one', () => {
  const shapes = (quirks = {}) =>
    contacts(pair(quirks).ask(READ)).map((one) =>
      names(one.children.find(({ name }) => name === 'Groups')?.children[0]),
    )
  const long = ['Group_id', 'GroupName']
  const short = ['ID', 'Name']
  expect(shapes()).toEqual([long, short])
  expect(shapes({ groupForm: 'ID' })).toEqual([short, short])
  expect(shapes({ groupForm: 'Group_id' })).toEqual([long, long])
})

test('4: a contact without its id', () => {
  const shown = contacts(pair({ missingContactId: 2 }).ask(READ)).map((one) =>
    text(one, 'Contact_id'),
  )
  expect(shown).toEqual(['1001', undefined])
})

test('5: people born on 30 February', () => {
  const c = client({ impossibleBirthdate: 4 }, { contacts: 8 })
  const born = c.simulator.snapshot().filter(({ fields }) => fields['Birthdate'] === '19720230')
  expect(born.map(({ id }) => id)).toEqual(['1004', '1008'])
})

test('6: the stamps stand before Birthdate in one contact, after Notes in the next', () => {
  const place = (quirks = {}) =>
    contacts(pair(quirks).ask(READ)).map(
      (one) => names(one).indexOf('UpdatedTimeStamp') - names(one).indexOf('Birthdate'),
    )
  expect(place()).toEqual([-1, 9])
  expect(place({ mixedOrder: false })).toEqual([-1, -1])
})

test('7, 8: one TagID for two tags', () => {
  const tagIds = (quirks = {}) => {
    const [first] = contacts(pair(quirks).ask(READ))
    const tags = first?.children.find(({ name }) => name === 'Tags')?.children ?? []
    return tags.map((tag) => `${text(tag, 'TagID')} ${text(tag, 'TagName')}`)
  }
  expect(tagIds()).toEqual(['182748 VIP', '182746 Hot lead'])
  const all = (quirks = {}) => {
    const c = client(quirks, { contacts: 200 })
    const byId = new Map<string, Set<string>>()
    for (const one of contacts(c.ask(READ))) {
      for (const tag of one.children.find(({ name }) => name === 'Tags')?.children ?? []) {
        const id = text(tag, 'TagID') ?? ''
        byId.set(id, (byId.get(id) ?? new Set()).add(text(tag, 'TagName') ?? ''))
      }
    }
    return Math.max(...[...byId.values()].map((set) => set.size))
  }
  expect(all()).toBe(1)
  expect(all({ tagIdClash: true })).toBe(2)
})

test('9: one field under two UserFieldIDs; a field without a value in three ways', () => {
  const value =
    '<UserDefinedFields><UserDefinedField fieldname="Customer number">7</UserDefinedField></UserDefinedFields>'
  const shown = (quirks: Record<string, unknown>) => {
    const c = client(quirks, { contacts: 0 })
    for (const name of ['A', 'B']) c.ask(ADD(`<Lastname>${name}</Lastname>${value}`))
    return contacts(c.ask(READ)).map(
      (one) => one.children.find(({ name }) => name === 'UserDefinedFields')?.children ?? [],
    )
  }
  const idsOf = (quirks: Record<string, unknown>) =>
    shown(quirks).map(([field]) => field && text(field, 'UserFieldID'))
  expect(idsOf({})).toEqual(['93', '93'])
  expect(idsOf({ fieldIdClash: true })).toEqual(['93', '454'])
  const counts = (emptyFields: string) => {
    const [first] = shown({ emptyFields })
    return [first?.length, first?.filter((field) => names(field).includes('FieldValue')).length]
  }
  expect(counts('omit')).toEqual([1, 1])
  expect(counts('no-value')).toEqual([15, 1])
  expect(counts('empty-value')).toEqual([15, 15])
})

test('15: a refused item may come back empty', () => {
  const missing =
    '<DeleteContactsRequest><Contacts><Contact contact_id="9" request_id="x" /></Contacts></DeleteContactsRequest>'
  expect(client({ emptyItems: true }).send(missing).body).toBe(
    '<DeleteContactsResponse><Contacts><Contact request_id="x" /></Contacts></DeleteContactsResponse>',
  )
})

test('17: an entity beside raw quotes, or all of them escaped; read back once, as it was written', () => {
  const odd = `Testfirst1 & and " ' P <b> &lt; &nbsp;`
  const written = odd.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  for (const rawQuotes of [true, false]) {
    const c = client({ rawQuotes }, { contacts: 0 })
    c.ask(ADD(`<Firstname>${written}</Firstname>`))
    expect(c.send(READ).body).toContain(rawQuotes ? `&amp; and " ' P` : '&amp; and &quot; &apos; P')
    expect(text(c.ask(READ), 'Contacts', 'Contact', 'Firstname')).toBe(odd)
  }
})

test('entities: as numbers, as HTML, forgotten, doubled', () => {
  const shown = (entities: string) => {
    const c = client({ entities }, { contacts: 0 })
    c.ask(ADD('<Firstname>Jörg &amp; Co 😀</Firstname>'))
    return /<Firstname>(.*?)<\/Firstname>/.exec(c.send(READ).body)?.[1]
  }
  expect(shown('xml')).toBe('Jörg &amp; Co 😀')
  expect(shown('numeric')).toBe('J&#246;rg &amp; Co &#128512;')
  expect(shown('html')).toBe('J&ouml;rg &amp; Co 😀')
  expect(shown('bare')).toBe('Jörg & Co 😀')
  expect(shown('double')).toBe('Jörg &amp;amp; Co 😀')
})

test('encodings that went wrong, control characters, prologs', () => {
  const shown = (quirks: Record<string, unknown>, name: string) => {
    const c = client(quirks, { contacts: 0 })
    c.send(ADD(`<Firstname>${name}</Firstname>`))
    return c.send(READ).body
  }
  expect(shown({ encoding: 'mojibake' }, 'Jörg')).toContain('JÃ¶rg')
  expect(shown({ encoding: 'replacement' }, 'Jörg')).toContain('J\uFFFDrg')
  expect(shown({ prolog: 'declaration' }, 'A')).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Get/,
  )
  expect(shown({ prolog: 'bom' }, 'A')).toMatch(/^\uFEFF<\?xml/)
  const torn = client({ controlCharacters: 1 }, { contacts: 1 })
  expect(() => readDocument(torn.send(READ).body)).toThrow()
  expect(torn.send(READ).body).toContain('\u000B</Notes>')
  expect(torn.send(ADD('<Firstname>A\u000B</Firstname>')).body).toContain('Could not parse XML')
})

test('an emoji, a CRLF note and markup in a note come back as an XML reader gives them', () => {
  const c = client({}, { contacts: 300 })
  const truth = new Map(c.simulator.snapshot().map(({ id, fields }) => [id, fields['Notes'] ?? '']))
  for (const one of contacts(c.ask(READ))) {
    const expected = truth.get(text(one, 'Contact_id') ?? '')?.replaceAll('\r\n', '\n')
    expect(text(one, 'Notes')).toBe(expected)
  }
})

test('indented answers look like the documents', () => {
  const { body } = client({ indent: true }, { contacts: 0 }).send(READ)
  expect(body).toBe(
    '<GetContactsResponse>\n    <Result>Success</Result>\n    <Contacts>\n    </Contacts>\n    <TotalMatchingContacts>0</TotalMatchingContacts>\n</GetContactsResponse>\n',
  )
})
