/** Reading: criteria, order, pages over a set that moves, stamps, permissions, searches. */
import { describe, expect, test } from 'vitest'
import { client, contacts, ids, names, text, type TestClient } from './simulator-client.ts'

function edit(id: string, inner: string): string {
  return `<EditContactsRequest><Contacts><Contact contact_id="${id}">${inner}</Contact></Contacts></EditContactsRequest>`
}
function page(n: number, size = 10, more = ''): string {
  return `<GetContactsRequest start_chunk_page="${n}" start_chunk_size="${size}" ${more}/>`
}
function allPages({ ask }: TestClient, size = 10): readonly string[] {
  const seen: string[] = []
  for (let n = 0; ; n++) {
    const found = ids(ask(page(n, size)))
    if (found.length === 0) return seen
    seen.push(...found)
  }
}
function total(c: TestClient, xml: string): number {
  return Number(text(c.ask(xml), 'TotalMatchingContacts'))
}

describe('criteria', () => {
  test('each one gives exactly what the truth says', () => {
    const c = client({}, { contacts: 600 })
    const truth = c.simulator.snapshot()
    const [someone] = truth.filter(({ emails, fields }) => emails.length && fields['Lastname'])
    const email = someone?.emails[0] ?? ''
    const lastname = someone?.fields['Lastname'] ?? ''
    const count = (test: (one: (typeof truth)[number]) => boolean) => truth.filter(test).length
    const same = (a: string | undefined, b: string) =>
      a?.trim().toLowerCase() === b.trim().toLowerCase()
    expect(total(c, `<GetContactsRequest email="${email.toUpperCase()}"/>`)).toBe(
      count(({ emails }) => same(emails[0], email)),
    )
    expect(total(c, `<GetContactsRequest lastname="${lastname}"/>`)).toBe(
      count(({ fields }) => same(fields['Lastname'], lastname)),
    )
    expect(total(c, `<GetContactsRequest email="${email}" lastname="nobody"/>`)).toBe(0)
    expect(total(c, '<GetContactsRequest contact_id="1002"/>')).toBe(1)
    expect(total(c, '<GetContactsRequest contact_id="1"/>')).toBe(0)
    const customers = groupId(c, 'Customers')
    expect(total(c, `<GetContactsRequest group_id="${customers}"/>`)).toBe(
      count(({ groups }) => groups.includes('Customers')),
    )
    expect(total(c, '<GetContactsRequest search="smith"/>')).toBe(
      count(({ fields }) =>
        ['Firstname', 'Lastname', 'Company', 'Title', 'Email'].some((name) =>
          fields[name]?.toLowerCase().includes('smith'),
        ),
      ),
    )
    expect(total(c, '<GetContactsRequest search="smith" get_all="true"/>')).toBe(600)
    expect(total(c, '<GetContactsRequest Unsubscribed="true"/>')).toBe(
      count(({ fields }) => fields['Unsubscribed'] === '1'),
    )
    expect(total(c, `<GetContactsRequest Unsubscribed="true" group_id="${customers}"/>`)).toBe(
      count(({ fields, groups }) => fields['Unsubscribed'] === '1' && groups.includes('Customers')),
    )
    expect(total(c, '<GetContactsRequest Bounced="true"/>')).toBe(
      count(({ fields }) => fields['Bounced'] === '1'),
    )
    expect(total(c, '<GetContactsRequest Bounced="true" Unsubscribed="true"/>')).toBe(0)
  })

  test('day ranges of unsubscribes and bounces hold both ends, and mean nothing alone', () => {
    const c = client({}, { contacts: 0 })
    c.ask(
      '<AddContactsRequest><Contacts><Contact><Email>a@x.test</Email></Contact><Contact><Email>b@x.test</Email></Contact></Contacts></AddContactsRequest>',
    )
    c.ask(
      '<UnsubscribeContactsRequest><Contacts><Contact contact_id="1001"/></Contacts></UnsubscribeContactsRequest>',
    )
    c.simulator.byHand.bounce(1002)
    for (const kind of ['Unsubscribed', 'Bounced']) {
      const asked = (range: string) => total(c, `<GetContactsRequest ${kind}="true" ${range}/>`)
      expect(asked(`${kind}_startdate="20261120" ${kind}_enddate="20261120"`)).toBe(1)
      expect(asked(`${kind}_startdate="20261121"`)).toBe(0)
      expect(asked(`${kind}_enddate="20261119"`)).toBe(0)
      expect(total(c, `<GetContactsRequest ${kind}_startdate="20261121"/>`)).toBe(2)
      expect(
        text(
          c.ask(`<GetContactsRequest ${kind}="true" ${kind}_startdate="2026-11-20"/>`),
          'Result',
        ),
      ).toBe('Error')
    }
  })

  test('last-name ranges compare as text, in the collation and with the ends of the quirks', () => {
    const three = ['Dora', 'jones', 'Kim'].map(
      (name) => `<Contact><Lastname>${name}</Lastname></Contact>`,
    )
    const found = (quirks: Record<string, unknown>, range: string) => {
      const c = client(quirks, { contacts: 0 })
      c.ask(`<AddContactsRequest><Contacts>${three.join('')}</Contacts></AddContactsRequest>`)
      return ids(c.ask(`<GetContactsRequest ${range}/>`))
    }
    const range = 'start_lastname="Dora" end_lastname="Jzzzzzzzzzzzz"'
    expect(found({}, range)).toEqual(['1001', '1002'])
    expect(found({ collation: 'binary' }, range)).toEqual(['1001'])
    expect(found({ rangeEnds: 'exclusive' }, range)).toEqual(['1002'])
    expect(found({ collation: 'binary' }, '')).toEqual(['1001', '1003', '1002'])
  })

  test('an unknown or misspelt criterion widens the set, or is refused', () => {
    expect(total(client(), '<GetContactsRequest e_mail="x@y.test"/>')).toBe(40)
    expect(total(client(), '<GetContactsRequest Contact_id="1001"/>')).toBe(40)
    expect(total(client({ attributeCase: 'any' }), '<GetContactsRequest Contact_id="1001"/>')).toBe(
      1,
    )
    const strict = client({ unknownCriterion: 'refuse' })
    expect(text(strict.ask('<GetContactsRequest e_mail="x"/>'), 'Result')).toBe('Error')
    expect(
      total(
        client(),
        '<GetContactsRequest><SearchParameters><Email>x</Email></SearchParameters></GetContactsRequest>',
      ),
    ).toBe(40)
  })

  test('parts of a field match only with fieldSearch partial', () => {
    const add =
      '<AddContactsRequest><Contacts><Contact><Firstname>Annabel</Firstname><Email>annabel@q.test</Email></Contact></Contacts></AddContactsRequest>'
    for (const [fieldSearch, expected] of [
      ['exact', 0],
      ['partial', 1],
    ] as const) {
      const c = client({ fieldSearch }, { contacts: 0 })
      c.ask(add)
      expect(total(c, '<GetContactsRequest firstname="annab"/>')).toBe(expected)
      expect(total(c, '<GetContactsRequest email="@q.test"/>')).toBe(expected)
    }
  })

  test('nothing found: an empty list or an error, past the last page as well', () => {
    const list = client().ask('<GetContactsRequest email="nobody@x.test"/>')
    expect([text(list, 'Result'), contacts(list).length]).toEqual(['Success', 0])
    const failing = client({ emptyResult: 'error' })
    expect(text(failing.ask('<GetContactsRequest email="nobody@x.test"/>'), 'ErrorCode')).toBe(
      '1001',
    )
    expect(text(failing.ask(page(9)), 'Result')).toBe('Error')
    expect(contacts(client().ask(page(9)))).toHaveLength(0)
  })
})

