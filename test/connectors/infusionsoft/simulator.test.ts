/** The simulated account against the platform's documents: services, tables, wire format, consent. */
import { beforeEach, describe, expect, it } from 'vitest'
import { parseQuirks } from '../../../connectors/infusionsoft/simulator/quirks.ts'
import { userPassword, md5 } from '../../../connectors/infusionsoft/simulator/data-service.ts'
import { wallOf, stampText } from '../../../connectors/infusionsoft/simulator/wall.ts'
import { type Account, account, decode, noon, request, type Struct } from './simulator-client.ts'

let ferry: Account
beforeEach(() => {
  ferry = account()
})

function contactIds(of: Account): readonly number[] {
  return of
    .rows('DataService.query', 'Contact', 1000, 0, {}, ['Id', 'CompanyID'], 'Id', true)
    .filter((row) => row['Id'] !== row['CompanyID'])
    .map((row) => Number(row['Id']))
}
const idOf = (row: Struct | undefined) => Number(row?.['Id'])

describe('the printed samples of ContactService', () => {
  it('add answers the id and findByEmail finds it in any of the three addresses', () => {
    const body = `<?xml version='1.0' encoding='UTF-8'?>
<methodCall>
  <methodName>ContactService.add</methodName>
  <params>
    <param>
      <value><string>privateKey</string></value>
    </param>
    <param>
      <value><struct>
        <member><name>FirstName</name>
          <value><string>John</string></value>
        </member>
        <member><name>LastName</name>
          <value><string>Doe</string></value>
        </member>
        <member><name>EmailAddress2</name>
          <value><string>there_he_go@itsjohndoe.com</string></value>
        </member>
      </struct></value>
    </param>
  </params>
  </methodCall>`
    const id = decode(ferry.send(body).body)
    expect(id).toBeTypeOf('number')
    const found = ferry.rows('ContactService.findByEmail', 'THERE_he_go@itsjohndoe.com', [
      'Id',
      'FirstName',
      'LastName',
    ])
    expect(found).toEqual([{ Id: id, FirstName: 'John', LastName: 'Doe' }])
    expect(ferry.call('ContactService.findByEmail', 'nobody@example.com', ['Id'])).toEqual([])
  })

  it('add never looks for duplicates; addWithDupCheck updates the match and answers its id', () => {
    const data = { FirstName: 'Ann', LastName: 'Lee', Email: 'ann@dup.example' }
    const first = ferry.call('ContactService.add', data)
    expect(ferry.call('ContactService.add', { ...data, LastName: 'Other' })).not.toBe(first)
    const again = { ...data, Company: 'Acme' }
    expect(ferry.call('ContactService.addWithDupCheck', again, 'EmailAndName')).toBe(first)
    expect(ferry.call('ContactService.load', Number(first), ['Company'])).toEqual({
      Company: 'Acme',
    })
    // The company is compared as a linked record, so a text-only company makes a twin.
    expect(ferry.call('ContactService.addWithDupCheck', again, 'EmailAndNameAndCompany')).not.toBe(
      first,
    )
    expect(() => ferry.call('ContactService.addWithDupCheck', data, 'Phone')).toThrow('fault 12')
  })

  it('addWithDupCheck leaves custom DateTime fields of a match alone, update does not', () => {
    const stamp = { xml: '<dateTime.iso8601>20260301T10:00:00</dateTime.iso8601>' }
    const id = Number(ferry.call('ContactService.add', { Email: 'dt@dup.example' }))
    const data = { Email: 'dt@dup.example', _NextCall1: stamp }
    expect(ferry.call('ContactService.addWithDupCheck', data, 'Email')).toBe(id)
    expect(ferry.call('ContactService.load', id, ['_NextCall1'])).toEqual({})
    expect(ferry.call('ContactService.update', id, data)).toBe(id)
    expect(ferry.call('ContactService.load', id, ['_NextCall1'])).toEqual({
      _NextCall1: { date: '20260301T10:00:00' },
    })
  })

  it('merge keeps the first id, fills its gaps and unites the tags', () => {
    const [tagA = 0, tagB = 0] = ferry
      .rows('DataService.query', 'ContactGroup', 2, 0, {}, ['Id'])
      .map(idOf)
    const a = Number(ferry.call('ContactService.add', { FirstName: 'Keep', Email: 'a@m.example' }))
    const b = Number(ferry.call('ContactService.add', { FirstName: 'Drop', City: 'Ulm' }))
    ferry.call('ContactService.addToGroup', a, tagA)
    ferry.call('ContactService.addToGroup', b, tagB)
    expect(ferry.call('ContactService.merge', a, b)).toBe(true)
    const fields = ['Id', 'FirstName', 'City', 'Groups']
    expect(ferry.call('ContactService.load', a, fields)).toEqual({
      Id: a,
      FirstName: 'Keep',
      City: 'Ulm',
      Groups: `${tagA},${tagB}`,
    })
    expect(() => ferry.call('ContactService.load', b, fields)).toThrow('fault 5 [RecordNotFound]')
  })

  it('tags answer whether anything changed', () => {
    const id = Number(ferry.call('ContactService.add', { FirstName: 'Tag' }))
    const tag = idOf(ferry.rows('DataService.query', 'ContactGroup', 1, 0, {}, ['Id'])[0])
    expect(ferry.call('ContactService.addToGroup', id, tag)).toBe(true)
    expect(ferry.call('ContactService.addToGroup', id, tag)).toBe(false)
    expect(ferry.call('ContactService.removeFromGroup', id, tag)).toBe(true)
    expect(ferry.call('ContactService.removeFromGroup', id, tag)).toBe(false)
    expect(() => ferry.call('ContactService.addToGroup', id, 99_999)).toThrow('fault 5')
    expect(() => ferry.call('ContactService.addToGroup', 99_999, tag)).toThrow('fault 5')
  })

  it('sequences and action sets run and answer as printed', () => {
    const id = Number(ferry.call('ContactService.add', { FirstName: 'Seq' }))
    expect(ferry.call('ContactService.addToCampaign', id, 2)).toBe(true)
    expect(ferry.call('ContactService.getNextCampaignStep', id, 2)).toBe(4)
    expect(ferry.call('ContactService.pauseCampaign', id, 2)).toBe(true)
    expect(ferry.call('ContactService.resumeCampaignForContact', id, 2)).toBe(true)
    expect(
      ferry.rows('DataService.query', 'Campaignee', 5, 0, { ContactId: id }, [
        'Campaign',
        'Status',
      ]),
    ).toEqual([{ Campaign: 'Newsletter welcome', Status: 'Active' }])
    expect(ferry.call('ContactService.rescheduleCampaignStep', [id], 4)).toBe(1)
    expect(ferry.call('ContactService.removeFromCampaign', id, 2)).toBe(true)
    expect(ferry.call('ContactService.removeFromCampaign', id, 2)).toBe(false)
    expect(ferry.call('ContactService.runActionSequence', id, 1)).toEqual([
      { Action: 'Apply/Remove Tag', Message: 'tags applied to Contact: Hot lead', IsError: false },
    ])
    expect(ferry.rows('ContactService.runActionSequence', id, 2, {})[0]?.['IsError']).toBe(true)
  })

  it('linked contacts are listed from both ends', () => {
    const a = Number(ferry.call('ContactService.add', { FirstName: 'A' }))
    const b = Number(ferry.call('ContactService.add', { FirstName: 'B' }))
    expect(ferry.call('ContactService.linkContacts', a, b, 1)).toBe(true)
    expect(ferry.call('ContactService.linkContacts', b, a, 1)).toBe(false)
    expect(ferry.call('ContactService.listLinkedContacts', b)).toEqual([
      { ContactId: a, LinkTypeId: 1 },
    ])
    expect(ferry.call('ContactService.unlinkContacts', a, b, 1)).toBe(true)
    expect(ferry.call('ContactService.listLinkedContacts', b)).toEqual([])
  })

  it('findByEmail knows no AccountId although the data service does', () => {
    expect(() => ferry.call('ContactService.findByEmail', 'a@b.example', ['AccountId'])).toThrow(
      /fault 0 .*Unknown column 'AccountId'/,
    )
    expect(ferry.call('DataService.query', 'Contact', 1, 0, {}, ['AccountId'])).toHaveLength(1)
  })
})

