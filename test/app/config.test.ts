import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/app/config/error.ts'
import { configJsonSchema } from '../../src/app/config/schema.ts'
import type { PlatformWords, Surroundings } from '../../src/app/config/settings.ts'
import {
  loadConfig,
  readConfig,
  resolveQueue,
  resolveSecrets,
  resolveState,
} from '../../src/app/config.ts'

const PLATFORMS: readonly PlatformWords[] = [
  {
    name: 'infusionsoft',
    aliases: ['keap'],
    logins: [['serviceKey'], ['clientId', 'clientSecret', 'refreshToken'], ['apiKey']],
  },
  {
    name: 'xml-spec',
    aliases: ['greenrope'],
    logins: [
      ['email', 'password'],
      ['email', 'token'],
    ],
  },
  { name: 'adaptix', aliases: ['mautic'], logins: [['username', 'password'], ['accessToken']] },
  { name: 'file', aliases: ['csv'], logins: [] },
]

const GOOD = `version: 1
state: sqlite:./.ferry/state.db
queue: redis://127.0.0.1:6379
connections:
  keap:    { platform: keap, url: https://api.infusionsoft.com/crm/xmlrpc/v1, auth: { serviceKey: env:KEAP_KEY } }
  rope:    { platform: xml-spec, url: https://api.stgi.net/api-xml, auth: { email: env:ROPE_EMAIL, password: env:ROPE_PASSWORD }, account: "91234", timeZone: America/Los_Angeles }
  adaptix: { platform: adaptix, url: https://crm.example.com/api, auth: { username: sync, password: file:secrets/ax }, limits: { requestsPerSecond: 4 }, queryToken: true }
  sheet:   { platform: file, path: ./people.csv }
syncs:
  move:
    from: keap
    to: adaptix
    mapping: infusionsoft-to-adaptix
    fields: { points: never }
    schedule: "*/30 * * * *"
    guards: { maxDeletes: 5 }
  back: { from: adaptix, to: rope, direction: two-way }
`

function files(
  known: Readonly<Record<string, string>>,
  env: Surroundings['env'] = {},
): Surroundings {
  return {
    env,
    readFile: async (path) => {
      const text = known[path]
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
      return text
    },
  }
}

function read(text: string) {
  return readConfig(text, '/home/me/ferry.yaml', PLATFORMS)
}

function problems(text: string) {
  try {
    read(text)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('nothing was wrong')
}

/** One connection `here`, with more lines below it. */
function connection(lines: readonly string[]): string {
  return ['version: 1', 'connections:', '  here:', ...lines.map((line) => `    ${line}`)].join('\n')
}

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ConfigError) return error
  throw new Error('nothing was refused')
}

