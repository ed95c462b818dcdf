/** Contacts that attack whoever looks at them, and what of people and keys may be seen: terminals, logs, documents, files. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request } from '../connectors/infusionsoft/simulator-client.ts'
import { filesIn, type Served, served } from './served.ts'

const ESCAPES = '\u001b[31mRed\u001b]0;owned\u0007'
const TURNED = 'gpj.\u202eexe\u2066'
const LINES = 'One\nferry: all is well\r\nTwo'
const C1 = 'Bell\u009b2JGone'

let one: Served
let plan = ''
/** All that the program said, of every command. */
const said: string[] = []
const ferry = async (...words: readonly string[]) => {
  const ended = await one.ferry(...words)
  said.push(ended.stdout, ended.stderr)
  return ended
}

beforeAll(async () => {
  one = await served({
    contacts: 0,
    from: { platform: 'adaptix' },
    to: { platform: 'infusionsoft', quirks: { emptyStart: true } },
  })
  const { username = '', password = '' } = one.from.simulator.auth
  const add = async (path: string, body: object) => {
    const answer = await fetch(`${one.from.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${username}:${password}`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(201)
  }
  await add('/contacts/new', {
    firstname: ESCAPES,
    lastname: TURNED,
    email: 'escapes@example.com',
    tags: [`Tag ${C1}`],
  })
  await add('/contacts/new', {
    firstname: LINES,
    company: 'Acme\u009bCorp',
    email: 'lines@example.com',
    position: ESCAPES,
  })
  await add('/contacts/new', { firstname: LINES, email: 'twice@example.com' })
  const { simulator } = one.to
  for (const FirstName of ['Twice', 'Double'])
    simulator.handle({
      method: 'POST',
      url: simulator.basePath,
      headers: { 'x-keap-api-key': simulator.auth['serviceKey'] ?? '' },
      body: request('ContactService.add', 'unused', { FirstName, Email: 'twice@example.com' }),
    })
  await add('/fields/contact/new', {
    label: `Field ${ESCAPES}${TURNED}`,
    alias: 'odd_field',
    type: 'text',
  })
})
afterAll(() => one.close())

// The harness refuses every control and direction character in anything printed; see `ferry.ts`.
describe('hostile text', () => {
  it('comes into plans, records, catalogues and reports as harmless text, on one line', async () => {
    const catalog = await ferry('catalog', 'source')
    expect(catalog.stdout).toContain('Red')
    const document = (await ferry('plan', 'move', '--json')).json()
    plan = String(document['plan'])
    expect((await ferry('plan', 'move')).code).toBe(0)
    const creates = await ferry('show', plan, '--only', 'create,hold')
    expect(creates.stdout).toMatch(/Red/)
    expect(creates.stdout.trimEnd().split('\n')).toHaveLength(3)
    expect(creates.stdout).not.toMatch(/^ferry: all is well/m)
    const both = await Promise.all(['1', '2'].map((id) => ferry('show', plan, '--record', id)))
    expect(both.map(({ code }) => code)).toEqual([0, 0])
  })

  it('is told whole in JSON, in a spelling that no terminal obeys', async () => {
    const ended = await ferry('show', plan, '--record', '1', '--json')
    expect(JSON.stringify(ended.json())).toContain('gpj.')
    expect(ended.json()[0]?.['fields']).toContainEqual(
      expect.objectContaining({ after: expect.stringContaining('\u202e') }),
    )
  })

  it('comes through a migration, its cases and its verification', async () => {
    const ended = await ferry('migrate', 'move', '--yes')
    expect([5, 6]).toContain(ended.code)
    const all = await Promise.all(
      [['rejects'], ['holds', '--json'], ['verify', 'move'], ['runs']].map((words) =>
        ferry(...words),
      ),
    )
    for (const { stdout } of all) expect(stdout).not.toMatch(/^ferry: all is well/m)
    const holds = await ferry('holds', 'list')
    expect(holds.stdout).toContain('twice@example.com')
  })

  it('of a server cannot get to the terminal in an error either', async () => {
    one.to.meddle = () => ({
      status: 500,
      headers: { 'retry-after': '1' },
      body: `${ESCAPES}${TURNED}${C1}`,
    })
    one.from.meddle = () => ({
      status: 401,
      headers: {},
      body: JSON.stringify({
        errors: [{ code: 401, message: `${ESCAPES}\nferry: all is well\n${TURNED}${C1}` }],
      }),
    })
    const ended = await ferry('sync', 'move')
    one.to.meddle = null
    one.from.meddle = null
    expect(ended.code).toBe(3)
    expect(ended.stderr).not.toMatch(/^ferry: all is well/m)
  })
})

describe('what of people is shown', () => {
  it('-v logs each request as a line of JSON, without bodies, addresses and secrets', async () => {
    const ended = await ferry('sync', 'move', '-v')
    const lines = ended.stderr
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ msg: expect.any(String) })
    expect(ended.stderr).not.toMatch(/(?:twice|lines|escapes)@example\.com/)
    expect(ended.stderr).not.toContain('Red')
  })

  it.each(['partial', 'full'])(
    '--mask %s hides names and addresses in every report',
    async (level) => {
      const reports = [
        ['show', plan, '--only', 'create,hold'],
        ['show', plan, '--record', '2', '--json'],
        ['show', plan],
        ['holds', '--json'],
      ]
      const all = await Promise.all(reports.map((words) => one.ferry(...words, '--mask', level)))
      for (const { code, stdout } of all) {
        expect(code).toBe(0)
        expect(stdout).not.toMatch(/(?:twice|lines|escapes)@|all is well|Acme/)
      }
    },
  )

  it('--ndjson tells progress as lines of JSON on stderr, and stdout stays one document', async () => {
    const ended = await ferry('plan', 'move', '--ndjson', '--json')
    expect(ended.json()['plan']).toEqual(expect.any(String))
    const events = ended.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(events.length).toBeGreaterThan(0)
    for (const event of events) expect(event).toMatchObject({ event: 'progress' })
  })
})

it('secrets are in nothing that was said and in no file: not in the state, nor in its log', () => {
  const secrets = [one.env['SOURCE_PASSWORD'], one.env['TARGET_SERVICEKEY']]
  const files = filesIn(one.folder)
  expect(files.some((file) => file.endsWith('state.db'))).toBe(true)
  for (const secret of secrets) {
    expect(secret).toMatch(/^(?:KeapAK-test-|sync-5-)/)
    const forms = [
      secret ?? '',
      Buffer.from(secret ?? '').toString('base64'),
      btoa(`${one.env['SOURCE_USERNAME']}:${secret}`),
    ]
    for (const form of forms) {
      expect(said.join('')).not.toContain(form)
      for (const file of files)
        expect(readFileSync(file, 'latin1').includes(form), file).toBe(false)
    }
  }
})
