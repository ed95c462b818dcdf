/** Writing: duplicates, the lock, groups and tags, fields, one result per item, what moves the stamp. */
import { describe, expect, test } from 'vitest'
import { client, contacts, ids, text, type TestClient } from './simulator-client.ts'

const STAMP = '2026-11-20 12:00:00'

function add(...items: readonly string[]): string {
  return `<AddContactsRequest><Contacts>${items.join('')}</Contacts></AddContactsRequest>`
}
function person(first: string, last: string, email: string, inner = ''): string {
  return `<Contact><Firstname>${first}</Firstname><Lastname>${last}</Lastname><Email>${email}</Email>${inner}</Contact>`
}
function edit(criteria: string, inner: string): string {
  return `<EditContactsRequest><Contacts><Contact ${criteria}>${inner}</Contact></Contacts></EditContactsRequest>`
}
function results({ ask }: TestClient, xml: string): readonly string[] {
  return contacts(ask(xml)).map(
    (item) => text(item, 'ErrorText') ?? text(item, 'Result') ?? 'nothing',
  )
}
function truth({ simulator }: TestClient, id: string) {
  const found = simulator.snapshot().find((one) => one.id === id)
  if (found === undefined) throw new RangeError(`no contact ${id}`)
  return found
}
/** An empty account in which Ines O'Dell is 1001. */
function ines(quirks: Readonly<Record<string, unknown>> = {}): TestClient {
  const c = client(quirks, { contacts: 0 })
  c.ask(add(person('Ines', 'O&apos;Dell', 'ines@example.test')))
  return c
}

describe('AddContacts', () => {
  test.each([
    ['email', [true, true, false, false]],
    ['email+names', [true, false, false, false]],
    ['either', [true, true, true, false]],
  ] as const)('rule %s: who exists already', (duplicateRule, expected) => {
    const attempts = [
      person('ines', "O'DELL", 'INES@example.test'),
      person('Tom', 'Roth', 'ines@example.test'),
      person('Ines', "O'Dell", 'other@example.test'),
      person('Tom', 'Roth', 'tom@example.test'),
    ]
    const refused = attempts.map((attempt) => {
      const c = ines({ duplicateRule })
      const [item] = contacts(c.ask(add(attempt)))
      if (item && text(item, 'Result') === 'Success') return false
      expect(item && text(item, 'ErrorCode')).toBe('1002')
      expect(item && text(item, 'ErrorText')).toBe('This contact already exists with ID 1001')
      expect(c.simulator.snapshot()).toHaveLength(1)
      return true
    })
    expect(refused).toEqual(expected)
  })

  test('a refused item leaves its siblings alone, and nothing of itself behind', () => {
    const c = ines()
    const answers = c.ask(
      add(
        person('Ines', 'O&apos;Dell', 'ines@example.test', '<Tags><Tag>Orphan</Tag></Tags>'),
        '<Contact request_id="b"><CompanyID>99</CompanyID></Contact>',
        '<Contact account_id="77" request_id="c"><Firstname>X</Firstname></Contact>',
        '<Contact request_id="d"><Firstname>Lea</Firstname></Contact>',
      ),
    )
    const told = contacts(answers).map((one) => [
      one.attributes['request_id'],
      text(one, 'ErrorText'),
    ])
    expect(told).toEqual([
      [undefined, 'This contact already exists with ID 1001'],
      ['b', 'Company 99 not found'],
      ['c', 'No access to account 77'],
      ['d', undefined],
    ])
    expect(c.simulator.snapshot().map(({ id }) => id)).toEqual(['1001', '1002'])
  })

  test('update="true" overwrites by e-mail or by names, a namesake included, and takes no stamp into account', () => {
    const c = ines()
    const upsert = (item: string) =>
      add(item).replace('<AddContactsRequest', '<AddContactsRequest update="true"')
    c.ask(
      upsert(
        person(
          'Agnes',
          'Roth',
          'INES@example.test',
          '<UpdatedTimeStamp>2001-01-01 00:00:00</UpdatedTimeStamp>',
        ),
      ),
    )
    expect(truth(c, '1001').fields['Firstname']).toBe('Agnes')
    c.ask(upsert(person('agnes', 'roth', 'stranger@example.test')))
    expect(truth(c, '1001').emails).toEqual(['stranger@example.test'])
    c.ask(upsert('<Contact><Firstname>Agnes</Firstname></Contact>'))
    expect(c.simulator.snapshot()).toHaveLength(2)
  })

  test('what cannot be written is ignored: id, stamps, account, unsubscribed, scores', () => {
    const c = ines()
    c.ask(
      add(
        '<Contact><Contact_id>5</Contact_id><CreatedDatetime>2001-01-01 00:00:00</CreatedDatetime><Unsubscribed>1</Unsubscribed><AccountNumber>5</AccountNumber><Firstname>Lea</Firstname></Contact>',
      ),
    )
    const { id, fields } = truth(c, '1002')
    expect([id, fields['CreatedDatetime'], fields['Unsubscribed']]).toEqual(['1002', STAMP, '0'])
  })

  test('a workflow is started for a new contact only, and noted', () => {
    const c = ines()
    c.ask(add(person('Lea', 'Roth', 'lea@example.test', '<WorkflowID>4</WorkflowID>')))
    c.ask(edit('contact_id="1001"', '<WorkflowID>4</WorkflowID>'))
    expect(c.simulator.workflows).toEqual(['4:91234/1002'])
  })

  test('the server may trim, lower, cut or refuse values', () => {
    const odd = '<Contact><Firstname> Lea </Firstname><Email>LEA@Example.test</Email></Contact>'
    const stored = (quirks: Record<string, unknown>) => {
      const c = client(quirks, { contacts: 0 })
      c.ask(add(odd))
      const { fields } = truth(c, '1001')
      return [fields['Firstname'], fields['Email']]
    }
    expect(stored({})).toEqual([' Lea ', 'LEA@Example.test'])
    expect(stored({ trims: true, lowercasesEmail: true })).toEqual(['Lea', 'lea@example.test'])
    const bad = add('<Contact><Email>n/a</Email></Contact>', '<Contact><Phone>1</Phone></Contact>')
    expect(results(client(), bad)).toEqual(['Success', 'Success'])
    expect(results(client({ refusesBadEmail: true, needsNameOrEmail: true }), bad)).toEqual([
      'Email n/a is not valid',
      'A contact needs a name or an email',
    ])
  })

  test('an impossible birthdate is stored as it comes', () => {
    const c = ines()
    c.ask(edit('contact_id="1001"', '<Birthdate>19720230</Birthdate>'))
    expect(truth(c, '1001').fields['Birthdate']).toBe('19720230')
  })
})

