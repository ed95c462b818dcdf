/** Every sample of the documents, as printed, through client and codec. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeContact } from '../../../connectors/xml-spec/codec.ts'
import type { Element } from '../../../connectors/xml-spec/element.ts'
import { readMarkup } from '../../../connectors/xml-spec/markup.ts'
import type { Operation } from '../../../connectors/xml-spec/operation.ts'
import { isOperation, OPERATIONS } from '../../../connectors/xml-spec/operations.ts'
import { readReply } from '../../../connectors/xml-spec/reply.ts'
import { TEXT_NAMES } from '../../../connectors/xml-spec/schema.ts'
import { userFields } from '../../../connectors/xml-spec/user-fields.ts'

const FOLDER = new URL('../../../connectors/xml-spec/fixtures/', import.meta.url)
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'))

function sample(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8')
}

describe('requests', () => {
  const requests = files.filter((name) => name.includes('.request'))

  test('are all there', () => {
    expect(requests.length).toBe(40)
    expect(files.length - requests.length).toBe(11)
  })

  test.each(requests)('%s is written as printed', (name) => {
    const printed = readMarkup(sample(name), { mends: false }).root
    const operationName = name.split('.')[0] ?? ''
    if (!isOperation(operationName)) throw new Error(`${operationName} is no operation`)
    const operation = OPERATIONS[operationName] as Operation
    const input = operation.input.parse(inputOf(operationName, printed))
    const written = readMarkup(operation.encode(input), { mends: false }).root
    expect(withoutGivenIds(written)).toEqual(withoutGivenIds(printed))
  })
})

describe('answers', () => {
  test('GetContacts: two people in two shapes', () => {
    const { root, notes } = readReply(sample('GetContacts.response.xml'))
    const list = OPERATIONS.GetContacts.read(root)
    expect(list.total).toBe(2)
    expect(notes).toEqual([expect.stringContaining('without its ">"')])
    const fields = userFields([
      field('932', 'Favorite Animal', 'Select'),
      field('1023', 'Fruits', 'Select'),
      field('1024', 'Checkboxes Type Example', 'Checkbox'),
    ])
    const [first, second] = list.contacts.map((contact) =>
      decodeContact(contact, {
        zone: 'America/Los_Angeles',
        account: null,
        userFields: fields,
        note: () => undefined,
      }),
    )
    expect(first).toEqual({
      kind: 'sighting',
      sighting: {
        id: '91234/8923',
        version: '2012-08-29 12:34:56',
        createdAt: '2012-07-01T19:34:56Z',
        updatedAt: '2012-08-29T19:34:56Z',
        fields: {
          givenName: 'Jefferey',
          familyName: 'Johnson',
          jobTitle: 'CEO',
          company: 'Acme Widgets, LLC',
          'addresses.main.line1': '101 First Street',
          'addresses.main.line2': 'Suite 234',
          'addresses.main.city': 'Naperville',
          'addresses.main.region': 'IL',
          'addresses.main.postalCode': '60565',
          'addresses.main.country': 'USA',
          'phones.main': '630-305-9999',
          'phones.mobile': '708-555-6565',
          fax: '630-305-9988',
          website: 'http://www.acmewidgetsllc.com',
          'emails.1': 'jjohnson@acmewidgetsllc.com',
          birthday: '1989-03-02',
          gender: 'male',
          'custom.Hometown': 'Peoria, IL',
          'custom.Height': '73',
          'custom.Weight': '185',
          'custom.SkillsAndInterests': 'Pinochle, Basket Weaving',
          'custom.Bio': '(Biographical Information here)',
          notes: 'Notes from account owner',
          'custom.Favorite Animal': 'Dog',
          'custom.Fruits': 'Apple',
          'custom.Checkboxes Type Example': ['Football', 'Basketball', 'Tennis'],
          'custom.SecondaryCompanies': ['Company ABC', 'Company DEF'],
          'custom.DemographicLeadScore': '50',
          'custom.ActivityLeadScore': '329.9',
          createdAt: '2012-07-01T19:34:56Z',
        },
        tags: ['Chief Operating Officer', 'Twitter User'],
        groups: ['9985', '9986'],
        consents: [],
      },
    })
    expect(second).toEqual({
      kind: 'broken',
      message: 'a contact came without its Contact_id',
      hint: expect.any(String),
    })
  })

  test.each(['AddContacts', 'EditContacts'] as const)('%s: one result per item', (name) => {
    const { root } = readReply(sample(`${name}.response.xml`))
    const items = OPERATIONS[name].read(root)
    expect(items.map(({ kind, requestId, account }) => [kind, requestId, account])).toEqual([
      ['success', 'a1b2c3', '91234'],
      ['success', 'd4e5f6', '91234'],
    ])
    expect(items.map(({ id }) => id)).toEqual(['8984', '8985'])
    expect(items.every(({ updated }) => /^2012-08-\d\d 1\d:\d\d:\d\d$/.test(updated ?? ''))).toBe(
      true,
    )
  })

  test('DeleteContacts: the account is the one of the answer', () => {
    const items = OPERATIONS.DeleteContacts.read(
      readReply(sample('DeleteContacts.response.xml')).root,
    )
    expect(items.map(({ account, id }) => `${account}/${id}`)).toEqual(['91234/8984', '91236/8983'])
  })

  test('UnsubscribeContacts: no account and no stamp', () => {
    const items = OPERATIONS.UnsubscribeContacts.read(
      readReply(sample('UnsubscribeContacts.response.xml')).root,
    )
    expect(items.map(({ id, account, updated }) => [id, account, updated])).toEqual([
      ['8984', null, null],
      ['8983', null, null],
    ])
  })

  test('SearchContacts: id, names, numbers, e-mail', () => {
    const list = OPERATIONS.SearchContacts.read(
      readReply(sample('SearchContacts.response.xml')).root,
    )
    expect(list.total).toBe(2)
    expect(list.contacts.map(({ id, texts }) => [id, texts])).toEqual([
      [
        '124',
        {
          Firstname: 'Testfirst2',
          Lastname: 'Test2',
          Phone: '012-111-111',
          Mobile: '11111',
          Email: 'customer+test2@gmail.com',
        },
      ],
      [
        '123',
        {
          Firstname: `Testfirst1 & and " ' P`,
          Lastname: 'Test1 & 2',
          Phone: '(012) 111-111',
          Mobile: '1111-1',
          Email: 'customer+test1@gmail.com',
        },
      ],
    ])
  })

  test('GetContactGroups: ids and names', () => {
    const { root } = readReply(sample('GetContactGroups.response.xml'))
    expect(OPERATIONS.GetContactGroups.read(root)).toEqual([
      { id: '9902', name: 'My Mailing List 2' },
      { id: '9903', name: 'My Mailing List 3' },
    ])
  })

  test('GetUserDefinedFields: definitions with their options', () => {
    const { root } = readReply(sample('GetUserDefinedFields.response.xml'))
    expect(OPERATIONS.GetUserDefinedFields.read(root)).toEqual([
      {
        id: '93',
        name: 'Favorite Animal',
        group: '2',
        type: 'Checkbox',
        possibleValues: ['Dog', 'Cat', 'Monkey'],
        editable: 'Editable',
        updated: '2012-12-06 10:52:17',
      },
      {
        id: '154',
        name: 'Fruits',
        group: '5',
        type: 'Select',
        possibleValues: ['Apple', 'Orange', 'Banana'],
        editable: 'Visible',
        updated: '2012-12-06 14:59:29',
      },
    ])
  })

  test.each(['AddUserDefinedField', 'EditUserDefinedField'] as const)(
    '%s: number and account',
    (name) => {
      const { root } = readReply(sample(`${name}.response.xml`))
      expect(OPERATIONS[name].read(root)).toEqual({
        id: '8',
        account: '19821',
        updated: '2012-12-09 13:23:52',
      })
    },
  )

  test('DeleteUserDefinedField: done', () => {
    const { root } = readReply(sample('DeleteUserDefinedField.response.xml'))
    expect(OPERATIONS.DeleteUserDefinedField.read(root)).toEqual({ done: true })
  })
})

function field(id: string, name: string, type: string) {
  return { id, name, group: 'All', type, possibleValues: [], editable: '', updated: null }
}

/** Where a sample sends none, the client gives each item an id of its own. */
function withoutGivenIds(element: Element): Element {
  const attributes = { ...element.attributes }
  if (/^item-\d+$/.test(attributes['request_id'] ?? '')) delete attributes['request_id']
  return { ...element, attributes, children: element.children.map(withoutGivenIds) }
}