describe('printed requests of the data service', () => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  const text = (value: string) => `<param><value><string>${value}</string></value></param>`
  const int = (value: number) => `<param><value><int>${value}</int></value></param>`
  const names = (list: readonly string[]) =>
    `<param><value><array><data>${list.map((name) => `<value><string>${name}</string></value>`).join('')}</data></array></value></param>`
  const ordered = (by: string) => `${text(by)}<param><value><boolean>1</boolean></value></param>`
  const query = (params: string) =>
    `${head}\n<methodCall><methodName>DataService.query</methodName><params>\n${text('x')}\n${params}</params></methodCall>`

  it('changed contacts by key set', () => {
    const rows = decode(
      ferry.send(
        query(`${text('Contact')}${int(1000)}${int(0)}
<param><value><struct>
<member><name>LastUpdated</name><value><string>~&gt;=~ 2022-02-03 08:15:00</string></value></member>
<member><name>Id</name><value><string>~&gt;~ 10</string></value></member>
</struct></value></param>
${names(['Id', 'Email', 'FirstName', 'CompanyID', 'Groups', 'LastUpdated', '_PlanLevel0'])}
${ordered('Id')}`),
      ).body,
    ) as readonly Struct[]
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.every((row) => idOf(row) > 10 && stamp(row) >= '20220203T08:15:00')).toBe(true)
    expect(rows.map(idOf)).toEqual(rows.map(idOf).sort((a, b) => a - b))
  })

  it('tag assignments since a time, with a dotted member', () => {
    const answer = ferry.send(
      query(
        `${text('ContactGroupAssign')}${int(1000)}${int(0)}<param><value><struct><member><name>DateCreated</name><value><string>~&gt;=~ 2022-02-03 00:00:00</string></value></member></struct></value></param>${names(['ContactId', 'GroupId', 'DateCreated', 'Contact.Email'])}${ordered('ContactId')}`,
      ),
    )
    expect(answer.body).toMatch(/<member><name>Contact\.Email<\/name><value>[^<]+<\/value>/)
    expect(answer.body).toMatch(
      /<name>DateCreated<\/name><value><dateTime\.iso8601>20\d{6}T\d\d:\d\d:\d\d<\/dateTime\.iso8601>/,
    )
    expect(answer.body).not.toContain('<name>Id</name>')
  })

  it('contact fields in the form with five arguments', () => {
    const body = ferry.send(
      query(
        `${text('DataFormField')}${int(1000)}${int(0)}<param><value><struct><member><name>FormId</name><value><int>-1</int></value></member></struct></value></param>${names(['Id', 'Name', 'Label', 'DataType', 'GroupId', 'Values'])}`,
      ),
    ).body
    expect(body).toContain('<member><name>Name</name><value>PlanLevel0</value></member>')
    expect(body).toContain('<member><name>Values</name><value>\nBasic\nPlus')
  })

  it('a fault comes as a struct of an integer and text', () => {
    const answer = ferry.send(
      query(
        `${text('Contact')}${int(1)}${int(0)}<param><value><struct/></value></param>${names(['_Gone'])}`,
      ),
    )
    expect(answer.status).toBe(200)
    expect(answer.body).toBe(
      '<?xml version="1.0" encoding="utf-8"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>10</i4></value></member><member><name>faultString</name><value>[NoFieldFound]Contact._Gone</value></member></struct></value></fault></methodResponse>',
    )
  })
})