describe('pages', () => {
  test('every contact once, in the documented order', () => {
    const c = client({}, { contacts: 230 })
    const seen = allPages(c)
    expect(seen).toHaveLength(230)
    const key = (id: string) => {
      const fields = c.simulator.snapshot().find((one) => one.id === id)?.fields
      return [fields?.['Lastname'], fields?.['Firstname'], fields?.['Email']]
        .join('\u0000')
        .toLowerCase()
    }
    const keys = seen.map(key)
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    expect(new Set(seen).size).toBe(230)
  })

  test('XML is paged only on request, by 100; JSON with get_all always', () => {
    const c = client({}, { contacts: 120 })
    expect(contacts(c.ask('<GetContactsRequest/>'))).toHaveLength(120)
    expect(contacts(c.ask('<GetContactsRequest start_chunk_page="0"/>'))).toHaveLength(100)
    const rows = (simulated: TestClient, attributes: string) =>
      JSON.parse(simulated.send(`<GetContactsRequest response="json" ${attributes}/>`).body)
        .getcontactsresponse.contacts.contact.length
    expect(rows(c, 'get_all="true"')).toBe(100)
    expect(rows(c, 'get_all="true" start_chunk_page="1"')).toBe(20)
    expect(rows(c, '')).toBe(120)
    expect(rows(client({ jsonAlwaysPaged: true }, { contacts: 120 }), '')).toBe(100)
    expect(text(c.ask('<GetContactsRequest start_chunk_page="x"/>'), 'Result')).toBe('Error')
  })

  test('the total is of the set, of the page, or wrong', () => {
    expect(total(client(), page(0))).toBe(40)
    expect(total(client({ total: 'page' }), page(0))).toBe(10)
    expect(total(client({ total: 'wrong' }), page(0))).toBe(41)
  })

  test('a page that is too large is cut silently, one repeats, one is short, one runs backwards', () => {
    expect(contacts(client({ pageSizeMax: 7 }).ask(page(0)))).toHaveLength(7)
    const repeating = client({ repeatPage: 2, repeatTimes: 1 })
    const [one, two, again] = [1, 2, 2].map((n) => ids(repeating.ask(page(n))))
    expect(two).toEqual(one)
    expect(again).not.toEqual(one)
    const short = client({ shortPage: 1, shortTimes: 1 })
    expect(ids(short.ask(page(1)))).toHaveLength(5)
    expect(ids(short.ask(page(1)))).toHaveLength(10)
    const straight = ids(client().ask(page(0)))
    expect(ids(client({ unsorted: true }).ask(page(0)))).toEqual(straight.toReversed())
  })

  test('an edit between two pages hides a contact that nobody touched', () => {
    const c = client({}, { contacts: 30 })
    const untouched = ids(c.ask(page(1)))[0] ?? ''
    const first = ids(c.ask(page(0)))
    c.ask(edit(first[0] ?? '', '<Lastname>&#xFFFD;</Lastname>'))
    const later = [...ids(c.ask(page(1))), ...ids(c.ask(page(2)))]
    expect([...first, ...later]).not.toContain(untouched)
    expect(later.at(-1)).toBe(first[0])
    expect(allPages(c)).toHaveLength(30)
  })

  test('a contact that comes in before the page shifts one row into it again', () => {
    const c = client({}, { contacts: 30 })
    const first = ids(c.ask(page(0)))
    c.ask(
      '<AddContactsRequest><Contacts><Contact><Email>new@x.test</Email></Contact></Contacts></AddContactsRequest>',
    )
    expect(ids(c.ask(page(1)))[0]).toBe(first.at(-1))
  })

  test.each(['rename', 'insert', 'delete', 'all'])(
    'somebody drifts (%s) after every page',
    (drift) => {
      const c = client({ driftEvery: 1, drift }, { contacts: 50 })
      const before = JSON.stringify(c.simulator.snapshot())
      const expected = { rename: 50, insert: 55, delete: 45 }[drift]
      for (let n = 0; n < 5; n++) c.ask(page(n))
      expect(JSON.stringify(c.simulator.snapshot())).not.toBe(before)
      if (expected !== undefined) expect(c.simulator.snapshot()).toHaveLength(expected)
    },
  )

  test('whatever is changed while others read, the order and the look-ups stay true', () => {
    const c = client({ driftEvery: 2 }, { contacts: 120 })
    let turn = 1
    for (let n = 0; n < 300; n++) {
      turn = (turn * 48_271) % 2_147_483_647
      const id = String(1001 + (turn % 130))
      const kind = turn % 4
      if (kind === 0)
        c.ask(edit(id, `<Lastname>L${turn % 50}</Lastname><Email>e${turn % 40}@x.test</Email>`))
      if (kind === 1)
        c.ask(
          `<AddContactsRequest update="true"><Contacts><Contact><Firstname>F</Firstname><Lastname>L${turn % 9}</Lastname><Email>e${turn % 40}@x.test</Email></Contact></Contacts></AddContactsRequest>`,
        )
      if (kind === 2)
        c.ask(
          `<DeleteContactsRequest><Contacts><Contact contact_id="${id}"/></Contacts></DeleteContactsRequest>`,
        )
      c.ask(page(turn % 5, 20, turn % 2 ? 'search="e"' : ''))
    }
    const truth = c.simulator.snapshot()
    const all = ids(c.ask('<GetContactsRequest/>'))
    expect(all.toSorted()).toEqual(truth.map(({ id }) => id).toSorted())
    for (const { emails, id } of truth.slice(0, 40)) {
      if (emails[0] !== undefined)
        expect(ids(c.ask(`<GetContactsRequest email="${emails[0]}"/>`))).toContain(id)
    }
  })
})

