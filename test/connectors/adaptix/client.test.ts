/** The client sends what the documents print, reads what they answer, and knows a refusal in every form. */
import { describe, expect, it } from 'vitest'
import { openClient } from '../../../connectors/adaptix/client.ts'
import { tokenUrl } from '../../../connectors/adaptix/login.ts'
import { OPERATIONS } from '../../../connectors/adaptix/operations.ts'
import { ConnectorError } from '../../../src/connector/error.ts'
import type { ConnectionSettings } from '../../../src/connector/connector.ts'
import type { Http, HttpRequest } from '../../../src/connector/kit.ts'
import { withText } from '../../../src/simulation/network.ts'
import {
  kitOf,
  quietLog,
  script,
  settingsOf,
  signal,
  stage,
  START_MS,
  steppingClock,
} from './account.ts'
import { ANSWERS, CONTACT, LIST, REQUESTS } from './fixtures.ts'

describe('documented requests', () => {
  it.each(REQUESTS)('$documented', async ({ operation, input, sent }) => {
    const { writer, sent: requests } = script(() => answerFor(operation))
    await writer.call(operation, input, signal)
    const [request] = requests
    const line = `${request?.method} ${request?.path}${request?.body ? ` ${request.body}` : ''}`
    expect(line).toBe(sent)
  })

  it('covers every path of the contacts page, and says of each whether it writes', () => {
    const names = new Set(REQUESTS.map((request) => request.operation))
    expect(names.size).toBe(REQUESTS.length - 1)
    for (const { operation, documented } of REQUESTS) {
      const entry = OPERATIONS[operation as keyof typeof OPERATIONS]
      expect(entry.effect).toBe(documented.startsWith('GET') ? 'read' : 'write')
      expect(entry.isIdempotent || entry.effect === 'write').toBe(true)
    }
  })
})

/** The documented answer of an operation. */
function answerFor(operation: string): unknown {
  const short = operation.split('.')[1] ?? ''
  if (operation === 'contacts.list' || operation === 'contacts.deleteBatch') return LIST
  if (operation.endsWith('Batch')) return ANSWERS['batchCreate']
  if (operation.endsWith('Points')) return ANSWERS['successAsDocumented']
  if (operation === 'activity.list' || short === 'activity' || short === 'events')
    return ANSWERS['activity']
  return ANSWERS[short] ?? CONTACT
}

describe('answers', () => {
  const call = (operation: string, answer: unknown) =>
    script(() => answer).writer.call(operation, { id: 1 }, signal) as Promise<
      Record<string, unknown>
    >

  it('reads segments under the documented key and under the one that is sent', async () => {
    for (const answer of [ANSWERS['segments'], ANSWERS['segmentsAsSent']]) {
      const list = await call('contacts.segments', answer)
      expect(list['rows']).toEqual([['3', expect.objectContaining({ alias: 'newcontacts' })]])
    }
  })

  it('takes the one key that is not the total for automations', async () => {
    const list = await call('contacts.automations', { total: 0, whatever: [] })
    expect(list).toEqual({ total: 0, rows: [] })
  })

  it('reads success as a number and as a boolean', async () => {
    for (const answer of [ANSWERS['success'], ANSWERS['successAsDocumented']]) {
      const input = { id: 1, points: 1 }
      const done = await script(() => answer).writer.call('contacts.addPoints', input, signal)
      expect(done).toMatchObject({ success: true })
    }
  })

  it('keeps every documented property of an activity, a company and a device', async () => {
    const activity = await call('contacts.activity', ANSWERS['activity'])
    expect(activity).toEqual(ANSWERS['activity'])
    const companies = await call('contacts.companies', ANSWERS['companies'])
    expect(companies['rows']).toEqual([
      [null, expect.objectContaining({ company_id: '420', is_primary: '0' })],
    ])
    const devices = await call('contacts.devices', ANSWERS['devices'])
    expect(devices['rows']).toEqual([[null, expect.objectContaining({ deviceOsPlatform: 'x64' })]])
  })
})

