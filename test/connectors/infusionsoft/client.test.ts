import { describe, expect, it } from 'vitest'
import { openClient } from '../../../connectors/infusionsoft/client.ts'
import { infusionsoft } from '../../../connectors/infusionsoft/connector.ts'
import {
  Fault,
  faultFailure,
  isMissingField,
  statusFailure,
} from '../../../connectors/infusionsoft/faults.ts'
import { loginOf } from '../../../connectors/infusionsoft/login.ts'
import { OPERATIONS } from '../../../connectors/infusionsoft/operations.ts'
import { decodeCall } from '../../../connectors/infusionsoft/reply.ts'
import { ConnectorError } from '../../../src/connector/error.ts'
import { answeringHttp, bench, NEVER } from './bench.ts'

const KEY = 'KeapAK-very-secret'

function answer(inner: string): string {
  return `<?xml version="1.0"?><methodResponse><params><param>${inner}</param></params></methodResponse>`
}
function fault(code: number, text: string): string {
  return `<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>${code}</i4></value></member><member><name>faultString</name><value>${text}</value></member></struct></value></fault></methodResponse>`
}

/** A client that is given these answers, one after the other, the last for ever. */
function scripted(
  answers: readonly ({ readonly status?: number; readonly body: string } | string)[],
) {
  const base = bench({ contacts: 1 })
  const sent: string[] = []
  const slowed: number[] = []
  const http = answeringHttp((body) => {
    const next = answers[Math.min(sent.length, answers.length - 1)] ?? ''
    sent.push(body)
    return typeof next === 'string' ? { body: next } : next
  })
  const kit = {
    ...base.kit,
    http: {
      channel: (options: Parameters<typeof http.channel>[0]) => ({
        ...http.channel(options),
        slowDown: async (ms: number) => {
          slowed.push(ms)
        },
      }),
    },
  }
  const settings = { ...base.settings, auth: { serviceKey: KEY } }
  const client = openClient({
    settings,
    kit,
    login: loginOf(settings, kit),
    mayWrite: true,
    rate: { requestsPerSecond: 1, burst: 1, concurrency: 1 },
  })
  return { client, sent, slowed, run: base.run, http }
}

const READ = { module: 'Application', setting: 'enabled' }

async function errorOf(work: Promise<unknown>): Promise<ConnectorError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ConnectorError) return error
    throw error
  }
  throw new Error('no error')
}

