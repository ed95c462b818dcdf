/** Every sample request of the documents is answered in the documented shape. */
import { describe, expect, test } from 'vitest'
import type { Node } from '../../../connectors/xml-spec/simulator/document.ts'
import { client, contacts, names, text } from './simulator-client.ts'
import { SAMPLES } from './simulator-samples.ts'

/** The documents' own present: what they edit with a stamp of the day after must pass. */
const AUGUST_2012 = Date.UTC(2012, 7, 29, 19, 34, 34)
const SHARED = { 4: 3, 1392: 1, 12345: 6, 12346: 6, 123456: 3 }

const CONTACT_NAMES = [
  'Contact_id',
  'Firstname',
  'Lastname',
  'Title',
  'Company',
  'Address1',
  'Address2',
  'City',
  'State',
  'Zip',
  'Country',
  'Phone',
  'Mobile',
  'Fax',
  'Website',
  'Email',
  'Unsubscribed',
  'CreatedDatetime',
  'UpdatedTimeStamp',
  'Birthdate',
  'Gender',
  'Hometown',
  'Height',
  'Weight',
  'SkillsAndInterests',
  'Bio',
  'Notes',
  'AccountNumber',
  'UserDefinedFields',
  'Groups',
  'Tags',
  'SecondaryCompanies',
]

function sample(line: number): string {
  const found = SAMPLES.find((other) => other.line === line)
  if (found === undefined) throw new RangeError(`no sample at line ${line}`)
  return found.xml
}
function world(firstContactId = 8980, count = 12) {
  const quirks = { firstContactId, sharedAccounts: SHARED, unknownGroup: 'create' }
  return client(quirks, { contacts: count, now: AUGUST_2012 })
}
function items(root: Node): readonly (readonly string[])[] {
  return contacts(root).map(names)
}