/** The input that means what a printed request says: written for this test, since requests are never read elsewhere. */
function inputOf(operation: string, root: Element): object {
  const attributes = attributesOf(root)
  const contacts = child(root, 'contacts')
  if (contacts !== undefined) return { ...attributes, contacts: contacts.children.map(contactOf) }
  switch (operation) {
    case 'SearchContacts':
      return { ...attributes, ...searchOf(root) }
    case 'AddUserDefinedField':
    case 'EditUserDefinedField':
    case 'DeleteUserDefinedField':
      return { ...attributes, ...fieldOf(root) }
    default:
      return attributes
  }
}

const SPELLED = new Map(
  [
    'Unsubscribed',
    'Unsubscribed_startdate',
    'Unsubscribed_enddate',
    'Bounced',
    'Bounced_startdate',
    'Bounced_enddate',
  ].map((name) => [name.toLowerCase(), name]),
)
function attributesOf(element: Element): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(element.attributes).map(([name, value]) => [
      SPELLED.get(name) ?? name,
      name.startsWith('start_chunk') ? Number(value) : value === 'true' ? true : value,
    ]),
  )
}

const TEXT_OF = new Map(TEXT_NAMES.map((name) => [name.toLowerCase(), name as string]))
function contactOf(element: Element): unknown {
  const input: Record<string, unknown> = attributesOf(element)
  for (const part of element.children) {
    const text = TEXT_OF.get(part.name)
    if (text !== undefined) input[text] = part.text
    else if (part.name === 'companyid') input['CompanyID'] = part.text
    else if (part.name === 'workflowid') input['WorkflowID'] = part.text
    else if (part.name === 'updatedtimestamp') input['UpdatedTimeStamp'] = part.text
    else if (part.name === 'tags') input['Tags'] = part.children.map(({ text }) => text)
    else if (part.name === 'groups')
      input['Groups'] = { ...attributesOf(part), names: part.children.map(({ text }) => text) }
    else if (part.name === 'userdefinedfields')
      input['UserDefinedFields'] = part.children.map((one) => ({
        ...one.attributes,
        value: one.text,
      }))
    else if (part.name === 'secondarycompanies')
      input['SecondaryCompanies'] = part.children.map((one) => ({
        ...attributesOf(one),
        ...(child(one, 'companyid') && { CompanyID: child(one, 'companyid')?.text }),
        ...(child(one, 'companyname') && { CompanyName: child(one, 'companyname')?.text }),
      }))
    else throw new Error(`the sample has ${part.name}`)
  }
  return input
}