describe('a failing answer', () => {
  it.each([
    [fault(2, '[InvalidKey]Invalid Key'), 'login'],
    [fault(2, 'Invalid Access Token'), 'login'],
    [{ status: 401, body: '{"fault":{"faultstring":"Invalid Access Token"}}' }, 'login'],
    ['<html>Developer Inactive</html>', 'login'],
    [{ status: 403, body: 'Forbidden' }, 'permission'],
    [fault(14, '[NoAccess]'), 'permission'],
    [fault(500, 'IP access not allowed'), 'permission'],
    [
      {
        status: 429,
        body: '{"code":"429","message":"Quota Exceeded","status":"Request Throttled"}',
      },
      'throttled',
    ],
    ['{"code":"429","message":"Quota Exceeded","status":"Request Throttled"}', 'throttled'],
    [
      fault(
        500,
        'Server encountered exception: com.infusionsoft.throttle.ThrottlingException: Maximum number of threads throttled',
      ),
      'throttled',
    ],
    [fault(500, 'Server encountered exception: java.lang.NullPointerException'), 'unknown'],
    [{ status: 502, body: '<html>Bad gateway</html>' }, 'unknown'],
    [fault(1, '[InvalidConfig]'), 'unknown'],
    [fault(3, '[UnexpectedError]'), 'unknown'],
    [fault(6, '[LoadingError]'), 'unknown'],
    [fault(-1, 'transport'), 'unknown'],
    [fault(4, '[DatabaseError]too long'), 'invalid'],
    [fault(12, '[InvalidParameter]'), 'invalid'],
    [fault(11, '[NoFields]'), 'invalid'],
    [fault(13, '[FailedLoginAttempt]'), 'invalid'],
    [fault(0, 'Failed to parse XML-RPC request: Premature end of file.'), 'invalid'],
    [fault(-32602, 'bad'), 'invalid'],
    [fault(5, '[RecordNotFound]'), 'gone'],
    [fault(7, '[NoTableAccess]Template'), 'unsupported'],
    [fault(8, '[NoFieldAccess]'), 'unsupported'],
    [fault(9, '[NoTableFound]'), 'unsupported'],
    [fault(10, '[NoFieldFound]Contact._X'), 'unsupported'],
    [fault(0, 'No method matching arguments: java.lang.String'), 'unsupported'],
    [fault(0, 'No such handler: FooService'), 'unsupported'],
    [fault(-32601, 'nope'), 'unsupported'],
    ['', 'protocol'],
    [answer('<value>x').slice(0, 70), 'protocol'],
    ['<html><body>Scheduled maintenance</body></html>', 'protocol'],
    ['{"hello":1}', 'protocol'],
    ['PHP Fatal error', 'protocol'],
    [{ status: 404, body: 'Not Found' }, 'protocol'],
    [{ status: 302, body: '' }, 'protocol'],
    [answer('<value><array><data/></array></value>'), 'protocol'],
  ])('%j is %s', async (body, kind) => {
    const { client, run } = scripted([body])
    const error = await errorOf(
      run(client.call('DataService.getAppSetting', READ, { signal: NEVER })),
    )
    expect(error.kind).toBe(kind)
    expect(error.message).toContain('DataService.getAppSetting')
  })

  it('is judged by its name first and its number second', () => {
    const kind = (code: number, text: string) => faultFailure('x', new Fault(code, text)).error.kind
    expect(kind(3, '[RecordNotFound]No such thing')).toBe('gone')
    expect(kind(9, '[InvalidKey]')).toBe('login')
    expect(kind(5, 'nothing in brackets')).toBe('gone')
    expect(kind(77, '[Brandnew]')).toBe('unknown')
  })

  it('tells a missing field, in either of the two words for it', () => {
    const error = (code: number, text: string) => faultFailure('x', new Fault(code, text)).error
    expect(isMissingField(error(10, '[NoFieldFound]Contact._X'))).toBe(true)
    expect(isMissingField(error(0, "Unknown column 'AccountId' in 'field list'"))).toBe(true)
    expect(isMissingField(error(9, '[NoTableFound]X'))).toBe(false)
  })

  it('never tells a secret', async () => {
    const { client, run } = scripted([fault(2, `[InvalidKey]Invalid Key: ${KEY}`)])
    const error = await errorOf(
      run(client.call('DataService.getAppSetting', READ, { signal: NEVER })),
    )
    expect(error.message + String(error.cause) + (error.stack ?? '')).not.toContain(KEY)
  })

  it('is no failure because a contact writes of quotas or of inactive developers', () => {
    const body = answer('<value>Developer Inactive: quota exceeded</value>')
    expect(statusFailure('x', 200, body)).toBeNull()
    expect(statusFailure('x', 500, fault(3, '[UnexpectedError]'))).toBeNull()
  })
})

describe('sending again', () => {
  it.each([
    '',
    '<html>x</html>',
    answer('<value>x').slice(0, 70),
    fault(1, '[InvalidConfig]'),
    fault(3, ''),
    fault(6, ''),
  ])('a read is tried again after %j', async (bad) => {
    const { client, run, sent } = scripted([bad, bad, answer('<value>yes</value>')])
    expect(await run(client.call('DataService.getAppSetting', READ, { signal: NEVER }))).toBe('yes')
    expect(sent).toHaveLength(3)
  })

  it('a write that may be repeated is, one that may not is not', async () => {
    const tagged = scripted(['', answer('<value><boolean>1</boolean></value>')])
    const about = { signal: NEVER }
    const give = tagged.client.call(
      'ContactService.addToGroup',
      { contactId: 1, groupId: 2 },
      about,
    )
    expect(await tagged.run(give)).toBe(true)
    const made = scripted(['', answer('<value><i4>7</i4></value>')])
    const add = made.client.call('ContactService.add', { data: {} }, about)
    expect((await errorOf(made.run(add))).kind).toBe('protocol')
    expect(made.sent).toHaveLength(1)
  })

  it('anything is tried again once it was throttled, and the channel is told', async () => {
    const busy = fault(500, 'ThrottlingException: Maximum number of threads throttled')
    const { client, run, sent, slowed } = scripted([
      busy,
      busy,
      answer('<value><i4>7</i4></value>'),
    ])
    expect(await run(client.call('ContactService.add', { data: {} }, { signal: NEVER }))).toBe(7)
    expect(sent).toHaveLength(3)
    expect(slowed).toEqual([2000, 2000])
  })

  it('stops after a while', async () => {
    const { client, run, sent } = scripted([''])
    await errorOf(run(client.call('DataService.getAppSetting', READ, { signal: NEVER })))
    expect(sent).toHaveLength(4)
  })
})