describe('a configuration that is right', () => {
  it('is read with every default filled and every secret still a reference', () => {
    const config = read(GOOD)
    expect(config.connections['keap']).toEqual({
      name: 'keap',
      platform: 'infusionsoft',
      url: 'https://api.infusionsoft.com/crm/xmlrpc/v1',
      auth: { serviceKey: 'env:KEAP_KEY' },
      account: null,
      timeZone: null,
      path: null,
      options: {},
      limits: {},
      isReadOnly: false,
      allowInsecure: false,
    })
    expect(config.connections['adaptix']).toMatchObject({
      options: { queryToken: true },
      limits: { requestsPerSecond: 4 },
    })
    expect(config.connections['rope']).toMatchObject({
      account: '91234',
      timeZone: 'America/Los_Angeles',
    })
    expect(config.syncs['move']).toMatchObject({
      direction: 'one-way',
      mapping: { kind: 'name', name: 'infusionsoft-to-adaptix' },
      fields: [{ from: ['points'], to: null, isOverride: true }],
      match: ['link', 'email'],
      deletes: 'ignore',
      conflicts: 'from',
      schedule: '*/30 * * * *',
      guards: { maxDeletes: 5, maxDeletePercent: 1, maxOverwritePercent: 20 },
    })
    expect(config.syncs['back']).toMatchObject({
      direction: 'two-way',
      conflicts: 'hold',
      mapping: { kind: 'default' },
      schedule: null,
    })
  })

  it('needs no state, queue or syncs', () => {
    const config = read(connection(['platform: file', 'path: ./people.csv']))
    expect([config.state, config.queue, config.syncs]).toEqual([
      'sqlite:./.ferry/state.db',
      null,
      {},
    ])
  })

  it('takes a grouped login', () => {
    const auth = 'auth: { oauth: { clientId: abc, clientSecret: env:S, refreshToken: env:R } }'
    const config = read(connection(['platform: keap', 'url: https://x.test', auth]))
    expect(config.connections['here']?.auth).toEqual({
      clientId: 'abc',
      clientSecret: 'env:S',
      refreshToken: 'env:R',
    })
  })

  it('plain http is fine on this machine, and elsewhere when it is allowed by name', () => {
    const login = 'auth: { accessToken: env:T }'
    for (const url of ['http://127.0.0.1:8080/api', 'http://localhost/api', 'http://[::1]:9/api']) {
      expect(
        read(connection(['platform: adaptix', `url: ${url}`, login])).connections['here']?.url,
      ).toBe(url)
    }
    const open = ['platform: adaptix', 'url: http://crm.lan/api', login, 'allowInsecure: true']
    expect(read(connection(open)).connections['here']?.allowInsecure).toBe(true)
    const closed = [...open, 'readOnly: true']
    expect(read(connection(open)).connections['here']?.isReadOnly).toBe(false)
    expect(read(connection(closed)).connections['here']).toMatchObject({
      isReadOnly: true,
      options: {},
    })
  })
})

