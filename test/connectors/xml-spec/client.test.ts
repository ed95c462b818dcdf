/** Logging in, being refused, and talking to a server that has a bad day. */
import { describe, expect, test } from 'vitest'
import { GROUPS } from '../../../connectors/people.ts'
import { OPERATIONS } from '../../../connectors/xml-spec/operations.ts'
import { classOf, existingId } from '../../../connectors/xml-spec/refusal.ts'
import { xmlSpec } from '../../../connectors/xml-spec/connector.ts'
import { ConnectorError } from '../../../src/connector/error.ts'
import { scripted, settingsFor, SIGNAL, world } from './connection.ts'

const HOUR_MS = 3_600_000

describe('login', () => {
  test('a token is asked for once, however many ask at the same time', async () => {
    const { run, reads } = world()
    await run((writer) => Promise.all([1, 2, 3, 4].map(() => writer.call('GetGroups', {}, SIGNAL))))
    expect(reads('GetAuthToken')).toBe(1)
    expect(reads('GetGroups')).toBe(4)
  })

  test('a token is renewed before it ages', async () => {
    const { run, reads, clock } = world({ tokenMinutes: 120 })
    await run((writer) => writer.call('GetGroups', {}, SIGNAL))
    await clock.advance(1.7 * HOUR_MS)
    await run((writer) => writer.call('GetGroups', {}, SIGNAL))
    expect(reads('GetAuthToken')).toBe(2)
    expect(reads('GetGroups')).toBe(2)
  })

  test('a token that the server has forgotten is renewed once, also for a write', async () => {
    const { run, reads, clock } = world({ tokenMinutes: 10 })
    await run((writer) => writer.call('GetGroups', {}, SIGNAL))
    await clock.advance(HOUR_MS / 2)
    await run((writer) => writer.call('CreateGroup', { Name: 'New' }, SIGNAL))
    expect(reads('GetAuthToken')).toBe(2)
    expect(reads('CreateGroup')).toBe(2)
  })

  test('the next connection uses the token of the one before', async () => {
    const { run, reads, open, clock } = world()
    await run((writer) => writer.call('GetGroups', {}, SIGNAL))
    await clock.drive(open().call('GetGroups', {}, SIGNAL))
    expect(reads('GetAuthToken')).toBe(1)
  })

  test('two connections live with a server that knows one token at a time', async () => {
    const { run, open, clock } = world({ singleToken: true })
    const other = open({ name: 'other' })
    for (let turn = 0; turn < 3; turn += 1) {
      await run((writer) => writer.call('GetGroups', {}, SIGNAL))
      await clock.drive(other.call('GetGroups', {}, SIGNAL))
    }
  })

  test('a given token serves without a password', async () => {
    const { simulator, open, clock, reads } = world({ fixedToken: 'long-lived' })
    const email = simulator.auth['email'] ?? ''
    const writer = open({ auth: { email, token: 'long-lived' } })
    await clock.drive(writer.call('GetGroups', {}, SIGNAL))
    expect(reads('GetAuthToken')).toBe(0)
  })

  test('a given token that is spent gives way to the password, if there is one', async () => {
    const { simulator, open, clock } = world()
    const both = open({ auth: { ...simulator.auth, token: 'spent' } })
    await clock.drive(both.call('GetGroups', {}, SIGNAL))
    const email = simulator.auth['email'] ?? ''
    const alone = open({ auth: { email, token: 'spent' } })
    await expect(clock.drive(alone.call('GetGroups', {}, SIGNAL))).rejects.toMatchObject({
      kind: 'login',
    })
  })

  test('a wrong password says so, and neither it nor a token is told', async () => {
    const { simulator, open, clock, logged } = world()
    const writer = open({ auth: { ...simulator.auth, password: 'wrong horse' } })
    const error = await clock.drive(writer.check(SIGNAL)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConnectorError)
    expect(error).toMatchObject({ kind: 'login', hint: expect.stringContaining('password') })
    expect(`${String(error)} ${logged.join()}`).not.toContain('wrong horse')
  })

  test.each([[{}], [{ email: 'a@b.example' }], [{ email: ' ', password: 'x' }]])(
    'without a whole login nothing opens: %j',
    (auth) => {
      const { simulator, kit } = world()
      const settings = settingsFor(simulator, { auth: auth as Record<string, string> })
      expect(() => xmlSpec.open(settings, kit)).toThrow('no complete login')
    },
  )
})

describe('settings', () => {
  test.each([
    [{ timeZone: 'Mars/Olympus' }, 'is not a time zone'],
    [{ account: 'Acme' }, 'is not a number'],
    [{ options: { leadScore: true } }, 'there is no option leadScore'],
  ])('%j is refused with a reason', (more, message) => {
    const { open } = world()
    expect(() => open(more)).toThrow(message)
  })
})