describe('EditContacts', () => {
  test('the lock: an equal stamp passes, an older one is refused, none always writes', () => {
    const c = ines()
    const write = (stamp: string, phone: string) =>
      results(
        c,
        edit(
          'contact_id="1001"',
          `<UpdatedTimeStamp>${stamp}</UpdatedTimeStamp><Phone>${phone}</Phone>`,
        ),
      )
    expect(write(STAMP, '1')).toEqual(['Success'])
    c.clock.now += 1000
    expect(results(c, edit('contact_id="1001"', '<Phone>2</Phone>'))).toEqual(['Success'])
    expect(write(STAMP, '3')).toEqual(['Contact was updated later on the server'])
    expect(truth(c, '1001').fields['Phone']).toBe('2')
    expect(write('2026-11-20 12:00:01', '4')).toEqual(['Success'])
  })

  test('exactly one contact must match', () => {
    const c = ines()
    c.ask(add(person('Ines', 'Second', 'ines@example.test')))
    expect(results(c, edit('email="ines@example.test"', '<Phone>1</Phone>'))).toEqual([
      'Search criteria match more than one contact',
    ])
    expect(
      results(c, edit('email="ines@example.test" lastname="second"', '<Phone>1</Phone>')),
    ).toEqual(['Success'])
    expect(results(c, edit('firstname="Ines" lastname="Second"', '<Phone>1</Phone>'))).toEqual([
      'Success',
    ])
    expect(results(c, edit('contact_id="9"', '<Phone>1</Phone>'))).toEqual(['Contact not found'])
    expect(results(c, edit('', '<Phone>1</Phone>'))).toEqual(['No search criteria'])
  })

  test('groups are appended, or replaced; tags only ever come; one company goes', () => {
    const c = client({ unknownGroup: 'ignore' }, { contacts: 0 })
    const write = (inner: string) => c.ask(edit('contact_id="1001"', inner))
    c.ask(
      add(
        person(
          'Lea',
          'Roth',
          'lea@x.test',
          '<Groups><Group>Customers</Group><Group>Unknown</Group></Groups><Tags><Tag>VIP</Tag></Tags><SecondaryCompanies><SecondaryCompany><CompanyName>A</CompanyName></SecondaryCompany><SecondaryCompany><CompanyName>B</CompanyName></SecondaryCompany></SecondaryCompanies>',
        ),
      ),
    )
    expect(truth(c, '1001').groups).toEqual(['Customers'])
    write('<Groups><Group>Newsletter</Group></Groups>')
    expect(truth(c, '1001').groups).toEqual(['Customers', 'Newsletter'])
    write(
      '<Groups replace="true"><Group>Prospects</Group></Groups><Tags replace="true"><Tag>Press</Tag></Tags>',
    )
    expect(truth(c, '1001').groups).toEqual(['Prospects'])
    expect(truth(c, '1001').tags).toEqual(['VIP', 'Press'])
    write(
      '<SecondaryCompanies><SecondaryCompany remove="true"><CompanyName>A</CompanyName></SecondaryCompany></SecondaryCompanies>',
    )
    expect(truth(c, '1001').fields['SecondaryCompanies']).toBe('B')
    write('<RemoveGroups><RemoveGroup>Prospects</RemoveGroup></RemoveGroups>')
    expect(truth(c, '1001').groups).toEqual([])
    const without = client({ removeGroups: false }, { contacts: 0 })
    without.ask(
      add(person('Lea', 'Roth', 'lea@x.test', '<Groups><Group>Customers</Group></Groups>')),
    )
    without.ask(
      edit(
        'contact_id="1001"',
        '<RemoveGroups><RemoveGroup>Customers</RemoveGroup></RemoveGroups>',
      ),
    )
    expect(truth(without, '1001').groups).toEqual(['Customers'])
  })

  test('unknown groups and tags are created, ignored, or the item is refused', () => {
    const item = add(
      person(
        'Lea',
        'Roth',
        'lea@x.test',
        '<Groups><Group>New</Group></Groups><Tags><Tag>Fresh</Tag></Tags>',
      ),
    )
    const write = (rule: string) => {
      const c = client({ unknownGroup: rule, unknownTag: rule }, { contacts: 0 })
      const told = results(c, item)
      const [one] = c.simulator.snapshot()
      return [told, one?.groups, one?.tags]
    }
    expect(write('create')).toEqual([['Success'], ['New'], ['Fresh']])
    expect(write('ignore')).toEqual([['Success'], [], []])
    expect(write('refuse')).toEqual([['Group New not found'], undefined, undefined])
  })

  test('an empty element clears, or is ignored; an omitted one changes nothing', () => {
    for (const [emptyClears, expected] of [
      [true, ''],
      [false, '1'],
    ] as const) {
      const c = ines({ emptyClears })
      c.ask(edit('contact_id="1001"', '<Phone>1</Phone>'))
      c.ask(edit('contact_id="1001"', '<Phone></Phone>'))
      expect(truth(c, '1001').fields['Phone']).toBe(expected)
      expect(truth(c, '1001').fields['Firstname']).toBe('Ines')
    }
  })

  test('what moves the stamp', () => {
    const moved = (quirks: Record<string, unknown>, inner: string) => {
      const c = ines(quirks)
      c.clock.now += 5000
      c.ask(edit('contact_id="1001"', inner))
      return truth(c, '1001').fields['UpdatedTimeStamp'] !== STAMP
    }
    const tag = '<Tags><Tag>VIP</Tag></Tags>'
    const same = '<Firstname>Ines</Firstname>'
    expect(moved({}, tag)).toBe(false)
    expect(moved({ membershipBumpsStamp: true }, tag)).toBe(true)
    expect(moved({}, same)).toBe(true)
    expect(moved({ idleEditBumpsStamp: false }, same)).toBe(false)
    expect(moved({ idleEditBumpsStamp: false }, '<Firstname>Agnes</Firstname>')).toBe(true)
  })

  test('without account_id a contact of a shared account may answer, and says so', () => {
    const quirks = { sharedAccounts: { 500: 3 } }
    const xml =
      '<DeleteContactsRequest><Contacts><Contact contact_id="1003"/></Contacts></DeleteContactsRequest>'
    const shared = client(quirks, { contacts: 0 })
    expect(text(shared.ask(xml), 'Contacts', 'Contact', 'AccountNumber')).toBe('500')
    const own = client({ ...quirks, otherAccountsAnswer: false }, { contacts: 0 })
    expect(results(own, xml)).toEqual(['Contact not found'])
  })
})

