/** Every quirk of the list in the connector's README, by its number. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeContact } from '../../../connectors/xml-spec/codec.ts'
import { readMarkup } from '../../../connectors/xml-spec/markup.ts'
import { OPERATIONS } from '../../../connectors/xml-spec/operations.ts'
import { readReply } from '../../../connectors/xml-spec/reply.ts'
import { rules } from '../../../connectors/xml-spec/rules.ts'
import { type Contact, readContactList } from '../../../connectors/xml-spec/schema.ts'
import { readItemResults, readUserFields, splitList } from '../../../connectors/xml-spec/answers.ts'
import {
  dateOf,
  instantOf,
  ruleDate,
  wireDate,
  wireDay,
} from '../../../connectors/xml-spec/stamps.ts'
import { fieldTypeOf, userFields, valueTypeOf } from '../../../connectors/xml-spec/user-fields.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import {
  change,
  creation,
  own,
  scanAll,
  scripted,
  SIGNAL,
  sightingsIn,
  world,
} from './connection.ts'

const FOLDER = new URL('../../../connectors/xml-spec/fixtures/', import.meta.url)
const sample = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8')
const shown = readContactList(readReply(sample('GetContacts.response.xml')).root).contacts
const NO_FIELDS = userFields([])

describe('quirks visible in the documents', () => {
  test('1: a Group tag without its ">" is mended, and told', async () => {
    const body = sample('GetContacts.response.xml')
    expect(readReply(body).notes).toHaveLength(1)
    expect(shown.map(({ groups }) => groups)).toEqual([
      [
        { id: '9985', name: 'groupname1' },
        { id: '9986', name: 'groupname2' },
      ],
      [
        { id: '9985', name: 'groupname1' },
        { id: '9986', name: 'groupname2' },
      ],
    ])
    const at = world({ unclosedGroup: 3 }, { contacts: 60 })
    const scanned = await scanAll(at, 'contacts')
    expect(scanned.notes).toEqual([expect.stringContaining('quirk 1')])
    expect(sightingsIn(scanned).size).toBe(60)
  })

  test('2: lead scores are found inside of Groups and beside them, and are no group', async () => {
    expect(shown.map((one) => [one.demographicLeadScore, one.activityLeadScore])).toEqual([
      ['50', '329.9'],
      ['75', '422.2'],
    ])
    const at = world({}, { contacts: 6, settings: { options: { leadScores: true } } })
    const scanned = sightingsIn(await scanAll(at, 'contacts'))
    for (const { fields } of scanned.values()) {
      expect(fields['custom.DemographicLeadScore']).toMatch(/^\d+$/)
      expect(fields['custom.ActivityLeadScore']).toMatch(/^\d+\.\d$/)
    }
  })

  test('3: Group_id with GroupName and ID with Name are the same', async () => {
    const groups = await Promise.all(
      ['Group_id', 'ID', 'mixed'].map(async (groupForm) => {
        const at = world({ groupForm }, { contacts: 20 })
        return [...sightingsIn(await scanAll(at, 'contacts')).values()].map((one) => one.groups)
      }),
    )
    expect(groups[0]).toEqual(groups[1])
    expect(groups[0]).toEqual(groups[2])
    expect(groups[0]?.some((one) => (one?.length ?? 0) > 0)).toBe(true)
  })

  test('4: a contact without its id is set aside by name; asked for by id it is known', async () => {
    const at = world({ missingContactId: 7 }, { contacts: 40 })
    const scanned = await scanAll(at, 'contacts')
    const hidden = at.simulator.snapshot().filter(({ id }) => Number(id) % 7 === 0)
    expect(scanned.broken.length).toBeGreaterThanOrEqual(hidden.length)
    expect(scanned.broken[0]).toMatchObject({ id: null, hint: expect.any(String) })
    expect(scanned.isProven).toBe(true)
    expect(sightingsIn(scanned).size).toBe(40 - hidden.length)
    const id = own(hidden[0]?.id ?? '')
    const [fetched] = await at.run((writer) => writer.fetch([id], SIGNAL))
    expect(fetched).toMatchObject({ kind: 'found', id })
  })

  test('5: the 30th of February stays as it came and is never written', async () => {
    expect(dateOf('19720230')).toBe('19720230')
    expect(wireDate('19720230')).toBeNull()
    const at = world({ impossibleBirthdate: 1 }, { contacts: 3 })
    const scanned = [...sightingsIn(await scanAll(at, 'contacts')).values()]
    expect(scanned.map(({ fields }) => fields['birthday'])).toEqual([
      '19720230',
      '19720230',
      '19720230',
    ])
    expect(rules.fit(definition('birthday', 'date'), '19720230')).toMatchObject({ kind: 'loss' })
    const [current] = scanned
    if (current === undefined) throw new Error('nobody')
    await at.run((writer) =>
      writer.write([change(current, { key: 'a', fields: { notes: 'x' } })], SIGNAL),
    )
    const after = at.simulator.snapshot().find(({ id }) => own(id) === current.id)
    expect(after?.fields).toMatchObject({ Birthdate: '19720230', Notes: 'x' })
  })

  test('6: the order of elements means nothing', () => {
    const parts = [
      '<Contact_id>1</Contact_id>',
      '<Tags><Tag><TagName>A</TagName></Tag></Tags>',
      '<UpdatedTimeStamp>2012-08-29 12:34:56</UpdatedTimeStamp>',
      '<Notes>n</Notes>',
      '<AccountNumber>5</AccountNumber>',
    ]
    expect(contactOf(parts.join(''))).toEqual(contactOf(parts.toReversed().join('')))
  })

  test('7 and 8: a TagID that stands for two tags does no harm, tags go by name', async () => {
    const at = world({ tagIdClash: true }, { contacts: 40 })
    const scanned = sightingsIn(await scanAll(at, 'contacts'))
    for (const { id, tags } of at.simulator.snapshot())
      expect([...(scanned.get(own(id))?.tags ?? [])]).toEqual([...tags].sort())
    expect(shown.flatMap(({ tags }) => tags?.filter(({ id }) => id === '182746')).length).toBe(2)
  })

  test('9: a field whose number differs from contact to contact is one by name; namesakes go by number', async () => {
    const at = world({ fieldIdClash: true }, { contacts: 40 })
    const scanned = sightingsIn(await scanAll(at, 'contacts'))
    const plain = sightingsIn(await scanAll(world({}, { contacts: 40 }), 'contacts'))
    for (const [id, { fields }] of plain) expect(scanned.get(id)?.fields).toEqual(fields)
    const twins = world({ twinFields: true }, { contacts: 40 })
    const { fields } = await twins.run((writer) => writer.catalog(SIGNAL))
    const natives = fields.map(({ native }) => native)
    expect(new Set(natives).size).toBe(natives.length)
    expect(natives.filter((native) => native.includes('#')).length).toBeGreaterThan(1)
  })

  test('10: a field is written by number and by name in one request', () => {
    const markup = OPERATIONS.EditContacts.encode({
      contacts: [
        {
          contact_id: '1',
          UserDefinedFields: [
            { fieldnum: '123', value: 'Dog' },
            { fieldname: 'Fruits', value: 'Apple' },
          ],
        },
      ],
    })
    expect(markup).toContain(
      '<UserDefinedFields><UserDefinedField fieldnum="123">Dog</UserDefinedField><UserDefinedField fieldname="Fruits">Apple</UserDefinedField></UserDefinedFields>',
    )
  })

  test('11: choices are parted by commas, so one with a comma is refused', () => {
    expect(splitList('Football,Basketball, Tennis ,')).toEqual(['Football', 'Basketball', 'Tennis'])
    expect(rules.fit(definition('custom.x', 'choices'), ['a,b'])).toMatchObject({ kind: 'loss' })
  })

  test('12: a field of a type that is not listed is kept: Date as a day, others as text', () => {
    expect(['Date', 'Slider', 'Checkbox', 'select'].map(valueTypeOf)).toEqual([
      'date',
      'longtext',
      'choices',
      'choice',
    ])
    expect((['date', 'number', 'html', 'choice'] as const).map(fieldTypeOf)).toEqual([
      'ShortText',
      'ShortText',
      'Text',
      'Select',
    ])
  })

  test('13: four ways to write a date, one function each', () => {
    expect(instantOf('2012-07-01 12:34:56', 'America/Los_Angeles')).toBe('2012-07-01T19:34:56Z')
    expect(dateOf('19690823')).toBe('1969-08-23')
    expect(wireDay('2018-01-01 00:10:00', -1)).toBe('20171231')
    expect(ruleDate('2017-08-20')).toBe('2017/08/20')
  })

  test('14: a blank before the ">" of an end tag is legal', () => {
    expect(readMarkup('<A><B>x</B ></A\n>', { mends: false }).root.children[0]?.text).toBe('x')
  })

  test('15: an empty item says nothing, so its contact is unknown, not done', async () => {
    expect(
      readItemResults(
        readReply(
          '<AddContactsResponse><Contacts><Contact/><Contact request_id="a" /></Contacts></AddContactsResponse>',
        ).root,
      ),
    ).toEqual([])
    const at = world({ emptyItems: true, refusesBadEmail: true }, { contacts: 3 })
    const outcomes = await at.run((writer) =>
      writer.write(
        [
          creation('a', { fields: { 'emails.1': 'nowhere' } }),
          creation('b', { fields: { givenName: 'B' } }),
        ],
        SIGNAL,
      ),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'done'])
  })

  test('16: attributes in single quotes', () => {
    expect(readMarkup(`<A b='4' c="'"/>`, { mends: false }).root.attributes).toEqual({
      b: '4',
      c: "'",
    })
  })

  test('17: entities, raw quotes, names of HTML, lone and double ampersands', async () => {
    const names: Record<string, unknown[]> = {}
    for (const entities of ['xml', 'numeric', 'html', 'bare']) {
      const at = world({ entities }, { contacts: 60 })
      names[entities] = [...sightingsIn(await scanAll(at, 'contacts')).values()].map(
        ({ fields }) => fields,
      )
    }
    expect(names['numeric']).toEqual(names['xml'])
    expect(names['html']).toEqual(names['xml'])
    expect(names['bare']).toEqual(names['xml'])
    expect(contactOf(`<Company>&amp; and " ' P &amp;amp; &nbsp;</Company>`).texts.Company).toBe(
      `& and " ' P &amp; \u00a0`,
    )
  })

  test('18: SearchContacts says ID, GetContacts says Contact_id', () => {
    expect(contactOf('<ID>124</ID>').id).toBe('124')
    expect(contactOf('<Contact_id>124</Contact_id>').id).toBe('124')
  })

  test('19: the total stands before or behind the contacts', () => {
    const [contacts, total] = [
      '<Contacts></Contacts>',
      '<TotalMatchingContacts>7</TotalMatchingContacts>',
    ]
    for (const parts of [contacts + total, total + contacts])
      expect(readContactList(readReply(`<AResponse>${parts}</AResponse>`).root).total).toBe(7)
  })

  test('20: the result stands first or last', () => {
    const [id, result] = ['<Contact_id>5</Contact_id>', '<Result>Success</Result>']
    for (const parts of [id + result, result + id])
      expect(
        readItemResults(
          readReply(`<AResponse><Contacts><Contact>${parts}</Contact></Contacts></AResponse>`).root,
        ),
      ).toMatchObject([{ kind: 'success', id: '5' }])
  })

  test('21: the account of a new contact is the one that the answer names', async () => {
    const { writer } = scripted((xml) =>
      xml.startsWith('<Add')
        ? '<AddContactsResponse><Contacts><Contact request_id="a"><Result>Success</Result><AccountNumber>91236</AccountNumber><Contact_id>5</Contact_id></Contact></Contacts></AddContactsResponse>'
        : success(xml),
    )
    const outcomes = await writer.write([creation('a', { fields: { givenName: 'X' } })], SIGNAL)
    expect(outcomes[0]).toMatchObject({ kind: 'done', id: '91236/5' })
  })

  test('22: an unsubscribe answers without account and stamp', () => {
    const [first] = readItemResults(readReply(sample('UnsubscribeContacts.response.xml')).root)
    expect(first).toMatchObject({
      kind: 'success',
      account: null,
      updated: null,
      requestId: 'a1b2c3',
    })
  })

  test('23: an e-mail address is not unique: all who have it are found', async () => {
    const at = world({ duplicateRule: 'email+names' }, { contacts: 5 })
    const fields = (givenName: string) => ({ givenName, 'emails.1': 'shared@example.test' })
    const outcomes = await at.run((writer) =>
      writer.write(
        [creation('a', { fields: fields('Jo') }), creation('b', { fields: fields('Sam') })],
        SIGNAL,
      ),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done'])
    expect(at.writer.capabilities.create).toMatchObject({ onTakenEmail: 'doubles' })
    const found = await at.run((writer) =>
      writer.find({ by: 'email', values: ['shared@example.test'] }, SIGNAL),
    )
    expect(found.map((one) => one.fields['givenName']).sort()).toEqual(['Jo', 'Sam'])
  })

  test('24: what comes back is compared here; a search that finds others finds nobody', async () => {
    const at = world({ fieldSearch: 'partial' }, { contacts: 5 })
    const emails = ['ann@example.test', 'joann@example.test']
    await at.run((writer) =>
      writer.write(
        emails.map((email) => creation(email, { fields: { 'emails.1': email } })),
        SIGNAL,
      ),
    )
    const found = await at.run((writer) =>
      writer.find({ by: 'email', values: ['ann@example.test'] }, SIGNAL),
    )
    expect(found.map((one) => one.fields['emails.1'])).toEqual(['ann@example.test'])
  })

  test('25: phone numbers are free text, written as they are', () => {
    for (const text of ['630-305-9999', '(012) 111-111', '1111-1', '11111', '+1 630 305 9999 x12'])
      expect(rules.fit(definition('phones.main', 'phone'), text)).toEqual({
        kind: 'ok',
        value: text,
      })
  })

  test('26: what looks like a number is text: leading zeros stay', () => {
    const contact = contactOf(
      '<Contact_id>1</Contact_id><Zip>01067</Zip><Height>073</Height><Weight>1e5</Weight>',
    )
    expect(contact.texts).toEqual({ Zip: '01067', Height: '073', Weight: '1e5' })
  })

  test('27: a group is an id in a search and a name in a write', () => {
    expect(OPERATIONS.SearchContacts.encode({ Groups: ['4'] })).toContain('<Group>4</Group>')
    expect(OPERATIONS.SearchContacts.input.safeParse({ Groups: ['Buyers'] }).success).toBe(false)
    expect(
      OPERATIONS.AddContacts.encode({ contacts: [{ Groups: { names: ['Buyers'] } }] }),
    ).toContain('<Groups><Group>Buyers</Group></Groups>')
  })

  test('28: the group of a field is a number or the word All', () => {
    const fields = (group: string) =>
      readUserFields(
        readReply(
          `<AResponse><UserDefinedFields><UserDefinedField>${group}<FieldName>x</FieldName></UserDefinedField></UserDefinedFields></AResponse>`,
        ).root,
      )
    expect(fields('<Group>2</Group>')[0]?.group).toBe('2')
    expect(fields('<Group>All</Group>')[0]?.group).toBe('All')
    expect(fields('')[0]?.group).toBe('All')
  })

  test('29: the same options in another order, with or without blanks, are the same', async () => {
    expect(new Set(splitList('Orange, Apple, Banana'))).toEqual(
      new Set(splitList('Apple,Orange,Banana')),
    )
    const at = world({}, { contacts: 3 })
    const options = ['Apple', 'Orange'].map((value) => ({ value, label: value }))
    const draft = { label: 'Fruits', name: 'fruits', type: 'choice', options } as const
    await at.run((writer) => writer.createField(draft, SIGNAL))
    await at.run((writer) =>
      writer.createField({ ...draft, options: options.toReversed() }, SIGNAL),
    )
    expect([at.reads('AddUserDefinedField'), at.reads('EditUserDefinedField')]).toEqual([1, 0])
  })

  test('30: a checkbox with one value is a list of one', () => {
    const fields = userFields([
      {
        id: '1',
        name: 'Favorite Animal',
        group: 'All',
        type: 'Checkbox',
        possibleValues: [],
        editable: '',
        updated: null,
      },
    ])
    const [contact] = shown
    const decoded = decodeContact({ ...(contact as Contact) }, reading(fields))
    expect(
      decoded.kind === 'sighting' && decoded.sighting.fields['custom.Favorite Animal'],
    ).toEqual(['Dog'])
  })

  test('31: no curly quote is ever written', () => {
    const markup = Object.values(OPERATIONS)
      .map(({ name, encode }) => (name === 'GetContacts' ? encode({ get_all: true } as never) : ''))
      .join('')
    expect(markup).toBe('<GetContactsRequest get_all="true"></GetContactsRequest>')
  })

  test('32: the account goes as account_id, the stamp as updated_timestamp, as the samples have it', () => {
    expect(
      OPERATIONS.GetUserDefinedFields.encode({
        account_id: '1392',
        updated_timestamp: '2012-08-01 12:00:00',
      }),
    ).toBe(
      '<GetUserDefinedFieldsRequest account_id="1392" updated_timestamp="2012-08-01 12:00:00"></GetUserDefinedFieldsRequest>',
    )
  })

  test('33: pages are asked for by the parameters that only the samples show, page 0 first', async () => {
    const { writer, sent } = scripted((xml) => success(xml))
    await writer.scan(
      { stream: 'contacts', since: null, overlapMs: 0, position: null, fields: [] },
      SIGNAL,
    )
    expect(sent[0]).toBe(
      '<GetContactsRequest account_id="91234" start_chunk_page="0" start_chunk_size="200"></GetContactsRequest>',
    )
  })

  test('34: nothing relies on the order of contacts', async () => {
    const at = world(
      { unsorted: true },
      { contacts: 43, settings: { limits: { requestsPerSecond: 1000, pageSize: 10 } } },
    )
    expect(sightingsIn(await scanAll(at, 'contacts')).size).toBe(43)
  })

  test('35: a tag is written as text and read with number and abbreviation, which cannot be written', () => {
    expect(shown[0]?.tags?.[0]).toEqual({
      id: '182746',
      name: 'Chief Operating Officer',
      abbreviation: 'COO',
    })
    expect(OPERATIONS.AddContacts.encode({ contacts: [{ Tags: ['VIP'] }] })).toContain(
      '<Tags><Tag>VIP</Tag></Tags>',
    )
  })

  test('36: each item has a stamp of its own, however long the batch takes', async () => {
    const at = world({ itemSeconds: 43 }, { contacts: 3 })
    const outcomes = await at.run((writer) =>
      writer.write(
        [
          creation('a', { fields: { givenName: 'A' } }),
          creation('b', { fields: { givenName: 'B' } }),
        ],
        SIGNAL,
      ),
    )
    const stamps = outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.version : null))
    expect(new Set(stamps).size).toBe(2)
    const truth = at.simulator
      .snapshot()
      .slice(-2)
      .map(({ fields }) => fields['UpdatedTimeStamp'])
    expect(stamps).toEqual(truth)
  })

  test('37: the lock is a child element although the criteria are attributes', () => {
    expect(
      OPERATIONS.EditContacts.encode({
        contacts: [{ contact_id: '8984', UpdatedTimeStamp: '2012-08-30 12:12:33', Notes: 'x' }],
      }),
    ).toBe(
      '<EditContactsRequest><Contacts><Contact contact_id="8984" request_id="item-1"><UpdatedTimeStamp>2012-08-30 12:12:33</UpdatedTimeStamp><Notes>x</Notes></Contact></Contacts></EditContactsRequest>',
    )
  })

  test('38: criteria are not new values: the connector names people by id alone', async () => {
    const at = world({}, { contacts: 5 })
    const [current] = [...sightingsIn(await scanAll(at, 'contacts')).values()]
    if (current === undefined) throw new Error('nobody')
    await at.run((writer) =>
      writer.write([change(current, { key: 'a', fields: { familyName: 'Renamed' } })], SIGNAL),
    )
    const [fetched] = await at.run((writer) => writer.fetch([current.id], SIGNAL))
    expect(fetched).toMatchObject({
      kind: 'found',
      sighting: { fields: { familyName: 'Renamed' } },
    })
  })
})

describe('more that the simulated account can do', () => {
  test.each([
    { emptyFields: 'no-value' },
    { emptyFields: 'empty-value' },
    { prolog: 'bom' },
    { prolog: 'declaration' },
    { indent: true },
    { mixedOrder: false },
    { rawQuotes: false },
    { attributeCase: 'any' },
    { unknownCriterion: 'refuse' },
    { controlCharacters: 5 },
  ])('%j reads as ever', async (quirks) => {
    const plain = sightingsIn(await scanAll(world({}, { contacts: 40 }), 'contacts'))
    const odd = sightingsIn(await scanAll(world(quirks, { contacts: 40 }), 'contacts'))
    expect(shapes(odd)).toEqual(shapes(plain))
  })

  test.each([
    [{ controlCharacters: 5 }, 'XML does not allow'],
    [{ encoding: 'replacement' }, 'U+FFFD'],
    [{ entities: 'bare' }, '"&"'],
  ])('%j is told', async (quirks, words) => {
    const { notes } = await scanAll(world(quirks, { contacts: 60 }), 'contacts')
    expect(notes.some((note) => note.includes(words))).toBe(true)
  })

  test('a login that sees less is not mistaken for deletions by the connector: it only reads what is shown', async () => {
    const at = world({ permission: 'member' }, { contacts: 40 })
    const scanned = await scanAll(at, 'contacts')
    expect(sightingsIn(scanned).size).toBeLessThan(40)
    expect(scanned.isProven).toBe(true)
  })
})

function definition(path: string, type: 'date' | 'choices' | 'phone') {
  return {
    path,
    native: path,
    label: path,
    type,
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
}
function reading(fields: ReturnType<typeof userFields>) {
  return { zone: 'UTC', account: null, userFields: fields, note: () => undefined }
}
function contactOf(inner: string): Contact {
  const body = `<GetContactsResponse><Contacts><Contact>${inner}</Contact></Contacts></GetContactsResponse>`
  const [contact] = readContactList(readReply(body).root).contacts
  if (contact === undefined) throw new Error('no contact')
  expect(decodeContact({ ...contact, id: '1', account: '1' }, reading(NO_FIELDS)).kind).toBe(
    'sighting',
  )
  return contact
}
function shapes(sightings: ReadonlyMap<string, Sighting>) {
  return [...sightings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sighting]) => sighting)
}
function success(xml: string): string {
  const name = /^<(\w+)Request/.exec(xml)?.[1] ?? ''
  return `<${name}Response><Result>Success</Result></${name}Response>`
}