describe('samples of the contacts document', () => {
  test('there are forty', () => {
    expect(SAMPLES).toHaveLength(40)
  })

  test.each(SAMPLES.filter(({ xml }) => xml.startsWith('<GetContactsRequest')))(
    'GetContacts, line $line',
    ({ xml }) => {
      const { send, ask } = world()
      if (xml.includes('response="json"')) {
        const answer = JSON.parse(send(xml).body)
        expect(Object.keys(answer)).toEqual(['getcontactsresponse'])
        expect(Object.keys(answer.getcontactsresponse)).toEqual([
          'result',
          'contacts',
          'totalmatchingcontacts',
        ])
        expect(answer.getcontactsresponse.result).toBe('Success')
        return
      }
      const root = ask(xml)
      expect(root.name).toBe('GetContactsResponse')
      expect(names(root)).toEqual(['Result', 'Contacts', 'TotalMatchingContacts'])
      expect(text(root, 'Result')).toBe('Success')
      for (const contact of contacts(root)) {
        const shown = names(contact).filter((name) => !name.endsWith('LeadScore'))
        expect(shown.toSorted()).toEqual(CONTACT_NAMES.toSorted())
      }
    },
  )

  test('the first form of a contact has its elements in the order of the sample', () => {
    const root = world().ask('<GetContactsRequest contact_id="8981"></GetContactsRequest>')
    expect(names(contacts(root)[0])).toEqual(CONTACT_NAMES)
  })

  test('AddContacts: one result, account, id and stamp per item, the request_id returned', () => {
    const { ask } = world()
    const root = ask(sample(313))
    expect(names(root)).toEqual(['Contacts'])
    expect(contacts(root).map((item) => item.attributes)).toEqual([
      { request_id: 'a1b2c3' },
      { request_id: 'd4e5f6' },
    ])
    const shape = ['Result', 'AccountNumber', 'Contact_id', 'UpdatedTimeStamp']
    expect(items(root)).toEqual([shape, shape])
    expect(contacts(root).map((item) => text(item, 'Contact_id'))).toEqual(['8992', '8993'])
    expect(text(root, 'Contacts', 'Contact', 'UpdatedTimeStamp')).toBe('2012-08-29 12:34:34')
    const [shown] = contacts(ask('<GetContactsRequest contact_id="8992"/>'))
    expect(shown && text(shown, 'Notes')).toBe('Some notes')
    expect(shown && text(shown, 'Groups', 'Group', 'Name')).toBe('groupname1')
    expect(shown && text(shown, 'Tags', 'Tag', 'TagName')).toBe('Tag Name')
    expect(shown && text(shown, 'Tags', 'Tag', 'Abbreviation')).toBe('TN')
  })

  test('AddContacts into a shared account, and add-or-update', () => {
    const { ask } = world()
    expect(text(ask(sample(415)), 'Contacts', 'Contact', 'AccountNumber')).toBe('123456')
    const first = text(ask(sample(461)), 'Contacts', 'Contact', 'Contact_id')
    const second = text(ask(sample(461)), 'Contacts', 'Contact', 'Contact_id')
    expect(first).toBe('8992')
    expect(second).toBe(first)
  })

  test('EditContacts: by id, by names and e-mail, under a lock, with groups replaced', () => {
    const { ask } = world()
    ask(
      '<AddContactsRequest><Contacts><Contact><Firstname>Samuel</Firstname><Lastname>Barthman</Lastname><Email>sbarthman@acmewidgetsllc.com</Email></Contact></Contacts></AddContactsRequest>',
    )
    const root = ask(sample(548))
    const shape = ['Result', 'AccountNumber', 'Contact_id', 'UpdatedTimeStamp']
    expect(items(root)).toEqual([shape, shape])
    const [, second] = contacts(root)
    expect(second && text(second, 'Contact_id')).toBe('8992')
    const [renamed] = contacts(ask('<GetContactsRequest contact_id="8992"/>'))
    expect(renamed && text(renamed, 'Email')).toBe('sbartman@acmewidgetsllc.com')
    expect(text(ask(sample(641)), 'Contacts', 'Contact', 'Result')).toBe('Success')
    const young = world(815)
    expect(items(young.ask(sample(684)))).toEqual([shape, shape])
    const groups = young.simulator.snapshot().find(({ id }) => id === '817')?.groups
    expect(groups).toEqual(['Group A', 'Group B'])
  })

  test('DeleteContacts: the result stands last', () => {
    const { ask } = world()
    const shape = ['AccountNumber', 'Contact_id', 'Result']
    expect(items(ask(sample(741)))).toEqual([shape, shape])
    const shared = ask(sample(750))
    expect(items(shared)).toEqual([shape, shape])
    expect(contacts(shared).map((item) => text(item, 'AccountNumber'))).toEqual(['12345', '12346'])
  })

  test('UnsubscribeContacts: id and result, nothing else', () => {
    const { ask } = world()
    const shape = ['Contact_id', 'Result']
    expect(items(ask(sample(870)))).toEqual([shape, shape])
    expect(items(ask(sample(879)))).toEqual([shape, shape])
  })

  test('SearchContacts: the total before the list, ID instead of Contact_id', () => {
    const { ask } = world(120, 10)
    const searched = sample(786).replace('<From>single</From>', '<From>all</From>')
    const root = ask(searched)
    expect(names(root)).toEqual(['Result', 'TotalMatchingContacts', 'Contacts'])
    expect(items(root)[0]).toEqual(['ID', 'Firstname', 'Lastname', 'Phone', 'Mobile', 'Email'])
    expect(contacts(root).map((item) => text(item, 'ID'))).toEqual(['124', '123'])
    expect(text(ask(sample(786)), 'TotalMatchingContacts')).toBe('0')
  })

  test('GetContactGroups: of a contact', () => {
    const { ask, simulator } = world()
    const member = simulator.snapshot().find(({ id, groups }) => /^\d+$/.test(id) && groups.length)
    const root = ask(sample(915).replace('8984', member?.id ?? ''))
    expect(names(root)).toEqual(['Result', 'ContactGroups'])
    const [, list] = root.children
    expect(list?.children.map(names)).toEqual(member?.groups.map(() => ['Group_id', 'GroupName']))
    expect(text(ask(sample(915)), 'Result')).toBe('Success')
  })

  test('user defined fields: all, of a shared account, since a stamp; added, edited, deleted', () => {
    const { ask } = world()
    for (const line of [947, 951, 955]) {
      const root = ask(sample(line))
      expect(names(root)).toEqual(['Result', 'UserDefinedFields'])
    }
    expect(names(ask(sample(947)).children[1]?.children[0])).toEqual([
      'Group',
      'UserFieldID',
      'FieldName',
      'FieldType',
      'PossibleValues',
      'ContactEditable',
      'UpdatedTimeStamp',
    ])
    const shape = ['Result', 'UserFieldID', 'AccountNumber', 'UpdatedTimeStamp']
    for (const line of [997, 1006, 1042]) expect(names(ask(sample(line)))).toEqual(shape)
    ask(sample(997).replace('Fruits', 'Favorite Animal'))
    expect(names(ask(sample(1033)))).toEqual(shape)
    expect(names(ask(sample(1069)))).toEqual(['Result'])
    expect(text(ask(sample(1069)), 'Result')).toBe('Error')
  })
})