describe('arguments', () => {
  it('must have the exact classes of one of the two query overloads', () => {
    const query = ['Contact', 10, 0, {}, ['Id']] as const
    expect(ferry.call('DataService.query', ...query)).toHaveLength(10)
    expect(ferry.call('DataService.query', ...query, 'Id', false)).toHaveLength(10)
    for (const bad of [
      [...query, 'Id'],
      [...query, 'Id', 'ASC'],
      ['Contact', '10', 0, {}, ['Id']],
      ['Contact', 10, 0, [], ['Id']],
      ['Contact', 10, 0, { xml: '<nil/>' }, ['Id']],
    ]) {
      expect(() => ferry.call('DataService.query', ...bad)).toThrow(
        'fault 0 No method matching arguments: java.lang.String, java.lang.String',
      )
    }
    expect(() => ferry.call('ContactService.load', '12', ['Id'])).toThrow('No method matching')
  })

  it('name methods and services that exist', () => {
    expect(() => ferry.call('DataService.getTemporaryKey', 'a', 'b')).toThrow(
      'fault 0 No such handler: DataService.getTemporaryKey',
    )
    expect(() => ferry.call('toString')).toThrow('No such handler')
  })

  it('are refused by the parser when they are no XML-RPC', () => {
    for (const body of [
      '',
      '<methodCall>',
      'hello',
      '<a></b>',
      request('X', { xml: '<int>a</int>' }),
    ]) {
      expect(() => decode(ferry.send(body).body)).toThrow(/fault 0 Failed to parse XML-RPC request/)
    }
    expect(() => decode(ferry.send('').body)).toThrow('Premature end of file.')
    expect(() => decode(ferry.send(request('X', 'bell \u0007')).body)).toThrow('fault 0')
  })
})

describe('replies', () => {
  it('leave nulls out, carry no white space, and come with status, type and date', () => {
    const id = Number(ferry.call('ContactService.add', { FirstName: 'A & B <c>', City: '' }))
    const fields = ['FirstName', 'City', 'LastName', 'Groups', '_CustomerNumber']
    const answer = ferry.send(request('ContactService.load', 'x', id, fields))
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/xml;charset=UTF-8')
    expect(answer.headers['date']).toBe('Tue, 03 Feb 2026 17:00:00 GMT')
    expect(answer.body).toContain('<member><name>City</name><value/></member>')
    expect(answer.body).toContain('<value>A &amp; B &lt;c&gt;</value>')
    expect(answer.body).not.toMatch(/LastName|Groups|_CustomerNumber|<string>|>\s+</)
  })

  it('shuffle the members from row to row', () => {
    const fields = ['Id', 'DateCreated', 'LastUpdated', 'CompanyID']
    const answer = ferry.send(request('DataService.query', 'x', 'Contact', 20, 0, {}, fields))
    const orders = answer.body.split('<struct>').map((row) => row.match(/<name>\w+/g)?.join())
    expect(new Set(orders).size).toBeGreaterThan(3)
  })

  it('say "no link" as 0', () => {
    const id = Number(ferry.call('ContactService.add', { FirstName: 'No' }))
    const links = ['OwnerID', 'CompanyID', 'AccountId', 'LeadSourceId', 'CreatedBy']
    expect(ferry.call('ContactService.load', id, links)).toEqual({
      OwnerID: 0,
      CompanyID: 0,
      AccountId: 0,
      LeadSourceId: 0,
      CreatedBy: -1,
    })
  })

  it('carry New York time without a zone across both clock changes', () => {
    const stamps = [
      ['2026-03-08T06:59:59Z', '20260308T01:59:59'],
      ['2026-03-08T07:00:00Z', '20260308T03:00:00'],
      ['2026-11-01T05:30:00Z', '20261101T01:30:00'],
      ['2026-11-01T06:30:00Z', '20261101T01:30:00'],
      ['2006-04-02T07:00:00Z', '20060402T03:00:00'],
      ['2006-10-29T06:00:00Z', '20061029T01:00:00'],
    ] as const
    for (const [instant, text] of stamps) {
      const id = Number(ferry.call('ContactService.add', { FirstName: 'Clock' }))
      ferry.clock.now = Date.parse(instant) + 999
      ferry.call('ContactService.update', id, { FirstName: 'Clock 2' })
      expect(ferry.call('ContactService.load', id, ['LastUpdated'])).toEqual({
        LastUpdated: { date: text },
      })
      expect(
        new Intl.DateTimeFormat('sv', {
          timeZone: 'America/New_York',
          dateStyle: 'short',
          timeStyle: 'medium',
        })
          .format(new Date(instant))
          .replaceAll('-', '')
          .replace(' ', 'T'),
      ).toBe(stampText(wallOf(Date.parse(instant), null)))
    }
  })
})

