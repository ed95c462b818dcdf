import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { file } from '../../connectors/file/connector.ts'
import { PROBES, reportText } from '../../src/app/conformance.ts'
import type { Bench, Stage } from '../../src/conformance/bench.ts'
import { conformance } from '../../src/conformance/suite.ts'
import type { Limits, Reader } from '../../src/connector/connector.ts'
import type { Clock, Kit } from '../../src/connector/kit.ts'
import { named } from './connector.ts'
import { connectionTo, kitWithout } from './settings.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Time that passes at once; files wait for nobody. */
function steppingClock(): Clock {
  let now = Date.parse('2026-11-20T15:00:00Z')
  return {
    now: () => now,
    sleep: (ms) => {
      now += ms
      return Promise.resolve()
    },
  }
}

/** A new file for each probe, and nobody else who writes to it. */
function fileStage(name: string, text: string): Stage & { readonly last: () => string } {
  let path = ''
  return {
    platform: 'file',
    last: () => readFileSync(path, 'utf8'),
    async lend(signal) {
      const folder = mkdtempSync(join(tmpdir(), 'ferry-conformance-'))
      folders.push(folder)
      path = join(folder, name)
      writeFileSync(path, text)
      const kit: Kit = kitWithout(steppingClock())
      const opened: Reader[] = []
      const keep = <T extends Reader>(account: T): T => {
        opened.push(account)
        return account
      }
      const settings = (limits: Limits) => ({ ...connectionTo('sheet'), path, limits })
      const writer = keep(file.openForWriting(settings({}), kit))
      const bench: Bench = {
        clock: kit.clock,
        signal,
        reader: writer,
        writer,
        backstage: null,
        nonce: 'f',
        pagesMax: 1_000,
        open: (limits) => keep(file.open(settings(limits), kit)),
        async close() {
          await Promise.all(opened.map((account) => account.close()))
        },
      }
      return bench
    },
  }
}

const PEOPLE = Array.from({ length: 24 }, (_, n) => ({
  id: String(n + 1),
  givenName: `Given${n}`,
  familyName: `Family${n}`,
  'emails.1': `p${n}@example.org`,
  jobTitle: 'CTO',
}))
const NDJSON = lines(PEOPLE.map(({ id, ...fields }) => JSON.stringify({ id, fields })))
const CSV = lines([
  'id,First Name,Last Name,E-Mail,Job title',
  ...PEOPLE.map((person) => Object.values(person).join(',')),
])

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}

describe('file keeps its claims', () => {
  it.each([
    ['as a CSV', 'people.csv', CSV],
    ['as NDJSON', 'people.ndjson', NDJSON],
  ])('%s', async (_, name, text) => {
    const stage = fileStage(name, text)
    const probes = PROBES.filter(({ needs }) => needs !== 'backstage')
    const report = await conformance(stage, new AbortController().signal, { probes })
    expect(named(report, 'differs'), reportText(report).join('\n')).toEqual([])
    expect(named(report, 'holds').length).toBeGreaterThan(20)
    expect(report.left).toEqual([])
    expect(stage.last()).not.toContain('Ferry Probe,')
  })
})