describe('stamps', () => {
  test('after means after, unless sinceInclusive', () => {
    for (const sinceInclusive of [false, true]) {
      const c = client({ sinceInclusive })
      c.ask(edit('1001', '<Phone>1</Phone>'))
      const since = 'updated_timestamp="2026-11-20 12:00:00"'
      expect(total(c, `<GetContactsRequest ${since}/>`)).toBe(sinceInclusive ? 1 : 0)
      expect(total(c, '<GetContactsRequest updated_timestamp="2026-11-20 11:59:59"/>')).toBe(1)
      const fields = c.ask(
        `<AddUserDefinedFieldRequest><FieldName>New</FieldName></AddUserDefinedFieldRequest>`,
      )
      expect(text(fields, 'UpdatedTimeStamp')).toBe('2026-11-20 12:00:00')
      const listed = c.ask(`<GetUserDefinedFieldsRequest ${since}/>`)
      expect(listed.children[1]?.children).toHaveLength(sinceInclusive ? 1 : 0)
    }
    expect(
      text(client().ask('<GetContactsRequest updated_timestamp="2026-11-20"/>'), 'Result'),
    ).toBe('Error')
  })

  test('they are cut to their resolution and told in the zone, without saying which', () => {
    const c = client({ stampSeconds: 2, timeZone: 'Europe/Berlin' })
    c.clock.now += 3999
    const answer = c.ask(edit('1001', '<Phone>1</Phone>'))
    expect(text(answer, 'Contacts', 'Contact', 'UpdatedTimeStamp')).toBe('2026-11-20 21:00:02')
  })

  test('the autumn hour comes twice: a later change may carry an earlier stamp, and the delta misses it', () => {
    const c = client({}, { now: Date.UTC(2026, 10, 1, 8, 59) })
    const stamp = () =>
      text(c.ask(edit('1001', '<Phone>1</Phone>')), 'Contacts', 'Contact', 'UpdatedTimeStamp')
    expect(stamp()).toBe('2026-11-01 01:59:00')
    c.clock.now += 11 * 60_000
    expect(stamp()).toBe('2026-11-01 01:10:00')
    expect(total(c, '<GetContactsRequest updated_timestamp="2026-11-01 01:59:00"/>')).toBe(0)
  })
})