describe('queries', () => {
  it('page from zero, end with an empty page, and by key set are complete', () => {
    const total = Number(ferry.call('DataService.count', 'Contact', {}))
    const seen: number[] = []
    for (;;) {
      const last = seen.at(-1) ?? 0
      const page = ferry.rows(
        'DataService.query',
        'Contact',
        17,
        0,
        { Id: `~>~ ${last}` },
        ['Id'],
        'Id',
        true,
      )
      if (page.length === 0) break
      seen.push(...page.map(idOf))
    }
    expect(seen).toHaveLength(total)
    expect([...seen].sort((a, b) => a - b)).toEqual(seen)
    const paged = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((page) =>
      ferry.rows('DataService.query', 'Contact', 17, page, {}, ['Id'], 'Id', true).map(idOf),
    )
    expect(paged).toEqual(seen)
    expect(ferry.call('DataService.query', 'Contact', 17, 99, {}, ['Id'])).toEqual([])
  })

  it('come in no particular order without orderBy, and descending unless told otherwise', () => {
    const free = ferry.rows('DataService.query', 'Contact', 1000, 0, {}, ['Id']).map(idOf)
    const down = ferry
      .rows('DataService.query', 'Contact', 1000, 0, {}, ['Id'], 'Id', false)
      .map(idOf)
    const up = [...down].reverse()
    expect(up).toEqual([...up].sort((a, b) => a - b))
    expect(free).not.toEqual(up)
    expect([...free].sort((a, b) => a - b)).toEqual(up)
  })

  it('drift when rows change between offset pages ordered by LastUpdated', () => {
    const page = (n: number) =>
      ferry.rows('DataService.query', 'Contact', 20, n, {}, ['Id'], 'LastUpdated', true).map(idOf)
    const before = [...page(0), ...page(1)]
    const first = page(0)
    ferry.call('ContactService.update', first[0] ?? 0, { JobTitle: 'moved' })
    const drifted = new Set([...first, ...page(1)])
    expect(before.filter((id) => !drifted.has(id))).toHaveLength(1)
  })

  it.each<[string, Record<string, string | number | readonly number[]>, (row: Struct) => boolean]>([
    ['greater', { Id: '~>~ 40' }, (row) => idOf(row) > 40],
    ['greater without a blank', { Id: '~>~40' }, (row) => idOf(row) > 40],
    ['at least', { Id: '~>=~ 40' }, (row) => idOf(row) >= 40],
    ['less', { Id: '~<~ 40' }, (row) => idOf(row) < 40],
    ['at most', { Id: '~<=~ 40' }, (row) => idOf(row) <= 40],
    ['not equal', { Id: '~<>~40' }, (row) => idOf(row) !== 40],
    ['null', { FirstName: '~null~' }, (row) => row['FirstName'] === undefined],
    ['empty', { JobTitle: '' }, (row) => row['JobTitle'] === ''],
    ['a list of ids', { Id: [9, 7, 40] }, (row) => [7, 9, 40].includes(idOf(row))],
    ['a number', { Id: 40 }, (row) => idOf(row) === 40],
    ['its text', { Id: '40' }, (row) => idOf(row) === 40],
    ['everything', { Id: '%' }, () => true],
    ['like', { FirstName: '%AN%' }, (row) => /an/i.test(String(row['FirstName'] ?? ''))],
    ['one or more letters', { FirstName: '_%' }, (row) => (row['FirstName'] ?? '') !== ''],
    [
      'equality in any case',
      { FirstName: 'JOHN' },
      (row) => /^john$/i.test(String(row['FirstName'])),
    ],
    [
      'two members',
      { Id: '~>~ 20', FirstName: '~null~' },
      (row) => idOf(row) > 20 && row['FirstName'] === undefined,
    ],
    ['a date from', { LastUpdated: '~>=~ 2020-01-01 00:00:00' }, (row) => stamp(row) >= '20200101'],
    ['a year', { LastUpdated: '2020-%' }, (row) => stamp(row).startsWith('2020')],
  ])('match %s', (_, queryData, fits) => {
    const fields = ['Id', 'FirstName', 'JobTitle', 'LastUpdated']
    const all = ferry.rows('DataService.query', 'Contact', 1000, 0, {}, fields, 'Id', true)
    const found = ferry.rows('DataService.query', 'Contact', 1000, 0, queryData, fields, 'Id', true)
    expect(found).toEqual(all.filter(fits))
    expect(found.length).toBeGreaterThan(0)
    expect(ferry.call('DataService.count', 'Contact', queryData)).toBe(found.length)
  })

  it('take lists only for ids and at most a thousand', () => {
    const ids = Array.from({ length: 1001 }, (_, i) => i)
    const ask = (queryData: Record<string, readonly (string | number)[]>) => () =>
      ferry.call('DataService.query', 'Contact', 10, 0, queryData, ['Id'])
    expect(ask({ Id: ids })).toThrow('fault 12')
    expect(ask({ FirstName: ['John'] })).toThrow('fault 12')
  })

  it('find by field, by one row of a table, and with a limit from 1 to 1000', () => {
    const [status] = ferry.rows('DataService.query', 'EmailAddStatus', 1, 0, {}, ['Id', 'Email'])
    const email = String(status?.['Email'])
    expect(
      ferry.call('DataService.findByField', 'EmailAddStatus', 5, 0, 'Email', email.toUpperCase(), [
        'Id',
        'Email',
      ]),
    ).toEqual([status])
    expect(ferry.call('DataService.load', 'EmailAddStatus', idOf(status), ['Email'])).toEqual({
      Email: email,
    })
    for (const limit of [0, -1, 1001]) {
      expect(() => ferry.call('DataService.query', 'Contact', limit, 0, {}, ['Id'])).toThrow(
        'fault 12',
      )
    }
  })

  it.each<[string, readonly [string, ...never[]] | readonly unknown[], string]>([
    ['an unknown table', ['Nothing', 1, 0, {}, ['Id']], 'fault 9 [NoTableFound]Nothing'],
    [
      'an unknown column',
      ['Contact', 1, 0, {}, ['Id', '_Gone']],
      'fault 10 [NoFieldFound]Contact._Gone',
    ],
    ['an unknown condition', ['Contact', 1, 0, { Nope: 1 }, ['Id']], 'fault 10'],
    ['an unknown order', ['Contact', 1, 0, {}, ['Id'], 'Nope', true], 'fault 10'],
    [
      'a custom field across the join',
      ['ContactGroupAssign', 1, 0, {}, ['Contact._CustomerNumber']],
      'fault 10',
    ],
    ['no columns', ['Contact', 1, 0, {}, []], 'fault 11 [NoFields]'],
    ['an impossible date', ['Contact', 1, 0, { LastUpdated: '~>~ soon' }, ['Id']], 'fault 12'],
  ])('fault over %s', (_, args, message) => {
    expect(() => ferry.call('DataService.query', ...(args as string[]))).toThrow(message)
  })
})

