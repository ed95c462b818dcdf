import { describe, expect, it } from 'vitest'
import { PROBES, reportText, testSimulated } from '../../src/app/conformance.ts'
import type { Capabilities } from '../../src/connector/capabilities.ts'
import type { Reader } from '../../src/connector/connector.ts'
import { CONTACTS, named } from './connector.ts'

/** An account whose record says something else than its connector does. */
function claiming(
  change: (claims: Capabilities) => Capabilities,
): <T extends Reader>(account: T) => T {
  return (account) =>
    new Proxy(account, {
      get: (target, key) =>
        key === 'capabilities' ? change(target.capabilities) : Reflect.get(target, key),
    })
}

function contactsClaim(claims: Capabilities, more: object): Capabilities {
  const { contacts } = claims.streams
  if (contacts === undefined) throw new Error('no contacts')
  return { ...claims, streams: { ...claims.streams, contacts: { ...contacts, ...more } } }
}

describe('a claim that is not true', () => {
  it.each<readonly [string, string, string, (claims: Capabilities) => Capabilities]>([
    [
      'infusionsoft',
      'uniqueness',
      'doubles',
      (claims) => ({ ...claims, create: { batchMax: 10, onTakenEmail: 'merges' } }),
    ],
    [
      'adaptix',
      'uniqueness',
      'merges',
      (claims) => ({ ...claims, create: { batchMax: 200, onTakenEmail: 'refuses' } }),
    ],
    [
      'infusionsoft',
      'since bound',
      'inclusive',
      (claims) => contactsClaim(claims, { since: 'exclusive' }),
    ],
    [
      'infusionsoft',
      'expected version',
      'written',
      (claims) => ({ ...claims, update: { batchMax: 10, clears: true, conditional: true } }),
    ],
    [
      'xml-spec',
      'expected version',
      'refused',
      (claims) => ({ ...claims, update: { batchMax: 25, clears: true, conditional: false } }),
    ],
    [
      'infusionsoft',
      'claimed rate',
      '4.0 a second',
      (claims) => ({ ...claims, rate: { ...claims.rate, requestsPerSecond: 2 } }),
    ],
    [
      'xml-spec',
      'tags',
      'taken off: the contact has it 1 times',
      (claims) => ({ ...claims, tags: { ...claims.tags, remove: true } }),
    ],
    [
      'adaptix',
      'notes',
      'its title is ',
      (claims) =>
        claims.notes === undefined
          ? claims
          : { ...claims, notes: { ...claims.notes, keeps: { date: true, title: true } } },
    ],
    [
      'infusionsoft',
      'opt-out taken back',
      'refused',
      (claims) => ({
        ...claims,
        consent: { ...claims.consent, optIn: true, optOutReversible: true },
      }),
    ],
  ])('of %s fails the probe "%s" with what was seen: %s', async (platform, name, seen, change) => {
    const report = await testSimulated(
      {
        platform,
        contacts: CONTACTS,
        seed: 3,
        wrap: claiming(change),
        probes: PROBES.filter((probe) => probe.name === name),
      },
      new AbortController().signal,
    )
    expect(named(report, 'differs'), reportText(report).join('\n')).toEqual([name])
    expect(report.lines[0]?.verdict).toMatchObject({ seen })
    expect(reportText(report)[0]).toMatch(new RegExp(`^DIFFERS  ${name}`))
  })
})

/** Says of every scan that nothing can have slipped through. */
function sure<T extends Reader>(account: T): T {
  return new Proxy(account, {
    get: (target, key) =>
      key === 'scan'
        ? async (...given: Parameters<Reader['scan']>) => ({
            ...(await target.scan(...given)),
            isProven: true,
          })
        : Reflect.get(target, key),
  })
}

describe('a scan that is sure of itself although rows slip through', () => {
  it.each([['infusionsoft', { keyset: 'ignored' }, 'page drift: delete']])(
    'is found out at %s %j',
    async (platform, quirks, name) => {
      const report = await testSimulated(
        {
          platform,
          contacts: CONTACTS,
          seed: 3,
          quirks,
          wrap: sure,
          probes: PROBES.filter((probe) => probe.name === name),
        },
        new AbortController().signal,
      )
      expect(named(report, 'differs'), reportText(report).join('\n')).toEqual([name])
    },
  )
})

/** Says that it is done, and does nothing. */
function idle(key: string, answer: unknown): <T extends Reader>(account: T) => T {
  const nothing = (given: unknown) => Promise.resolve(answer ?? given)
  return (account) =>
    new Proxy(account, {
      get: (target, asked) => {
        const found: unknown = Reflect.get(target, asked)
        if (asked !== key) return found
        return typeof found === 'function'
          ? nothing
          : { add: nothing, edit: nothing, remove: nothing, create: nothing, update: nothing }
      },
    })
}

it.each([
  ['new options', 'addOptions', null],
  ['sequences', 'start', null],
  ['notes', 'noteWriter', '1'],
  ['companies', 'companyWriter', null],
])('%s that are done in words only are found out', async (name, key, answer) => {
  const report = await testSimulated(
    {
      platform: 'adaptix',
      contacts: CONTACTS,
      seed: 3,
      wrap: idle(key, answer),
      probes: PROBES.filter((probe) => probe.name === name),
    },
    new AbortController().signal,
  )
  expect(named(report, 'differs'), reportText(report).join('\n')).toEqual([name])
})

describe('the probes', () => {
  it('are at least the list of what must be known of a platform, each with a name of its own', () => {
    expect(PROBES.length).toBeGreaterThanOrEqual(24)
    expect(new Set(PROBES.map(({ name }) => name)).size).toBe(PROBES.length)
  })
})
