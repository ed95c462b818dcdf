import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { file } from '../../connectors/file/connector.ts'
import { simulatedStage } from '../../src/app/conformance-stage.ts'
import { capabilityTable, TABLE_END, TABLE_START } from '../../src/conformance/capability-table.ts'
import type { Capabilities } from '../../src/connector/capabilities.ts'
import { systemClock } from '../../src/http/clock.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { connectionTo, kitWithout } from './settings.ts'

/** As an account with default settings tells them after its first answer. */
async function claimsOf(platform: string): Promise<Capabilities> {
  if (platform === 'file') {
    const settings = { ...connectionTo('sheet'), path: join(import.meta.dirname, 'none.csv') }
    return file.open(settings, kitWithout(systemClock)).capabilities
  }
  const clock = virtualClock(Date.parse('2026-11-20T15:00:00Z'))
  const stage = simulatedStage({ platform, contacts: 3, seed: 1, clock })
  const { signal } = new AbortController()
  const ask = async () => {
    const bench = await stage.lend(signal)
    const { capabilities } = bench.reader
    await bench.close()
    return capabilities
  }
  return clock.drive(ask())
}

describe('the table of claims', () => {
  it.each(['infusionsoft', 'adaptix', 'xml-spec', 'file'])(
    'in the README of %s is the one of its record',
    async (platform) => {
      const path = join(import.meta.dirname, `../../connectors/${platform}/README.md`)
      const readme = readFileSync(path, 'utf8')
      const start = readme.indexOf(TABLE_START)
      const end = readme.indexOf(TABLE_END)
      expect(start).toBeGreaterThan(0)
      const table = readme.slice(start + TABLE_START.length, end).trim()
      const wanted = capabilityTable(await claimsOf(platform))
      expect(table, 'print it with `ferry connector test --simulated PLATFORM --table`').toBe(
        wanted,
      )
    },
  )
})