describe('the tables', () => {
  it('hold companies among the contacts and users in the same id space, but unseen', () => {
    const rows = ferry.rows(
      'DataService.query',
      'Contact',
      1000,
      0,
      {},
      ['Id', 'CompanyID', 'Company'],
      'Id',
      true,
    )
    const companies = rows.filter((row) => row['Id'] === row['CompanyID'])
    expect(companies.length).toBeGreaterThan(3)
    const records = ferry.rows(
      'DataService.query',
      'Company',
      1000,
      0,
      {},
      ['Id', 'CompanyID', 'Company'],
      'Id',
      true,
    )
    expect(records).toEqual(companies)
    const users = ferry.rows('DataService.query', 'User', 10, 0, {}, ['Id', 'Email'])
    expect(users).toHaveLength(3)
    const ids = new Set(rows.map(idOf))
    expect(users.some((user) => idOf(user) > Math.min(...ids))).toBe(true)
    expect(users.filter((user) => ids.has(idOf(user)))).toEqual([])
    expect(() => ferry.call('ContactService.load', idOf(users[0]), ['Id'])).toThrow('fault 5')
  })

  it('join tag assignments with their contact, without an Id, and lose both together', () => {
    const fields = [
      'ContactId',
      'GroupId',
      'ContactGroup',
      'DateCreated',
      'Contact.Id',
      'Contact.Groups',
    ]
    const rows = ferry.rows(
      'DataService.query',
      'ContactGroupAssign',
      1000,
      0,
      {},
      fields,
      'ContactId',
      true,
    )
    expect(rows).toHaveLength(Number(ferry.call('DataService.count', 'ContactGroupAssign', {})))
    for (const row of rows) {
      expect(row['Contact.Id']).toBe(row['ContactId'])
      expect(String(row['Contact.Groups']).split(',')).toContain(String(row['GroupId']))
    }
    expect(() => ferry.call('DataService.query', 'ContactGroupAssign', 1, 0, {}, ['Id'])).toThrow(
      'fault 10',
    )
    const contact = Number(rows[0]?.['ContactId'])
    expect(ferry.call('DataService.delete', 'Contact', contact)).toBe(true)
    const left = ferry.rows(
      'DataService.query',
      'ContactGroupAssign',
      1000,
      0,
      {},
      fields,
      'ContactId',
      true,
    )
    expect(left).toEqual(rows.filter((row) => row['ContactId'] !== contact))
    expect(() => ferry.call('ContactService.load', contact, ['Id'])).toThrow('fault 5')
  })

  it('know the staff groups apart from tags, and sequences and action sets as read-only', () => {
    expect(
      ferry.rows('DataService.query', 'GroupAssign', 5, 0, {}, ['UserId', 'Admin']),
    ).toHaveLength(1)
    for (const table of [
      'GroupAssign',
      'ContactGroupAssign',
      'Campaign',
      'ActionSequence',
      'EmailAddStatus',
      'User',
      'DataFormTab',
    ]) {
      expect(() => ferry.call('DataService.add', table, {})).toThrow(
        `fault 7 [NoTableAccess]${table}`,
      )
    }
    expect(() => ferry.call('DataService.delete', 'ContactGroup', 91)).toThrow('fault 7')
  })

  it('refuse to write what can only be read', () => {
    const [id = 0] = contactIds(ferry)
    for (const name of ['Id', 'Groups', 'LastUpdated', 'CreatedBy', 'Validated']) {
      expect(() => ferry.call('DataService.update', 'Contact', id, { [name]: '1' })).toThrow(
        'fault 8',
      )
    }
    expect(() => ferry.call('ContactService.update', id, { FirstName: 'x', _Gone: 'y' })).toThrow(
      'fault 10',
    )
    expect(ferry.call('ContactService.load', id, ['FirstName'])).not.toEqual({ FirstName: 'x' })
    expect(() => ferry.call('ContactService.update', 99_999, { FirstName: 'x' })).toThrow('fault 5')
  })

  it('take new tags and categories', () => {
    const category = ferry.call('DataService.add', 'ContactGroupCategory', { CategoryName: 'New' })
    const tag = Number(
      ferry.call('DataService.add', 'ContactGroup', {
        GroupName: 'Fresh',
        GroupCategoryId: category as number,
      }),
    )
    expect(ferry.call('DataService.update', 'ContactGroup', tag, { GroupDescription: '' })).toBe(
      tag,
    )
    expect(
      ferry.call('DataService.load', 'ContactGroup', tag, [
        'GroupName',
        'GroupCategoryId',
        'GroupDescription',
      ]),
    ).toEqual({
      GroupName: 'Fresh',
      GroupCategoryId: category,
      GroupDescription: '',
    })
  })

  it('hold two tags of one name in two categories, and tags in none', () => {
    const vips = ferry.rows('DataService.query', 'ContactGroup', 9, 0, { GroupName: 'VIP' }, [
      'GroupCategoryId',
    ])
    expect(new Set(vips.map((row) => row['GroupCategoryId'])).size).toBe(2)
    const loose = ferry.rows('DataService.query', 'ContactGroup', 99, 0, { GroupCategoryId: '' }, [
      'GroupName',
    ])
    expect(loose.map((row) => row['GroupName'])).toContain('Partner')
  })
})

