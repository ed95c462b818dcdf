import { PLATFORMS } from '../../connectors/index.ts'
import { adaptixSimulator } from '../../connectors/adaptix/simulator.ts'
import { type App, openApp } from '../../src/app/app.ts'
import { MACHINE, readConfig } from '../../src/app/config.ts'
import type { Simulator } from '../../src/connector/simulator.ts'
import { describe, expect, it } from 'vitest'
import {
  PROBE_NAME,
  PROBES,
  reportText,
  sumsOf,
  testConnection,
} from '../../src/app/conformance.ts'
import { ReadOnlyConnection } from '../../src/app/read-only.ts'
import { simulatedHttp } from '../../src/simulation/network.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { named } from './connector.ts'

const ORIGIN = 'http://127.0.0.1:7001'
const SILENT = { debug: () => {}, info: () => {}, warn: () => {} }

interface Account {
  readonly to: Simulator
  open(options: { readonly mayWrite: boolean }): Promise<App>
  drive<T>(work: Promise<T>): Promise<T>
}

/** An account as ferry.yaml names it, over a network in memory and in virtual time. */
function accountOf(more = ''): Account {
  const clock = virtualClock(Date.parse('2026-11-20T15:00:00Z'))
  const to = adaptixSimulator.create({ contacts: 30, seed: 1, quirks: {}, now: clock.now })
  const auth = Object.keys(to.auth).map((key) => `${key}: env:${key.toUpperCase()}`)
  const text = `version: 1
state: "sqlite::memory:"
connections:
  target: { platform: adaptix, url: "${ORIGIN}${to.basePath}", auth: { ${auth.join(', ')} }${more} }
syncs: {}
`
  const env = Object.fromEntries(
    Object.entries(to.auth).map(([key, value]) => [key.toUpperCase(), value]),
  )
  return {
    to,
    drive: clock.drive,
    open: ({ mayWrite }) =>
      openApp({
        config: readConfig(text, '/nowhere/ferry.yaml', PLATFORMS),
        clock,
        log: SILENT,
        random: () => 0.5,
        progress: () => {},
        mayWrite,
        surroundings: { env, readFile: MACHINE.readFile },
        http: simulatedHttp({
          clock,
          random: () => 0.5,
          log: SILENT,
          hosts: new Map([[ORIGIN, to]]),
        }),
      }),
  }
}

async function tested(account: Account, mayWrite: boolean) {
  const app = await account.open({ mayWrite })
  const told: string[] = []
  const test = {
    connection: 'target',
    mayWrite,
    told: ({ probe }: { readonly probe: string }) => told.push(probe),
  }
  try {
    const report = await account.drive(testConnection(app, test, new AbortController().signal))
    return { report, told }
  } finally {
    await app.close()
  }
}

/** What it holds without the numbers that stand for moments. */
function held(accounts: Account) {
  return accounts.to.snapshot().map(({ id, tags, groups, emails, optedOut, fields }) => ({
    id,
    tags,
    groups,
    emails,
    optedOut,
    name: [fields['firstname'], fields['lastname']],
  }))
}

describe('a connection of ferry.yaml', () => {
  it('is only looked at without leave to write', async () => {
    const accounts = accountOf()
    const { report, told } = await tested(accounts, false)
    expect(accounts.to.counts.write).toBe(0)
    expect(named(report, 'differs'), reportText(report).join('\n')).toEqual([])
    expect(named(report, 'holds')).toEqual(
      PROBES.filter(({ needs }) => needs === 'reading').map(({ name }) => name),
    )
    expect(told).toEqual(PROBES.map(({ name }) => name))
    expect(reportText(report).at(-1)).toBe(
      `adaptix: 6 hold, 0 differ, ${PROBES.length - 6} skipped`,
    )
  })

  it('is left with its own contacts as they were, and a tag and a field of the probes', async () => {
    const accounts = accountOf()
    const before = held(accounts)
    const { report } = await tested(accounts, true)
    expect(named(report, 'differs'), reportText(report).join('\n')).toEqual([])
    expect(sumsOf(report).holds).toBe(PROBES.filter(({ needs }) => needs !== 'backstage').length)
    expect(report.left).toEqual([])
    expect(held(accounts)).toEqual(before)
    const app = await accounts.open({ mayWrite: false })
    const reader = await app.reader('target')
    const { tags, fields } = await accounts.drive(reader.catalog(new AbortController().signal))
    await app.close()
    expect(tags.filter(({ name }) => name === PROBE_NAME)).toHaveLength(1)
    expect(fields.filter(({ label }) => label === PROBE_NAME)).toHaveLength(1)
  })

  it('that is marked readOnly is not written to', async () => {
    const accounts = accountOf(', readOnly: true')
    await expect(tested(accounts, true)).rejects.toBeInstanceOf(ReadOnlyConnection)
    expect(accounts.to.counts.read + accounts.to.counts.write).toBe(0)
  })
})