describe('refusals', () => {
  const failing = async (status: number, body: unknown, operation = 'contacts.get') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const { writer } = script(() => ({ status, body: text }))
    try {
      await writer.call(operation, { id: 1 }, signal)
    } catch (error) {
      if (error instanceof ConnectorError) return error
      throw error
    }
    throw new Error('it was not refused')
  }

  it.each([
    [401, ANSWERS['badToken'], 'login'],
    [401, { error: 'invalid_grant', error_description: 'expired' }, 'login'],
    [401, { error: { code: 401, message: 'API authorization denied.' } }, 'login'],
    [403, ANSWERS['apiDisabled'], 'permission'],
    [403, { errors: [{ code: 403, message: 'no', type: 'access_denied' }] }, 'permission'],
    [404, ANSWERS['notFound'], 'gone'],
    [404, { error: { code: 404, message: 'Item was not found.' } }, 'gone'],
    [
      404,
      { errors: [{ code: 404, message: 'Requested URL not found: /api/contacts/1', type: null }] },
      'unsupported',
    ],
    [404, '<html>not here</html>', 'unsupported'],
    [409, { errors: [{ code: 409, message: 'locked', details: [] }] }, 'stale'],
    [422, ANSWERS['notUnique'], 'invalid'],
    [500, { errors: [{ code: 500, message: 'error #500' }] }, 'unknown'],
    [302, '', 'protocol'],
    [200, '<!doctype html><title>Login</title>', 'protocol'],
    [200, '{"contact":{"id":1,"fie', 'protocol'],
    [200, { contact: null }, 'protocol'],
    [200, { error: { code: 403, message: 'forbidden' } }, 'permission'],
    [200, { errors: [{ code: 401, message: 'denied' }] }, 'login'],
  ])('%i %j is %s', async (status, body, kind) => {
    const error = await failing(status, body)
    expect(error.kind).toBe(kind)
  })

  it('tells how to switch the API or basic authentication on', async () => {
    expect((await failing(403, ANSWERS['apiDisabled'])).hint).toContain('Switch the API on')
    const off = { errors: [{ code: 403, message: 'no', type: 'access_denied' }] }
    expect((await failing(403, off)).hint).toContain('basic authentication')
  })

  it('names the operations when one is unknown, and the fault when an input is wrong', async () => {
    const { writer, sent } = script(() => CONTACT)
    await expect(writer.call('contacts.explode', {}, signal)).rejects.toMatchObject({
      kind: 'unsupported',
      hint: expect.stringContaining('contacts.get'),
    })
    await expect(writer.call('contacts.get', { id: 'x' }, signal)).rejects.toMatchObject({
      kind: 'invalid',
    })
    await expect(
      writer.call('contacts.editBatch', { contacts: [{ id: 1 }, { city: 'Oslo' }] }, signal),
    ).rejects.toMatchObject({ kind: 'invalid' })
    expect(sent).toEqual([])
  })
})

describe('the word for automations', () => {
  it('is tried in the other form where the first is unknown, and remembered', async () => {
    const unknown = (path: string) => ({
      status: 404,
      body: JSON.stringify({
        errors: [{ code: 404, message: `Requested URL not found: /api${path}`, type: null }],
      }),
    })
    const { writer, sent } = script(({ path }) =>
      path.startsWith('/campaigns') ? { total: 4, campaigns: {} } : unknown(path),
    )
    for (let times = 0; times < 2; times++) {
      const list = await writer.call('automations.list', { limit: 1 }, signal)
      expect(list).toEqual({ total: 4, rows: [] })
    }
    expect(sent.map(({ path }) => path.split('?')[0])).toEqual([
      '/automations',
      '/campaigns',
      '/campaigns',
    ])
  })
})