describe('a bad day', () => {
  test.each([
    ['htmlEvery', 3],
    ['failEvery', 3],
    ['throttleEvery', 3],
    ['cutEvery', 3],
  ])('reads come through %s', async (knob, every) => {
    const { run } = world({ [knob]: every })
    for (let turn = 0; turn < 6; turn += 1) {
      const groups = await run((writer) => writer.call('GetGroups', {}, SIGNAL))
      expect(groups).toHaveLength(GROUP_COUNT)
    }
  })

  test('a write whose answer was cut is not sent again', async () => {
    const { run, reads } = world({ cutEvery: 2, fixedToken: 't' }, { settings: GIVEN })
    await run((writer) => writer.call('GetGroups', {}, SIGNAL))
    await expect(
      run((writer) => writer.call('CreateGroup', { Name: 'X' }, SIGNAL)),
    ).rejects.toMatchObject({ kind: 'unknown' })
    expect(reads('CreateGroup')).toBe(1)
  })

  test('a page for people, the answer of another operation and JSON of another shape are errors with a hint', async () => {
    for (const [body, kind] of [
      ['<html><body>Maintenance</body></html>', 'protocol'],
      ['<GetGroupsResponse><Result>Success</Result></GetGroupsResponse>', 'protocol'],
      ['{"error":{"code":1}}', 'protocol'],
    ] as const) {
      const { writer } = scripted(() => body)
      const error = await writer.call('GetCompanies', {}, SIGNAL).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ kind })
    }
  })

  test('JSON is read where it comes', async () => {
    const { run } = world()
    const list = (await run((writer) =>
      writer.call('GetContacts', { response: 'json', start_chunk_size: 3 }, SIGNAL),
    )) as { contacts: unknown[]; total: number }
    expect(list.contacts).toHaveLength(3)
    expect(list.total).toBe(40)
  })
})

describe('failures of the whole request', () => {
  const answers = {
    elements:
      '<GetContactsResponse><Result>Error</Result><ErrorCode>3</ErrorCode><ErrorText>Access denied</ErrorText></GetContactsResponse>',
    attributes:
      '<GetContactsResponse Result="Failure" Message="Access denied"></GetContactsResponse>',
    'another root':
      '<Response><Result>Failure</Result><ErrorText>Access denied</ErrorText></Response>',
    'another case':
      '<GetContactsResponse><result>ERROR</result><ErrorText>Access denied</ErrorText></GetContactsResponse>',
    json: '{"getcontactsresponse":{"result":"Error","errorcode":"3","errortext":"Access denied"}}',
  }
  test.each(Object.entries(answers))('as %s', async (_form, body) => {
    const { writer } = scripted(() => body)
    await expect(writer.call('GetContacts', {}, SIGNAL)).rejects.toMatchObject({
      kind: 'permission',
      message: expect.stringContaining('Access denied'),
    })
  })

  test.each([
    ['Invalid auth token', '', 'login'],
    ['Your token has expired', '', 'login'],
    ['Login failed', '', 'login'],
    ['No access to account 7', '', 'permission'],
    ['Account 7 not found', '', 'permission'],
    ['No contacts found', '', 'nothing'],
    ['Contact not found', '', 'nothing'],
    ['Could not find any records', '', 'nothing'],
    ['whatever', '5001', 'nothing'],
    ['This contact already exists with ID 77', '', 'exists'],
    ['whatever', '1002', 'exists'],
    ['Search criteria match more than one contact', '', 'ambiguous'],
    ['Too many requests', '', 'throttled'],
    ['Contact was updated later on the server', '1099', 'other'],
    ['', '', 'other'],
  ])('%j with code %j is of class %s', (text, code, expected) => {
    expect(classOf({ text, code })).toBe(expected)
  })

  test('the id of who is there is found in the sentence', () => {
    expect(existingId('This contact already exists with ID 77')).toBe('77')
    expect(existingId('exists (ID: 8984).')).toBe('8984')
    expect(existingId('This contact already exists')).toBeNull()
  })
})

describe('operations by name', () => {
  test('every operation can be called, and a wrong name lists them', async () => {
    const { run } = world()
    for (const name of Object.keys(OPERATIONS)) {
      const error = await run((writer) => writer.call(name, 5, SIGNAL)).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ kind: 'invalid', message: expect.stringContaining(name) })
    }
    await expect(run((writer) => writer.call('GetTags', {}, SIGNAL))).rejects.toMatchObject({
      kind: 'unsupported',
      hint: expect.stringContaining('GetContacts'),
    })
  })

  test.each([
    ['GetContacts', { search: 'x', get_all: true }],
    ['GetContacts', { Unsubscribed_startdate: '20180101' }],
    ['GetContacts', { updated_timestamp: 'yesterday' }],
    ['GetContacts', { contactid: 5 }],
    ['DeleteContacts', { contacts: [{}] }],
    ['AddContacts', { contacts: [] }],
    ['AddUserDefinedField', { group_id: 0, FieldName: 'x', PossibleValues: ['a,b'] }],
  ])('%s %j is refused before anything is sent', async (name, input) => {
    const { run, simulator } = world()
    await expect(run((writer) => writer.call(name, input, SIGNAL))).rejects.toMatchObject({
      kind: 'invalid',
    })
    expect(simulator.counts.read + simulator.counts.write).toBe(0)
  })

  test('an ended run sends nothing more', async () => {
    const { writer, simulator } = world()
    const ended = AbortSignal.abort(new Error('stop'))
    await expect(writer.call('GetGroups', {}, ended)).rejects.toThrow('stop')
    await expect(writer.write([], ended)).rejects.toThrow('stop')
    expect(simulator.counts.read).toBe(0)
  })
})

const GROUP_COUNT = GROUPS.length
const GIVEN = { auth: { email: 'api-user@acmewidgets.example', token: 't' } }