describe('accounts and permissions', () => {
  const shared = { sharedAccounts: { 500: 3, 95000: 2 } }

  test('own, one shared, all; sorted by account first; nobody else’s', () => {
    const c = client(shared)
    expect(total(c, '<GetContactsRequest/>')).toBe(40)
    expect(total(c, '<GetContactsRequest account_id="500"/>')).toBe(3)
    const all = contacts(c.ask('<GetContactsRequest get_all="true"/>')).map((one) =>
      text(one, 'AccountNumber'),
    )
    expect([all.length, all[0], all.at(-1)]).toEqual([45, '500', '95000'])
    expect(text(c.ask('<GetContactsRequest account_id="501"/>'), 'ErrorText')).toBe(
      'No access to account 501',
    )
    expect(c.simulator.snapshot().filter(({ id }) => id.includes('/'))).toHaveLength(5)
    const known = c
      .ask('<GetAccountsWithAccessRequest/>')
      .children[1]?.children.map((one) => text(one, 'AccountNumber'))
    expect(known).toEqual(['91234', '500', '91234', '95000'])
  })

  test('contacts in no group are for the owner, for a power user who names the account, for no member', () => {
    const truth = client().simulator.snapshot()
    const grouped = truth.filter(({ groups }) => groups.length > 0).length
    const own = '<GetContactsRequest account_id="91234"/>'
    expect(total(client({ permission: 'power' }), '<GetContactsRequest/>')).toBe(grouped)
    expect(total(client({ permission: 'power' }), own)).toBe(40)
    const member = client({ permission: 'member', grantedGroups: ['Newsletter'] })
    expect(total(member, own)).toBe(
      truth.filter(({ groups }) => groups.includes('Newsletter')).length,
    )
    const hidden = truth.find(({ groups }) => groups.length === 0)?.id ?? ''
    expect(
      text(member.ask(edit(hidden, '<Phone>1</Phone>')), 'Contacts', 'Contact', 'ErrorText'),
    ).toBe('Contact not found')
  })

  test('a permission that shrinks looks like a mass deletion', () => {
    const c = client({ permissionShrinksAfter: 2 })
    expect(total(c, '<GetContactsRequest/>')).toBe(40)
    const truth = c.simulator.snapshot().filter(({ groups }) => groups.includes('Customers')).length
    expect(total(c, '<GetContactsRequest/>')).toBe(truth)
    expect(c.simulator.snapshot()).toHaveLength(40)
  })
})