describe('logins', () => {
  const opened = (auth: Record<string, string>, more: Partial<ConnectionSettings> = {}) => {
    const sent: HttpRequest[] = []
    const clock = steppingClock(START_MS)
    let issued = 0
    const http = {
      channel: () => ({
        send: (request: HttpRequest) => {
          sent.push(request)
          const isToken = request.operation === 'oauth.token'
          if (isToken) issued += 1
          const isStale = request.headers['authorization'] === 'Bearer stale-1'
          const body = isToken
            ? JSON.stringify({
                access_token: `${issued === 1 ? 'stale' : 'fresh'}-${issued}`,
                expires_in: 3600,
              })
            : JSON.stringify(CONTACT)
          const status = isStale ? 401 : 200
          return Promise.resolve(withText({ status, headers: {}, dateMs: null }, body))
        },
        slowDown: async () => {},
        requests: { read: 0, write: 0 },
        byOperation: {},
        waitingFor: null,
        close: () => Promise.resolve(),
      }),
    }
    const settings = settingsOf(auth, more)
    const kit = kitOf(http, clock, quietLog([]))
    return {
      client: openClient({ settings, kit, mayWrite: false, automations: 'automations' }),
      sent,
    }
  }

  it('sends user and password as basic authentication', async () => {
    const { client, sent } = opened({ username: 'Jüri', password: 'p:w' })
    await client.call('contacts.get', { id: '1' }, signal)
    const pair = Buffer.from('Jüri:p:w').toString('base64')
    expect(sent[0]?.headers['authorization']).toBe(`Basic ${pair}`)
  })

  it('sends a token as a header, or in the query where hosts drop that header', async () => {
    const plain = opened({ accessToken: 'abc' })
    await plain.client.call('contacts.get', { id: '1' }, signal)
    expect(plain.sent[0]?.headers['authorization']).toBe('Bearer abc')
    const query = opened({ accessToken: 'a b' }, { options: { queryToken: true } })
    await query.client.call('contacts.list', { limit: 1 }, signal).catch(() => undefined)
    expect(query.sent[0]?.path).toBe(
      '/contacts?limit=1&orderBy=id&orderByDir=asc&access_token=a%20b',
    )
    expect(query.sent[0]?.headers['authorization']).toBeUndefined()
  })

  it('fetches a token beside the API, and a fresh one after a 401', async () => {
    const { client, sent } = opened({ clientId: 'id', clientSecret: 'se&cret' })
    await client.call('contacts.get', { id: '1' }, signal)
    await client.call('contacts.get', { id: '2' }, signal)
    expect(sent.map(({ operation }) => operation)).toEqual([
      'oauth.token',
      'contacts.get',
      'oauth.token',
      'contacts.get',
      'contacts.get',
    ])
    expect(sent[0]?.path).toBe('https://crm.test/oauth/v2/token')
    expect(sent[0]?.body).toBe('grant_type=client_credentials&client_id=id&client_secret=se%26cret')
    expect(sent[3]?.headers['authorization']).toBe('Bearer fresh-2')
  })

  it('finds the token endpoint of installations in a folder and without rewriting', () => {
    expect(tokenUrl('https://h/api')).toBe('https://h/oauth/v2/token')
    expect(tokenUrl('https://h/mautic/index.php/api/')).toBe(
      'https://h/mautic/index.php/oauth/v2/token',
    )
  })

  it('refuses an incomplete login before anything is sent', () => {
    expect(() => opened({ username: 'only' })).toThrow(ConnectorError)
  })

  it.each(['basic', 'bearer', 'client', 'refresh'])(
    'gets into the simulated server by %s',
    async (auth) => {
      const { reader } = stage({ quirks: { auth } })
      expect((await reader.check(signal)).server).toBe('Adaptix 4.4.13')
    },
  )
})

describe('two writes', () => {
  function opened() {
    const sent: { readonly request: HttpRequest; readonly answer: () => void }[] = []
    const response = withText(
      { status: 200, headers: { 'mautic-version': '4.4.13' }, dateMs: START_MS },
      JSON.stringify(CONTACT),
    )
    const http: Http = {
      channel: () => ({
        send: (request) =>
          new Promise((resolve) => {
            sent.push({ request, answer: () => resolve(response) })
          }),
        slowDown: async () => {},
        requests: { read: 0, write: 0 },
        byOperation: {},
        waitingFor: null,
        close: () => Promise.resolve(),
      }),
    }
    const settings = settingsOf({ username: 'bot', password: 'secret' })
    const kit = kitOf(http, steppingClock(START_MS), quietLog([]))
    return {
      client: openClient({ settings, kit, mayWrite: true, automations: 'automations' }),
      sent,
    }
  }
  const create = (client: ReturnType<typeof opened>['client'], email: string) =>
    client.call('contacts.create', { email }, signal)
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('are never at work together: the second leaves when the first is answered', async () => {
    const { client, sent } = opened()
    const first = create(client, 'a@x.test')
    const second = create(client, 'b@x.test')
    await settled()
    expect(sent).toHaveLength(1)
    sent[0]?.answer()
    await first
    await settled()
    expect(sent).toHaveLength(2)
    sent[1]?.answer()
    await second
  })

  it('overlap once the answer to the first has begun: what it asked for is done', async () => {
    const { client, sent } = opened()
    const both = [create(client, 'a@x.test'), create(client, 'b@x.test')]
    await settled()
    sent[0]?.request.onDone?.()
    await settled()
    expect(sent).toHaveLength(2)
    for (const { answer } of sent) answer()
    await Promise.all(both)
  })
})