describe('typed operations by name', () => {
  /** One call of each operation that the simulated account answers. */
  const CALLS: Readonly<Record<string, unknown>> = {
    'ContactService.add': { data: { FirstName: 'A', Birthday: '1990-01-02', OwnerID: 1 } },
    'ContactService.addWithDupCheck': { data: { Email: 'dup@x.example' }, dupCheckType: 'Email' },
    'ContactService.update': { contactId: 5, data: { City: 'Ulm' } },
    'ContactService.load': { contactId: 5, selectedFields: ['Id', 'City'] },
    'ContactService.findByEmail': { email: 'a@b.example', selectedFields: ['Id'] },
    'ContactService.merge': { contactId: 5, duplicateContactId: 6 },
    'ContactService.addToGroup': { contactId: 5, groupId: 91 },
    'ContactService.removeFromGroup': { contactId: 5, tagId: 91 },
    'ContactService.addToCampaign': { contactId: 5, followUpSequenceId: 1 },
    'ContactService.getNextCampaignStep': { contactId: 5, followUpSequenceId: 1 },
    'ContactService.pauseCampaign': { contactId: 5, sequenceId: 1 },
    'ContactService.resumeCampaignForContact': { contactId: 5, seqId: 1 },
    'ContactService.rescheduleCampaignStep': { contactIds: [5], sequenceStepId: 1 },
    'ContactService.removeFromCampaign': { contactId: 5, followUpSequenceId: 1 },
    'ContactService.runActionSequence': { contactId: 5, actionSetId: 1 },
    'ContactService.linkContacts': { contactId1: 5, contactId2: 7, linkTypeId: 1 },
    'ContactService.listLinkedContacts': { contactId: 5 },
    'ContactService.unlinkContacts': { contactId1: 5, contactId2: 7, linkTypeId: 1 },
    'ContactService.echo': { text: 'hello' },
    'DataService.query': {
      table: 'Contact',
      limit: 2,
      page: 0,
      queryData: { Id: [5, 7], LastName: '%' },
      selectedFields: ['Id'],
      orderBy: 'Id',
      ascending: true,
    },
    'DataService.findByField': {
      table: 'Contact',
      limit: 1,
      page: 0,
      fieldName: 'City',
      fieldValue: 'Ulm',
      returnFields: ['Id'],
    },
    'DataService.count': { table: 'Contact', queryData: {} },
    'DataService.load': { table: 'Contact', recordId: 5, wantedFields: ['Id'] },
    'DataService.add': { table: 'ContactGroup', values: { GroupName: 'made by hand' } },
    'DataService.update': { table: 'Contact', id: 5, values: { OwnerID: 0 } },
    'DataService.delete': { table: 'Contact', id: 7 },
    'DataService.getAppSetting': READ,
    'DataService.getUserInfo': {},
    'DataService.echo': { text: 'hello' },
    'APIEmailService.optIn': { email: 'q@x.example', optInReason: 'asked' },
    'APIEmailService.optOut': { email: 'q@x.example', optOutReason: 'asked' },
    'APIEmailService.getOptStatus': { email: 'q@x.example' },
  }

  it('answer what their result says', async () => {
    const on = bench({ contacts: 20 })
    for (const [name, input] of Object.entries(CALLS)) {
      const call = () => on.run(on.writer.call(name, input, NEVER))
      await expect(call(), name).resolves.toBeDefined()
    }
    expect(Object.keys(OPERATIONS).filter((name) => CALLS[name] === undefined)).toEqual([
      'DataService.addCustomField',
      'DataService.updateCustomField',
      'DataService.authenticateUser',
      'DataService.getAppointmentICal',
    ])
  })

  it('say whether they write, as the simulated account sees it', async () => {
    const on = bench({ contacts: 20 })
    for (const [name, input] of Object.entries(CALLS)) {
      on.sent.length = 0
      await on.run(on.writer.call(name, input, NEVER))
      const [request] = on.sent
      if (request === undefined) throw new Error(`${name} sent nothing`)
      const effect = on.simulator.isMutation(request) ? 'write' : 'read'
      expect({ name, effect }).toEqual({
        name,
        effect: OPERATIONS[name as keyof typeof OPERATIONS].effect,
      })
    }
  })

  it('type custom fields by what the account says they are', async () => {
    const on = bench({ contacts: 20 })
    const { fields } = await on.run(on.reader.catalog(NEVER))
    const native = (type: string) =>
      fields.find((field) => field.path.startsWith('custom._') && field.type === type)?.native ?? ''
    const data = {
      [native('date')]: '2020-01-02',
      [native('boolean')]: true,
      [native('number')]: 12,
    }
    on.sent.length = 0
    await on.run(on.writer.call('ContactService.update', { contactId: 5, data }, NEVER))
    const update =
      on.sent.map(({ body }) => body).find((body) => body.includes('ContactService.update')) ?? ''
    expect(update).toContain('<dateTime.iso8601>20200102T00:00:00</dateTime.iso8601>')
    expect(decodeCall(update).parameters[2]).toMatchObject({ [native('boolean')]: 1 })
  })

  it.each([
    ['ContactService.nope', {}, /not an operation/],
    ['constructor', {}, /not an operation/],
    [
      'ContactService.addToGroup',
      { contactId: '5', groupId: 0 },
      /contactId must be an integer.*groupId must be an integer/,
    ],
    [
      'ContactService.addToGroup',
      { contactId: 5, groupId: 1, tag: 2 },
      /tag is not a parameter; the parameters are contactId, groupId/,
    ],
    ['ContactService.load', { contactId: 5, selectedFields: [] }, /at least one column/],
    [
      'ContactService.addWithDupCheck',
      { data: {}, dupCheckType: 'Phone' },
      /one of Email, EmailAndName/,
    ],
    ['ContactService.add', { data: { Id: 5 } }, /Id cannot be written/],
    ['ContactService.add', { data: { FirstName: 5 } }, /must be a text \(put it in quotes\)/],
    ['ContactService.add', { data: { Birthday: 'soon' } }, /must be a date/],
    ['ContactService.add', { data: { OwnerID: 'me' } }, /must be an integer/],
    ['ContactService.add', { data: { X: [] } }, /X must be a text, a number or a boolean/],
    [
      'ContactService.rescheduleCampaignStep',
      { contactIds: 5, sequenceStepId: 1 },
      /must be a list of ids/,
    ],
    [
      'DataService.query',
      { table: 'Contact', limit: 1001, page: -1, queryData: [], selectedFields: ['Id'] },
      /limit must be.*1000.*page must be.*conditions/,
    ],
    [
      'DataService.query',
      { table: 'Contact', limit: 1, page: 0, queryData: {}, selectedFields: ['Id'], orderBy: 'Id' },
      /belong together/,
    ],
    [
      'DataService.query',
      { table: 'Contact', limit: 1, page: 0, queryData: { Id: { a: 1 } }, selectedFields: ['Id'] },
      /condition on Id/,
    ],
    ['DataService.count', 7, /must be an object/],
  ])('refuse %s with %j before anything is sent', async (name, input, message) => {
    const on = bench({ contacts: 3 })
    const error = await errorOf(on.writer.call(name, input, NEVER))
    expect(error.kind).toBe('invalid')
    expect(error.message).toMatch(message)
    expect(on.sent).toEqual([])
  })

  it('cannot write on a connection for reading', async () => {
    const on = bench({ contacts: 3 })
    const settings = on.settings
    const login = loginOf(settings, on.kit)
    const rate = { requestsPerSecond: 1, burst: 1, concurrency: 1 }
    const client = openClient({ settings, kit: on.kit, login, mayWrite: false, rate })
    const error = await errorOf(
      on.run(client.call('ContactService.add', { data: {} }, { signal: NEVER })),
    )
    expect(error.kind).toBe('permission')
    expect(on.sent).toEqual([])
  })
})

describe('the connection', () => {
  it('tells the channel its secrets and its pace, and the configuration overrides the pace', () => {
    const base = bench()
    const opened = (auth: Record<string, string>, limits = {}) => {
      const http = answeringHttp(() => ({ body: '' }))
      infusionsoft.open({ ...base.settings, auth, limits }, { ...base.kit, http })
      return http.opened[0]
    }
    expect(opened({ serviceKey: KEY })).toMatchObject({
      secrets: [KEY],
      requestsPerSecond: 4,
      mayWrite: false,
      timeoutMs: 60_000,
    })
    expect(opened({ apiKey: KEY })).toMatchObject({ requestsPerSecond: 2, concurrency: 2 })
    expect(
      opened({ accessToken: KEY }, { requestsPerSecond: 9, concurrency: 3, timeoutMs: 5 }),
    ).toMatchObject({ requestsPerSecond: 9, concurrency: 3, timeoutMs: 5 })
  })
})