function searchOf(root: Element): object {
  const names = ['Field', 'Operator', 'Value', 'Range', 'Date', 'Date2']
  const textOf = (element: Element, name: string) => child(element, name.toLowerCase())?.text
  const includes = [
    'Unsubscribers',
    'BouncedContacts',
    'SpamComplaints',
    'DuplicateEmails',
    'ActiveMembers',
    'ProspectMembers',
    'InactiveMembers',
  ]
  return {
    From: textOf(root, 'From'),
    Groups: child(root, 'groups')?.children.map(({ text }) => text),
    Filter: textOf(root, 'Filter'),
    Rules: child(root, 'rules')?.children.map((rule) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const text = textOf(rule, name)
          return text === undefined ? [] : [[name, text]]
        }),
      ),
    ),
    Includes: includes.filter((name) =>
      child(root, 'includes')?.children.some((one) => one.name === name.toLowerCase()),
    ),
    OrderBy: textOf(root, 'OrderBy'),
    OrderDirection: textOf(root, 'OrderDirection'),
    Page: Number(textOf(root, 'Page')),
  }
}

function fieldOf(root: Element): object {
  const given: Record<string, unknown> = {}
  for (const name of ['FieldName', 'FieldType', 'ContactEditable']) {
    const text = child(root, name.toLowerCase())?.text
    if (text !== undefined) given[name] = text
  }
  const values = child(root, 'possiblevalues')?.text
  return values === undefined ? given : { ...given, PossibleValues: values.split(',') }
}

function child(element: Element, name: string): Element | undefined {
  return element.children.find((one) => one.name === name)
}