describe('custom fields', () => {
  const describe_ = ['Id', 'Name', 'Label', 'DataType', 'GroupId', 'Values']

  it('are described per form, with a digit where the name was used before', () => {
    const fields = ferry.rows(
      'DataService.query',
      'DataFormField',
      1000,
      0,
      { FormId: -1 },
      describe_,
    )
    const types = new Set(fields.map((field) => field['DataType']))
    expect([...types].sort((a, b) => Number(a) - Number(b))).toEqual([
      ...Array.from({ length: 23 }, (_, i) => i + 1),
      25,
    ])
    const plan = fields.find((field) => field['Label'] === 'Plan level')
    expect(plan?.['Name']).toBe('PlanLevel0')
    expect(plan?.['Values']).toBe('\nBasic\nPlus\nPro (2024)\nGröße L\n0 none')
    const twin = ferry.rows(
      'DataService.query',
      'DataFormField',
      10,
      0,
      { FormId: '-6' },
      describe_,
    )
    expect(twin.map((field) => field['Name'])).toEqual(['CustomerNumber'])
  })

  it('are made again and again under other names, and read only when asked for', () => {
    const group = idOf(
      ferry.rows('DataService.query', 'DataFormGroup', 1, 0, {}, ['Id'], 'Id', true)[0],
    )
    const add = () =>
      Number(ferry.call('DataService.addCustomField', 'Contact', 'Next Visit!', 'Select', group))
    const names = [add(), add(), add()].map((id) =>
      ferry.call('DataService.load', 'DataFormField', id, ['Name']),
    )
    expect(names).toEqual([{ Name: 'NextVisit' }, { Name: 'NextVisit0' }, { Name: 'NextVisit1' }])
    const id = add()
    expect(ferry.call('DataService.updateCustomField', id, { Values: '\nA\nB' })).toBe(true)
    expect(ferry.call('DataService.load', 'DataFormField', id, ['Values'])).toEqual({
      Values: '\nA\nB',
    })
    expect(() => ferry.call('DataService.updateCustomField', id, { Name: 'Other' })).toThrow(
      'fault 8',
    )
    const contact = Number(ferry.call('ContactService.add', { FirstName: 'V', _NextVisit: 'A' }))
    expect(ferry.call('ContactService.load', contact, ['FirstName'])).toEqual({ FirstName: 'V' })
    expect(ferry.call('ContactService.load', contact, ['_NextVisit'])).toEqual({ _NextVisit: 'A' })
  })

  it('need a known form and type, spelt exactly, and a header of that form', () => {
    const add = (form: string, type: string, group: number) => () =>
      ferry.call('DataService.addCustomField', form, 'X', type, group)
    expect(add('Person', 'Text', 1)).toThrow('fault 12')
    expect(add('Contact', 'text', 1)).toThrow('fault 12')
    expect(add('Contact', 'Text', 2)).toThrow('fault 5')
  })

  it('come in the shape of their type', () => {
    const rows = account(400).rows('DataService.query', 'Contact', 1000, 0, {}, [
      '_Children',
      '_ShoeSize',
      '_CreditLimit',
      '_WantsCatalogue',
      '_ContractEnd',
      '_NextCall1',
      '_Interests',
      '_Founded',
      '_Discount',
      '_Team',
    ])
    const one = (name: string) => rows.find((row) => row[name] !== undefined)?.[name]
    for (const name of [
      '_Children',
      '_ShoeSize',
      '_CreditLimit',
      '_WantsCatalogue',
      '_Founded',
      '_Discount',
    ]) {
      expect(one(name), name).toBeTypeOf('number')
    }
    expect(one('_ContractEnd')).toEqual({ date: expect.stringMatching(/^\d{8}T00:00:00$/) })
    expect(one('_NextCall1')).toEqual({ date: expect.stringMatching(/^\d{8}T\d\d:\d\d:\d\d$/) })
    expect(one('_Interests')).toBeTypeOf('string')
  })
})