describe('user defined fields', () => {
  const value = (attributes: string, text: string) =>
    `<UserDefinedFields><UserDefinedField ${attributes}>${text}</UserDefinedField></UserDefinedFields>`
  function fieldId({ ask }: TestClient, name: string): string {
    const listed = ask('<GetUserDefinedFieldsRequest/>').children[1]?.children ?? []
    const found = listed.find((field) => text(field, 'FieldName') === name)
    return (found && text(found, 'UserFieldID')) ?? ''
  }
  function stored(
    quirks: Record<string, unknown>,
    name: string,
    given: string,
  ): string | undefined {
    const c = ines(quirks)
    const id = fieldId(c, name)
    const [told] = results(c, edit('contact_id="1001"', value(`fieldname="${name}"`, given)))
    return told === 'Success' ? (truth(c, '1001').fields[`UserDefinedField.${id}`] ?? '') : told
  }

  test('by number or by name; an unknown one is ignored or refused', () => {
    const c = ines()
    const id = fieldId(c, 'Customer number')
    c.ask(edit('contact_id="1001"', value(`fieldnum="${id}"`, '007')))
    expect(truth(c, '1001').fields[`UserDefinedField.${id}`]).toBe('007')
    c.ask(edit('contact_id="1001"', value('fieldname="Customer number"', '')))
    expect(truth(c, '1001').fields[`UserDefinedField.${id}`]).toBeUndefined()
    const unknown = edit('contact_id="1001"', value('fieldname="Nope"', '1'))
    expect(results(c, unknown)).toEqual(['Success'])
    expect(results(ines({ unknownField: 'refuse' }), unknown)).toEqual([
      'User defined field Nope not found',
    ])
    const other = ines({ fieldnumIsFieldId: false })
    other.ask(edit('contact_id="1001"', value(`fieldnum="${id}"`, '007')))
    expect(truth(other, '1001').fields[`UserDefinedField.${id}`]).toBeUndefined()
  })

  test('values outside the list are accepted, dropped or refused; short texts may be cut', () => {
    expect(stored({}, 'Plan level', 'Nope')).toBe('Nope')
    expect(stored({ unlistedOption: 'drop' }, 'Interests', 'Cycling,Nope,Cooking')).toBe(
      'Cycling,Cooking',
    )
    expect(stored({ unlistedOption: 'refuse' }, 'Plan level', 'Nope')).toBe(
      'Nope is not a possible value of Plan level',
    )
    expect(stored({ unlistedOption: 'refuse' }, 'Plan level', 'Basic')).toBe('Basic')
    expect(stored({ shortTextMax: 4 }, 'Customer number', '1234567')).toBe('1234')
    expect(stored({ shortTextMax: 4 }, 'Background', '1234567')).toBe('1234567')
  })

  test('no option of the account holds a comma', () => {
    const listed = ines().ask('<GetUserDefinedFieldsRequest/>').children[1]?.children ?? []
    const interests = listed.find((field) => text(field, 'FieldName') === 'Interests')
    expect(interests && text(interests, 'PossibleValues')).toContain('Rock Pop & Soul,Cooking')
    expect(interests && text(interests, 'FieldType')).toBe('Checkbox')
    expect(interests && text(interests, 'Group')).toBe('All')
  })

  test('one name in two groups: two ids, and a write by name reaches the contact’s group first', () => {
    const c = ines({ twinFields: true })
    const listed = (c.ask('<GetUserDefinedFieldsRequest/>').children[1]?.children ?? []).filter(
      (field) => text(field, 'FieldName') === 'Plan level',
    )
    const [all, ofGroup] = listed.map((field) => text(field, 'UserFieldID'))
    expect(listed.map((field) => text(field, 'Group'))).toEqual(['All', '9901'])
    c.ask(
      edit(
        'contact_id="1001"',
        `${value('fieldname="Plan level"', 'Basic')}<Groups><Group>Customers</Group></Groups>`,
      ),
    )
    c.ask(edit('contact_id="1001"', value('fieldname="Plan level"', 'Plus')))
    const { fields } = truth(c, '1001')
    expect([fields[`UserDefinedField.${all}`], fields[`UserDefinedField.${ofGroup}`]]).toEqual([
      'Basic',
      'Plus',
    ])
  })

  test('definitions: defaults, doubles, bad words, and values that go with their field', () => {
    const c = ines()
    const made = c.ask(
      '<AddUserDefinedFieldRequest group_id="0"><FieldName>Shoe</FieldName></AddUserDefinedFieldRequest >',
    )
    const id = text(made, 'UserFieldID')
    const listed = c.ask('<GetUserDefinedFieldsRequest/>').children[1]?.children.at(-1)
    expect(
      listed && [text(listed, 'FieldType'), text(listed, 'ContactEditable'), text(listed, 'Group')],
    ).toEqual(['Text', 'Hidden', 'All'])
    c.ask(edit('contact_id="1001"', value('fieldname="Shoe"', '42')))
    expect(truth(c, '1001').fields[`UserDefinedField.${id}`]).toBe('42')
    const refusals = [
      '<AddUserDefinedFieldRequest group_id="0"><FieldName>Shoe</FieldName></AddUserDefinedFieldRequest>',
      '<AddUserDefinedFieldRequest group_id="5"><FieldName>Other</FieldName></AddUserDefinedFieldRequest>',
      '<AddUserDefinedFieldRequest><FieldName>Other</FieldName><FieldType>Date</FieldType></AddUserDefinedFieldRequest>',
      '<AddUserDefinedFieldRequest><FieldName>Other</FieldName><ContactEditable>Yes</ContactEditable></AddUserDefinedFieldRequest>',
      '<AddUserDefinedFieldRequest/>',
      '<EditUserDefinedFieldRequest><FieldName>Other</FieldName></EditUserDefinedFieldRequest>',
    ]
    for (const xml of refusals) expect(text(c.ask(xml), 'Result')).toBe('Error')
    c.ask(
      '<EditUserDefinedFieldRequest group_id="9902"><FieldName>Shoe</FieldName><PossibleValues>41, 42</PossibleValues></EditUserDefinedFieldRequest>',
    )
    const edited = c.ask('<GetUserDefinedFieldsRequest/>').children[1]?.children.at(-1)
    expect(edited && [text(edited, 'Group'), text(edited, 'PossibleValues')]).toEqual([
      '9902',
      '41, 42',
    ])
    c.ask(
      '<DeleteUserDefinedFieldRequest><FieldName>Shoe</FieldName></DeleteUserDefinedFieldRequest>',
    )
    expect(truth(c, '1001').fields[`UserDefinedField.${id}`]).toBeUndefined()
  })
})