describe('a configuration that is wrong', () => {
  it('unknown keys are named with their line and what was meant, wherever they stand', () => {
    const text = GOOD.replace('queue:', 'quue:')
      .replace('timeZone:', 'timezone:')
      .replace('requestsPerSecond', 'requestPerSecond')
      .replace('schedule:', 'shedule:')
      .replace('maxDeletes', 'maxDelete')
    expect(
      problems(text).map(({ line, path, message, hint }) => [line, path, message, hint]),
    ).toEqual([
      [3, 'quue', 'unknown key "quue"', 'did you mean "queue"?'],
      [6, 'connections.rope.timezone', 'unknown key "timezone"', 'did you mean "timeZone"?'],
      [
        7,
        'connections.adaptix.limits.requestPerSecond',
        'unknown key "requestPerSecond"',
        'did you mean "requestsPerSecond"?',
      ],
      [15, 'syncs.move.shedule', 'unknown key "shedule"', 'did you mean "schedule"?'],
      [16, 'syncs.move.guards.maxDelete', 'unknown key "maxDelete"', 'did you mean "maxDeletes"?'],
    ])
  })

  it('a secret written literally is refused, with the way to write it, and never repeated', () => {
    const text = GOOD.replace('env:KEAP_KEY', 'KeapAK-9f8e7d6c5b').replace(
      'file:secrets/ax',
      'hunter2',
    )
    expect(problems(text)).toEqual([
      {
        path: 'connections.keap.auth.serviceKey',
        line: 5,
        message: 'a secret is written literally',
        hint: 'write env:KEAP_SERVICE_KEY and set that variable, or file:/path/to/it',
      },
      {
        path: 'connections.adaptix.auth.password',
        line: 7,
        message: 'a secret is written literally',
        hint: 'write env:ADAPTIX_PASSWORD and set that variable, or file:/path/to/it',
      },
    ])
    expect(() => read(text)).toThrow(/^ferry|ferry\.yaml: 2 problems/)
    expect(JSON.stringify(problems(text))).not.toMatch(/9f8e7d6c5b|hunter2/)
  })

  it('so is one among the options of a platform', () => {
    const lines = [
      'platform: adaptix',
      'url: https://x.test',
      'auth: { accessToken: env:T }',
      'webhookSecret: s3cr3t',
    ]
    expect(problems(connection(lines))).toEqual([
      {
        path: 'connections.here.webhookSecret',
        line: 7,
        message: 'a secret is written literally',
        hint: 'move it under `auth` and write env:HERE_WEBHOOK_SECRET, or file:/path/to/it',
      },
    ])
  })

  it('http to another machine is refused', () => {
    expect(problems(GOOD.replace('https://crm.example.com', 'http://crm.example.com'))).toEqual([
      {
        path: 'connections.adaptix.url',
        line: 7,
        message: 'plain http to crm.example.com would send the login and every contact unencrypted',
        hint: 'use https://, or write `allowInsecure: true` beside the url if that network is yours alone',
      },
    ])
    for (const host of ['127.0.0.1.evil.test', 'localhost.evil.test', '192.168.0.9', '0.0.0.0']) {
      const text = GOOD.replace('https://crm.example.com', `http://${host}`)
      expect(problems(text)[0]?.message).toContain(`plain http to ${host}`)
    }
  })

  it('logins and tokens in an address are refused without being repeated', () => {
    const [login] = problems(GOOD.replace('https://crm', 'https://sync:hunter2@crm'))
    expect(login).toMatchObject({
      path: 'connections.adaptix.url',
      message: 'the address holds a login',
    })
    const [token] = problems(
      GOOD.replace('example.com/api,', 'example.com/api?access_token=hunter2,'),
    )
    expect(token?.message).toBe('the address holds a secret in "access_token"')
    expect(JSON.stringify([login, token])).not.toContain('hunter2')
    expect(
      problems(GOOD.replace('https://crm.example.com/api', 'crm.example.com/api'))[0]?.message,
    ).toBe('"crm.example.com/api" is not a web address')
  })

  it.each([
    ['postgres://me:hunter2@db/ferry', 'a password is written literally'],
    ['postgres://me@db/ferry?password=hunter2', 'a password is written literally'],
    ['mysql://db/ferry', '"mysql://db/ferry" is no state store'],
    ['"sqlite:"', 'names no file'],
  ])('the state %s is refused', (state, message) => {
    const [problem, more] = problems(GOOD.replace('sqlite:./.ferry/state.db', state))
    expect(problem).toMatchObject({ path: 'state', line: 2, message })
    expect(problem?.hint).not.toBe('')
    expect(more).toBeUndefined()
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  it.each([
    `postgres://me:\${PG_PASSWORD}@db/ferry`,
    'postgres://me@db/ferry',
    'env:FERRY_STATE',
    `postgresql://me:\${PG_PASSWORD}@db:5432/ferry?sslmode=require`,
  ])('the state %s is fine', (state) => {
    expect(read(GOOD.replace('sqlite:./.ferry/state.db', state)).state).toBe(state)
  })

  it('the queue may be a Postgres, and nothing that the runner does not know', () => {
    const queued = (queue: string) => GOOD.replace('redis://127.0.0.1:6379', queue)
    expect(read(queued('postgres://me@db/ferry')).queue).toBe('postgres://me@db/ferry')
    expect(problems(queued('amqp://db'))).toMatchObject([{ path: 'queue' }])
  })

  it('the queue takes no literal password either', () => {
    const [problem] = problems(GOOD.replace('redis://127', 'redis://:hunter2@127'))
    expect(problem).toMatchObject({
      path: 'queue',
      line: 3,
      message: 'a password is written literally',
    })
  })

  it('broken YAML is told by line, with what to look for', () => {
    const text = GOOD.replace(
      'auth: { serviceKey: env:KEAP_KEY } }',
      'auth: { serviceKey: env:KEAP_KEY }',
    )
    const [problem] = problems(text)
    expect(problem?.line).toBeGreaterThanOrEqual(5)
    expect(problem?.line).toBeLessThanOrEqual(6)
    expect(problem?.message).toMatch(/^not valid YAML: /)
    expect(problem?.hint).not.toBe('')
    expect(problems('version: 1\n\tstate: x')[0]).toMatchObject({
      line: 2,
      hint: 'indent with blanks, not with tabs',
    })
    expect(problems('- 1\n- 2')[0]?.message).toBe('must be a block of keys, not a list')
  })

  it('platforms, logins, time zones and numbers are checked', () => {
    const text = GOOD.replace('platform: keap', 'platform: infusionsfot')
      .replace('email: env:ROPE_EMAIL, ', '')
      .replace('America/Los_Angeles', 'America/LA')
      .replace('requestsPerSecond: 4', 'requestsPerSecond: 0')
      .replace(', path: ./people.csv', '')
    expect(problems(text).map(({ path, message, hint }) => [path, message, hint])).toEqual([
      [
        'connections.keap.platform',
        'unknown platform "infusionsfot"',
        'did you mean "infusionsoft"?',
      ],
      [
        'connections.rope.timeZone',
        'unknown time zone "America/LA"',
        'use a name such as Europe/Berlin',
      ],
      [
        'connections.rope.auth',
        'password is no complete login',
        'xml-spec takes email + password, or email + token',
      ],
      ['connections.adaptix.limits.requestsPerSecond', 'must be more than 0', ''],
      [
        'connections.sheet',
        '"path" is missing',
        'write where the file is, as in path: ./people.csv',
      ],
    ])
  })

  it('a key of auth that no login has is named', () => {
    const [problem] = problems(GOOD.replace('username: sync', 'user_name: sync'))
    expect(problem).toBeDefined()
    const all = problems(GOOD.replace('username: sync', 'user_name: sync'))
    expect(all.map(({ message, hint }) => `${message} ${hint}`)).toContain(
      'unknown key "user_name" did you mean "username"?',
    )
  })

  it('syncs need two connections that exist', () => {
    const text = GOOD.replace('from: keap', 'from: kaep').replace(
      'from: adaptix, to: rope',
      'from: rope, to: rope',
    )
    expect(problems(text)).toEqual([
      {
        path: 'syncs.move.from',
        line: 11,
        message: 'there is no connection "kaep"',
        hint: 'did you mean "keap"?',
      },
      {
        path: 'syncs.back.to',
        line: 17,
        message: '"rope" stands on both sides',
        hint: 'a sync needs two different connections',
      },
    ])
  })

  it.each([
    ['61 * * * *', /"61 \* \* \* \*" is no cron pattern: Invalid value for minute: 61/],
    ['often', /"often" has 1 parts/],
    ['*/10 * * * * *', /has 6 parts/],
    ['0 0 * * nomday', /is no cron pattern/],
    ['0 0 31 2 *', /never comes up/],
  ])('the schedule %s is refused', (pattern, message) => {
    const [problem] = problems(GOOD.replace('*/30 * * * *', pattern))
    expect(problem).toMatchObject({ path: 'syncs.move.schedule', line: 15 })
    expect(problem?.message).toMatch(message)
  })

  it('mistakes in an inline mapping and in overrides are told by their own line', () => {
    const text = `${GOOD}  inline:
    from: keap
    to: rope
    mapping:
      fields:
        - { from: a, to: b, do: [tirm] }
    fields:
      - { from: a, to: b, do: ["e164:Germany"] }
`
    expect(problems(text)).toEqual([
      {
        path: 'syncs.inline.mapping.fields[0].do[0]',
        line: 23,
        message: 'unknown transform "tirm"',
        hint: 'did you mean "trim"?',
      },
      {
        path: 'syncs.inline.fields[0].do[0]',
        line: 25,
        message: 'transform "e164" takes a country of two letters: e164:DE',
        hint: '',
      },
    ])
  })

  it('a missing version or file says what to do', async () => {
    expect(problems(GOOD.replace('version: 1\n', ''))[0]).toMatchObject({
      path: 'version',
      message: '"version" is missing',
      hint: 'it takes 1',
    })
    const error = await refusal(
      loadConfig('/home/me/ferry.yaml', { platforms: PLATFORMS, surroundings: files({}) }),
    )
    expect(error.message).toBe(
      '/home/me/ferry.yaml: one problem\n  there is no such file\n      make one with `ferry init`, or name another with --config',
    )
  })
})

describe('secrets', () => {
  const config = read(GOOD)
  const keap = config.connections['keap']
  const adaptix = config.connections['adaptix']
  if (keap === undefined || adaptix === undefined) throw new Error('not read')

  it('are looked up when a connection is opened', async () => {
    const surroundings = files({ '/home/me/secrets/ax': 'pass word\n' }, { KEAP_KEY: 'KeapAK-1' })
    expect(await resolveSecrets(keap, config, surroundings)).toMatchObject({
      name: 'keap',
      auth: { serviceKey: 'KeapAK-1' },
    })
    expect(await resolveSecrets(adaptix, config, surroundings)).toMatchObject({
      auth: { username: 'sync', password: 'pass word' },
      options: { queryToken: true },
    })
  })

  it('that are missing or empty are named, not guessed', async () => {
    const missing = await refusal(resolveSecrets(keap, config, files({})))
    expect(missing.problems).toEqual([
      {
        path: 'connections.keap.auth.serviceKey',
        line: null,
        message: 'the environment variable KEAP_KEY is not set',
        hint: 'set it before starting: export KEAP_KEY=…',
      },
    ])
    const empty = await refusal(resolveSecrets(keap, config, files({}, { KEAP_KEY: '' })))
    expect(empty.problems[0]?.message).toBe('the environment variable KEAP_KEY is empty')
    const file = await refusal(resolveSecrets(adaptix, config, files({})))
    expect(file.problems[0]?.message).toBe('there is no file /home/me/secrets/ax')
    const blank = await refusal(
      resolveSecrets(adaptix, config, files({ '/home/me/secrets/ax': '\n' })),
    )
    expect(blank.problems[0]?.message).toBe('the file /home/me/secrets/ax is empty')
  })

  it('an address given by reference is judged once it is known', async () => {
    const lines = ['platform: adaptix', 'url: env:CRM_URL', `auth: { accessToken: "\${T}" }`]
    const here = read(connection(lines)).connections['here']
    if (here === undefined) throw new Error('not read')
    const open = (url: string) => resolveSecrets(here, config, files({}, { CRM_URL: url, T: 't' }))
    expect(await open('https://crm.test/api')).toMatchObject({
      url: 'https://crm.test/api',
      auth: { accessToken: 't' },
    })
    expect((await refusal(open('http://crm.test/api'))).message).toContain('plain http to crm.test')
  })

  it('the state and the queue are resolved the same way, with passwords made safe for an address', async () => {
    const pg = {
      ...config,
      state: `postgres://me:\${PG}@db/ferry`,
      queue: `redis://:\${RD}@q:6379`,
    }
    const surroundings = files({}, { PG: 'p@ss/word', RD: 'r' })
    expect(await resolveState(pg, surroundings)).toEqual({
      kind: 'postgres',
      url: 'postgres://me:p%40ss%2Fword@db/ferry',
    })
    expect(await resolveQueue(pg, surroundings)).toBe('redis://:r@q:6379')
    expect(await resolveState(config, surroundings)).toEqual({
      kind: 'sqlite',
      path: '/home/me/.ferry/state.db',
    })
    const odd = await refusal(
      resolveState({ ...config, state: 'env:S' }, files({}, { S: 'mysql://x' })),
    )
    expect(odd.problems[0]?.path).toBe('state')
  })
})

describe('the schema for editors', () => {
  it('knows the keys of the file', () => {
    expect(configJsonSchema()).toMatchObject({
      title: 'Contact Ferry configuration',
      type: 'object',
      properties: { version: { const: 1 }, connections: {}, syncs: {}, state: {}, queue: {} },
      additionalProperties: false,
    })
  })
})