describe('stored values', () => {
  const save = (of: Account, fields: Parameters<Account['call']>[1] & object) => {
    const id = Number(of.call('ContactService.add', fields))
    return of.call('ContactService.load', id, Object.keys(fields))
  }

  it('re-format ten-digit phones, cut notes and refuse text that is too long', () => {
    expect(save(ferry, { Phone1: '987-654-3211', Phone2: '+49 (0) 89 123' })).toEqual({
      Phone1: '(987) 654-3211',
      Phone2: '+49 (0) 89 123',
    })
    expect(save(ferry, { ContactNotes: 'n'.repeat(12_000) })).toEqual({
      ContactNotes: 'n'.repeat(10_000),
    })
    expect(() => save(ferry, { LastName: 'n'.repeat(256) })).toThrow('fault 4 [DatabaseError]')
  })

  it('keep dates as days and tell a wrong one', () => {
    expect(save(ferry, { Birthday: '1972-02-29' })).toEqual({
      Birthday: { date: '19720229T00:00:00' },
    })
    expect(() => save(ferry, { Birthday: '1972-02-30' })).toThrow('fault 12')
    expect(() => save(ferry, { OwnerID: 'me' })).toThrow('fault 12')
  })

  it('clear dates only with "0", and text with nothing', () => {
    const id = Number(ferry.call('ContactService.add', { Birthday: '1972-02-29', City: 'Ulm' }))
    ferry.call('ContactService.update', id, { Birthday: '', City: '' })
    const load = () => ferry.call('ContactService.load', id, ['Birthday', 'City'])
    expect(load()).toEqual({ Birthday: { date: '19720229T00:00:00' }, City: '' })
    ferry.call('ContactService.update', id, { Birthday: '0' })
    expect(load()).toEqual({ City: '' })
  })

  it('link lead sources by name', () => {
    expect(save(ferry, { Leadsource: 'Radio' })).toEqual({ Leadsource: 'Radio' })
    expect(
      ferry.rows('DataService.query', 'LeadSource', 9, 0, { Name: 'Radio' }, ['Id']),
    ).toHaveLength(1)
  })
})

describe('consent', () => {
  const status = (email: string) => ferry.call('APIEmailService.getOptStatus', email)
  const type = (email: string) =>
    ferry.rows('DataService.query', 'EmailAddStatus', 1, 0, { Email: email }, ['Type'])[0]?.['Type']

  it('does not come with a new contact, comes once by optIn, and goes for good by optOut', () => {
    ferry.call('ContactService.add', { Email: 'new@c.example' })
    expect(status('new@c.example')).toBe(0)
    expect(type('new@c.example')).toBe('NonMarketable')
    expect(ferry.call('APIEmailService.optIn', 'new@c.example', '')).toBe(true)
    expect(status('new@c.example')).toBe(1)
    expect(ferry.call('APIEmailService.optIn', 'new@c.example', '')).toBe(false)
    expect(ferry.call('APIEmailService.optOut', 'NEW@c.example', 'asked')).toBe(true)
    expect(ferry.call('APIEmailService.optOut', 'new@c.example', 'asked')).toBe(false)
    expect(ferry.call('APIEmailService.optIn', 'new@c.example', 'please')).toBe(false)
    expect(status('new@c.example')).toBe(0)
    // Making the contact anew does not reset its address.
    ferry.call('ContactService.add', { Email: 'new@c.example' })
    expect(type('new@c.example')).toBe('Manual')
  })

  it('has one row per address, with every kind of state in a large account', () => {
    const large = account(3000)
    const rows = [0, 1, 2, 3].flatMap((page) =>
      large.rows(
        'DataService.query',
        'EmailAddStatus',
        1000,
        page,
        {},
        ['Id', 'Email', 'Type'],
        'Id',
        true,
      ),
    )
    const addresses = rows.map((row) => String(row['Email']).toLowerCase())
    expect(new Set(addresses).size).toBe(addresses.length)
    expect(new Set(rows.map((row) => row['Type'])).size).toBeGreaterThan(12)
    const double = rows.find((row) => row['Type'] === 'DoubleOptin')
    expect(large.call('APIEmailService.getOptStatus', String(double?.['Email']))).toBe(2)
    const bounced = String(rows.find((row) => row['Type'] === 'HardBounce')?.['Email'])
    expect(large.call('APIEmailService.optIn', bounced, '')).toBe(false)
  })

  it('is breached by a tag before the opt-out of a contact made here, not after it', () => {
    const tag = idOf(ferry.rows('DataService.query', 'ContactGroup', 1, 0, {}, ['Id'])[0])
    const good = Number(ferry.call('ContactService.add', { Email: 'good@c.example' }))
    ferry.call('APIEmailService.optOut', 'good@c.example', 'x')
    ferry.call('ContactService.addToGroup', good, tag)
    expect(ferry.simulator.consentBreaches).toEqual([])
    const bad = Number(ferry.call('ContactService.add', { Email: 'bad@c.example' }))
    ferry.call('ContactService.addToGroup', bad, tag)
    ferry.call('APIEmailService.optOut', 'bad@c.example', 'x')
    expect(ferry.simulator.consentBreaches).toHaveLength(1)
    expect(ferry.simulator.consentBreaches[0]).toContain(
      `contact ${bad}: ContactService.addToGroup`,
    )
    ferry.call('ContactService.add', { Email: 'in@c.example' })
    ferry.call('APIEmailService.optIn', 'in@c.example', '')
    ferry.call('APIEmailService.optOut', 'in@c.example', '')
    expect(ferry.simulator.consentBreaches).toHaveLength(2)
  })

  it('is not breached by an opt-out that a later run brings', () => {
    const tag = idOf(ferry.rows('DataService.query', 'ContactGroup', 1, 0, {}, ['Id'])[0])
    const id = Number(ferry.call('ContactService.add', { Email: 'later@c.example' }))
    ferry.call('ContactService.addToGroup', id, tag)
    ferry.rows('DataService.query', 'Contact', 1000, 0, {}, ['Id'])
    ferry.call('APIEmailService.optOut', 'later@c.example', 'x')
    expect(ferry.simulator.consentBreaches).toEqual([])
  })
})