describe('groups, deletes, unsubscribes', () => {
  test('a group is created once, filled and emptied by many', () => {
    const c = client({}, { contacts: 5 })
    const create =
      '<CreateGroupRequest><Name>Autumn &amp; Co</Name><GroupType>Hidden</GroupType></CreateGroupRequest>'
    const made = c.ask(create)
    const group = text(made, 'Group_id')
    expect(text(made, 'Result')).toBe('Success')
    expect(text(c.ask(create), 'ErrorText')).toBe('Group Autumn & Co already exists')
    expect(text(c.ask(create.replace('Hidden', 'Secret').replace('Autumn', 'X')), 'Result')).toBe(
      'Error',
    )
    const join = (name: string) =>
      `<${name} group_id="${group}"><Contacts><Contact contact_id="1001" request_id="a"/><Contact contact_id="9"/></Contacts></${name}>`
    expect(results(c, join('AddContactsToGroupRequest'))).toEqual(['Success', 'Contact not found'])
    expect(results(c, join('AddContactsToGroupRequest'))).toEqual(['Success', 'Contact not found'])
    expect(truth(c, '1001').groups.filter((name) => name === 'Autumn & Co')).toHaveLength(1)
    expect(ids(c.ask(`<GetContactsRequest group_id="${group}"/>`))).toEqual(['1001'])
    c.ask(
      join('DeleteContactsFromGroupRequest').replace(
        `group_id="${group}"`,
        'group_name="Autumn &amp; Co"',
      ),
    )
    expect(truth(c, '1001').groups).not.toContain('Autumn & Co')
    expect(
      text(
        c.ask('<AddContactsToGroupRequest group_name="No"><Contacts/></AddContactsToGroupRequest>'),
        'Result',
      ),
    ).toBe('Error')
  })

  test('an unsubscribe keeps its first moment, moves no stamp unless asked, and stays', () => {
    const xml =
      '<UnsubscribeContactsRequest><Contacts><Contact contact_id="1001"/></Contacts></UnsubscribeContactsRequest>'
    for (const unsubscribeBumpsStamp of [false, true]) {
      const c = ines({ unsubscribeBumpsStamp, tokenMinutes: 10_000 })
      c.clock.now += 1000
      c.ask(xml)
      const { fields, optedOut } = truth(c, '1001')
      expect(optedOut).toEqual(['ines@example.test'])
      expect(fields['UpdatedTimeStamp'] === STAMP).toBe(!unsubscribeBumpsStamp)
      c.clock.now += 2 * 86_400_000
      c.ask(xml)
      expect(
        ids(c.ask('<GetContactsRequest Unsubscribed="true" Unsubscribed_enddate="20261120"/>')),
      ).toEqual(['1001'])
    }
    const c = ines()
    c.ask(xml)
    c.ask(
      edit('contact_id="1001"', '<Unsubscribed>0</Unsubscribed><Email>new@example.test</Email>'),
    )
    expect(truth(c, '1001').fields['Unsubscribed']).toBe('1')
  })

  test('group level: who left a group is found there, not at the account', () => {
    const c = client({ groupUnsubscribes: 1, unsubscribesGroups: true })
    const left = c.simulator
      .snapshot()
      .find(({ groups, fields }) => groups.length > 0 && fields['Unsubscribed'] === '0')
    const groups = c.ask('<GetContactGroupsRequest/>').children[1]?.children ?? []
    const group = groups.find((one) => text(one, 'GroupName') === left?.groups[0])
    const id = group && text(group, 'Group_id')
    expect(ids(c.ask(`<GetContactsRequest Unsubscribed="true" group_id="${id}"/>`))).toContain(
      left?.id,
    )
    expect(ids(c.ask('<GetContactsRequest Unsubscribed="true"/>'))).not.toContain(left?.id)
  })

  test('with unsubscribesGroups an account unsubscribe is noted for every group', () => {
    for (const [unsubscribesGroups, expected] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const c = client({ unsubscribesGroups }, { contacts: 0 })
      c.ask(add(person('Lea', 'Roth', 'lea@x.test', '<Groups><Group>Customers</Group></Groups>')))
      c.ask(
        '<UnsubscribeContactsRequest><Contacts><Contact contact_id="1001"/></Contacts></UnsubscribeContactsRequest>',
      )
      c.ask(
        '<DeleteContactsFromGroupRequest group_name="Customers"><Contacts><Contact contact_id="1001"/></Contacts></DeleteContactsFromGroupRequest>',
      )
      expect(
        contacts(c.ask('<GetContactsRequest Unsubscribed="true" group_id="9901"/>')),
      ).toHaveLength(expected)
    }
  })

  test('a deleted contact is gone, its id is not given again', () => {
    const c = ines()
    c.ask(
      '<DeleteContactsRequest><Contacts><Contact contact_id="1001"/></Contacts></DeleteContactsRequest>',
    )
    c.ask(add(person('Ines', 'O&apos;Dell', 'ines@example.test')))
    expect(c.simulator.snapshot().map(({ id }) => id)).toEqual(['1002'])
  })

  test('a new address is not bounced any more', () => {
    const c = ines()
    c.simulator.byHand.bounce(1001)
    expect(truth(c, '1001').optedOut).toEqual(['ines@example.test'])
    c.ask(edit('contact_id="1001"', '<Email>better@example.test</Email>'))
    expect(truth(c, '1001').optedOut).toEqual([])
  })

  test('people at work by hand: tags go, contacts merge, groups get other names', () => {
    const c = client({}, { contacts: 0 })
    c.ask(
      add(
        person(
          'A',
          'A',
          'a@x.test',
          '<Tags><Tag>VIP</Tag></Tags><Groups><Group>Customers</Group></Groups>',
        ),
        person('B', 'B', 'b@x.test', '<Tags><Tag>Press</Tag></Tags>'),
      ),
    )
    c.simulator.byHand.removeTag(1001, 'VIP')
    expect(truth(c, '1001').tags).toEqual([])
    c.simulator.byHand.merge(1001, 1002)
    expect(c.simulator.snapshot().map(({ id, tags }) => [id, tags])).toEqual([['1001', ['Press']]])
    c.simulator.byHand.renameGroup('Customers', 'Buyers')
    expect(truth(c, '1001').groups).toEqual(['Buyers'])
    c.simulator.byHand.unsubscribe(1001)
    c.simulator.byHand.resubscribe(1001)
    expect(truth(c, '1001').optedOut).toEqual([])
  })
})