describe('searches and directories', () => {
  const everybody = [
    'Unsubscribers',
    'BouncedContacts',
    'SpamComplaints',
    'DuplicateEmails',
    'ActiveMembers',
    'ProspectMembers',
    'InactiveMembers',
  ]
  const search = (inner: string, includes: readonly string[] = everybody) =>
    `<SearchContactsRequest><From>all</From>${inner}<Includes>${includes.map((name) => `<${name}>Y</${name}>`).join('')}</Includes></SearchContactsRequest>`
  const rule = (inner: string) => `<Rules><Rule>${inner}</Rule></Rules>`

  test('with everything included it is a census, in pages that count from 1', () => {
    const c = client({ searchPageSize: 15 })
    const paged = [1, 2, 3, 4].flatMap((n) =>
      contacts(c.ask(search(`<Page>${n}</Page>`))).map((one) => text(one, 'ID')),
    )
    expect(paged.toSorted()).toEqual(
      c.simulator
        .snapshot()
        .map(({ id }) => id)
        .toSorted(),
    )
    expect(text(c.ask(search('<Page>0</Page>')), 'Result')).toBe('Error')
    expect(names(contacts(client({ searchIdName: 'Contact_id' }).ask(search('')))[0])[0]).toBe(
      'Contact_id',
    )
  })

  test('what is not included is left out', () => {
    const c = client({}, { contacts: 900 })
    c.simulator.byHand.complain(1001)
    const count = (without: string) =>
      total(
        c,
        search(
          '',
          everybody.filter((name) => name !== without),
        ),
      )
    expect(count('')).toBe(900)
    for (const name of everybody) expect(count(name)).toBeLessThan(900)
    const bounced = c.simulator.snapshot().filter(({ fields }) => fields['Bounced'] === '1').length
    expect(count('BouncedContacts')).toBe(900 - bounced)
  })

  test('rules, ranges, orders; what the documents do not show is refused', () => {
    const c = client()
    c.ask(edit('1003', '<Phone>9</Phone>'))
    const changed = (range: string) => total(c, search(rule(`<Field>LastModified</Field>${range}`)))
    expect(changed('<Range>on</Range><Date>2026/11/20</Date>')).toBe(1)
    expect(changed('<Range>after</Range><Date>2026/11/20</Date>')).toBe(0)
    expect(changed('<Range>after</Range><Date>2026/11/19</Date>')).toBe(1)
    expect(changed('<Range>between</Range><Date>2000/01/01</Date><Date2>2026/11/20</Date2>')).toBe(
      40,
    )
    expect(
      total(c, search(rule('<Field>ID</Field><Operator>contains</Operator><Value>101</Value>'))),
    ).toBe(10)
    const both =
      '<Filter>all</Filter><Rules><Rule><Field>ID</Field><Operator>contains</Operator><Value>1</Value></Rule><Rule><Field>ID</Field><Operator>contains</Operator><Value>1003</Value></Rule></Rules>'
    expect(total(c, search(both))).toBe(1)
    const order = contacts(
      c.ask(search('<OrderBy>ID</OrderBy><OrderDirection>desc</OrderDirection>')),
    )
    expect(order[0] && text(order[0], 'ID')).toBe('1040')
    for (const odd of [
      rule('<Field>ID</Field><Operator>is</Operator><Value>1</Value>'),
      rule('<Field>Shoe</Field><Operator>contains</Operator><Value>1</Value>'),
      rule('<Field>ID</Field><Range>after</Range><Date>2026/11/20</Date>'),
      rule('<Field>LastModified</Field><Range>after</Range><Date>2026-11-20</Date>'),
      '<Filter>some</Filter>',
      '<OrderBy>Shoe</OrderBy>',
    ]) {
      expect(text(c.ask(search(odd)), 'Result')).toBe('Error')
    }
  })

  test('groups: the directory with and without a name, companies', () => {
    const c = client()
    const listed = c.ask('<GetGroupsRequest/>').children[1]?.children ?? []
    expect(names(listed[0])).toEqual([
      'Group_id',
      'Name',
      'Group_type',
      'EmailsSentFromName',
      'EmailsSentFromEmail',
      'EmailPhysicalAddress',
      'EventsTimeZone',
      'AccountNumber',
    ])
    expect(listed).toHaveLength(8)
    const one = c.ask('<GetGroupsRequest group_name="Newsletter"/>')
    expect(text(one, 'Groups', 'Group', 'Group_id')).toBe(groupId(c, 'Newsletter'))
    expect(text(c.ask('<GetGroupsRequest group_name="None"/>'), 'Result')).toBe('Error')
    expect(c.ask('<GetContactGroupsRequest/>').children[1]?.children).toHaveLength(8)
    const companies = c.ask('<GetCompaniesRequest/>').children[1]?.children ?? []
    expect(names(companies[0])).toEqual(['CompanyID', 'CompanyName'])
  })
})

function groupId({ ask }: TestClient, name: string): string | undefined {
  const groups = ask('<GetContactGroupsRequest/>').children[1]?.children ?? []
  const found = groups.find((group) => text(group, 'GroupName') === name)
  return found && text(found, 'Group_id')
}
