/** What the connector says of itself and of the server it talks to. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { adaptix, mautic } from '../../../connectors/adaptix/connector.ts'
import { OPERATIONS } from '../../../connectors/adaptix/operations.ts'
import { script, signal, stage } from './account.ts'

describe('the platforms', () => {
  it('are two names for one connector', () => {
    expect([adaptix.name, mautic.name]).toEqual(['adaptix', 'mautic'])
    expect(adaptix.logins).toContainEqual(['username', 'password'])
  })

  it('read campaigns where automations are called that', async () => {
    const quirks = { automationsPath: 'campaigns', versionHeader: 'Mautic-Version' }
    for (const platform of [adaptix, mautic]) {
      const { reader } = stage({ contacts: 3, quirks, platform })
      expect((await reader.check(signal)).server).toBe('Mautic 4.4.13')
      const inventory = await reader.inventory(signal)
      expect(inventory.find(({ kind }) => kind === 'automation')?.count).toBeGreaterThan(0)
      expect(inventory.find(({ kind }) => kind === 'form')?.count).toBeNull()
    }
  })
})

describe('capabilities', () => {
  it('are careful before the first answer, and those of the version after it', async () => {
    const { reader } = stage({ contacts: 1 })
    expect(reader.capabilities.streams.contacts?.since).toBe('none')
    expect(reader.capabilities.update).toMatchObject({ batchMax: 20 })
    await reader.check(signal)
    expect(reader.capabilities.streams.contacts?.since).toBe('inclusive')
    expect(reader.capabilities.update).toMatchObject({ batchMax: 200, clears: true })
  })

  it('follow the version that the connection names where the server tells none', async () => {
    const { reader } = stage({
      quirks: { versionHeader: '' },
      settings: { options: { version: '4.4' } },
    })
    await reader.check(signal)
    expect(reader.capabilities.update).toMatchObject({ batchMax: 200 })
  })

  it('keep to the limits of the connection', () => {
    const limits = { pageSize: 5000, batchSize: 7, requestsPerSecond: 3, concurrency: 1 }
    const { capabilities } = stage({ settings: { limits } }).reader
    expect(capabilities.streams.contacts?.pageSizeMax).toBe(500)
    expect(capabilities.create).toMatchObject({ batchMax: 7 })
    expect(capabilities.rate).toEqual({
      requestsPerSecond: 3,
      requestsPerDay: null,
      concurrency: 1,
    })
  })

  it('say how long a count may be remembered', async () => {
    const { reader } = stage({ quirks: { version: '5.1' } })
    await reader.check(signal)
    expect(reader.capabilities.visibilityLagMs).toBe(5000)
  })
})

describe('the check', () => {
  const messages = async (reader: ReturnType<typeof stage>['reader']) =>
    (await reader.check(signal)).warnings.map(({ message }) => message).join('\n')

  it('counts contacts and names account and server', async () => {
    const { reader } = stage({ contacts: 12 })
    expect(await reader.check(signal)).toMatchObject({
      account: 'https://crm.test/api',
      server: 'Adaptix 4.4.13',
      contacts: 12,
    })
  })

  it.each([
    [{ version: '2.16' }, 'cannot empty a field'],
    [{ version: '3.3' }, 'one by one'],
    [{ version: '5.2' }, 'opt-out changes'],
    [{ version: '7.0' }, 'every scan reads everything'],
    [{ versionHeader: '' }, 'does not tell its version'],
  ])('warns on %j', async (quirks, words) => {
    expect(await messages(stage({ quirks }).reader)).toContain(words)
  })

  it('warns of a password, and not of a token', async () => {
    expect(await messages(stage().reader)).toContain('Basic authentication')
    expect(await messages(stage({ quirks: { auth: 'client' } }).reader)).not.toContain('Basic')
  })

  it('warns of visitors without a name', async () => {
    const { reader, ask } = stage()
    for (const city of ['Oslo', 'Bergen', 'Oslo']) ask('POST', '/contacts/new', { city })
    expect(await messages(reader)).toContain('anonymous visitors')
  })

  it.each([
    [{ apiEnabled: false }, 'permission'],
    [{ basicAuth: false }, 'permission'],
    [{ revokeAfter: 1 }, 'login'],
  ])('fails on %j as %s', async (quirks, kind) => {
    await expect(stage({ quirks }).reader.check(signal)).rejects.toMatchObject({ kind })
  })

  it('waits as long as the server asks when the hour is spent', async () => {
    const { reader, clock } = stage({ quirks: { rateLimitPerHour: 5 } })
    const before = clock.now()
    const tries = await Promise.allSettled([1, 2, 3].map(() => reader.check(signal)))
    const failed = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    for (const error of failed) expect(error).toMatchObject({ kind: 'throttled' })
    expect(failed.length > 0 || clock.now() - before > 60_000).toBe(true)
  })

  it('says where the url is wrong', async () => {
    const { reader } = script(() => ({ status: 200, body: '<!doctype html><title>Login</title>' }))
    await expect(reader.check(signal)).rejects.toMatchObject({
      kind: 'protocol',
      hint: expect.stringContaining('/api'),
    })
  })

  it('ends with the reason when it is aborted', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped by hand'))
    await expect(stage().reader.check(stop.signal)).rejects.toThrow('stopped by hand')
  })
})

describe('the README', () => {
  const readme = readFileSync(
    new URL('../../../connectors/adaptix/README.md', import.meta.url),
    'utf8',
  )

  it('lists every operation with its method and path, and nothing else', () => {
    const rows = Object.values(OPERATIONS).map(
      ({ name, method, path, isIdempotent, summary }) =>
        `| \`${name}\` | ${method} \`${path}\` | ${isIdempotent ? 'yes' : 'no'} | ${summary} |`,
    )
    const printed = readme.split('\n').filter((line) => /^\| `\w+\.\w+` \|/.test(line))
    expect(printed).toEqual(rows)
  })
})