describe('settings and users', () => {
  it('answer the cheap probes', () => {
    expect(ferry.call('DataService.getAppSetting', 'Application', 'enabled')).toBe('yes')
    expect(ferry.call('DataService.getAppSetting', 'No', 'such')).toBe('')
    const info = decode(ferry.send(request('DataService.getUserInfo')).body) as Struct
    expect(info['appAlias']).toBe('ferry123')
    expect(decode(ferry.send(request('DataService.echo', 'hello')).body)).toBe('hello')
  })

  it('authenticate users by the hash of their password', () => {
    const login = (name: string, password: string) =>
      ferry.call('DataService.authenticateUser', name, md5(password))
    expect(login('owner@ferry.example', userPassword)).toBe(1)
    expect(() => login('owner@ferry.example', 'wrong')).toThrow('fault 13 [FailedLoginAttempt]')
    expect(() => login('former@ferry.example', userPassword)).toThrow(
      'fault 15 [FailedLoginAttemptPasswordExpired]',
    )
  })
})

describe('the simulator', () => {
  it('tells mutations by the name of the method, and counts', () => {
    const isMutation = (method: string, verb = 'POST') =>
      ferry.simulator.isMutation({
        method: verb,
        url: ferry.simulator.basePath,
        headers: {},
        body: request(method),
      })
    for (const name of [
      'DataService.query',
      'ContactService.load',
      'APIEmailService.getOptStatus',
      'DataService.echo',
      'DataService.authenticateUser',
    ]) {
      expect(isMutation(name), name).toBe(false)
    }
    for (const name of [
      'ContactService.add',
      'APIEmailService.optOut',
      'DataService.delete',
      'Unknown.thing',
    ]) {
      expect(isMutation(name), name).toBe(true)
    }
    expect(isMutation('ContactService.add', 'GET')).toBe(false)
    ferry.call('DataService.count', 'Contact', {})
    ferry.call('ContactService.add', {})
    expect(ferry.simulator.counts).toEqual({
      read: 1,
      write: 1,
      byOperation: { 'DataService.count': 1, 'ContactService.add': 1 },
    })
  })

  it('shows the truth to oracles', () => {
    ferry.call('ContactService.add', { Email: 's@c.example', FirstName: 'S' })
    const truth = ferry.simulator.snapshot()
    expect(truth).toHaveLength(contactIds(ferry).length)
    expect(truth.at(-1)).toMatchObject({
      fields: { Email: 's@c.example', FirstName: 'S' },
      tags: [],
      groups: [],
      emails: ['s@c.example'],
      optedOut: ['s@c.example'],
    })
    expect(truth.some((contact) => contact.tags.length > 0)).toBe(true)
    expect(
      truth.some((contact) => contact.emails.length > 0 && contact.optedOut.length === 0),
    ).toBe(true)
  })

  it('is the same account for the same seed', () => {
    expect(account(80).simulator.snapshot()).toEqual(account(80).simulator.snapshot())
  })

  it('answers foreign paths and verbs without XML', () => {
    expect(ferry.send('', {}, '/nowhere').status).toBe(404)
    const get = ferry.simulator.handle({ method: 'GET', url: '/crm/xmlrpc', headers: {}, body: '' })
    expect(get.status).toBe(405)
  })

  it('knows its quirks by name', () => {
    expect(() => parseQuirks({ nonsense: 1 })).toThrow(/nonsense/)
    expect(() => account(1, { keyset: 'maybe' })).toThrow(/keyset/)
    expect(noon).toBe(ferry.clock.now)
  })
})

function stamp(row: Struct): string {
  return (row['LastUpdated'] as { readonly date: string }).date
}
