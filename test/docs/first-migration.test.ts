import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../../src/app/simulate.ts'
import { EXIT } from '../../src/cli/exit.ts'
import type { SimulationServer } from '../../src/simulation/server.ts'
import { blockBelow, commandsOf, page } from './pages.ts'
import { ferry } from './program.ts'

const README = page('README.md')
const folder = mkdtempSync(join(tmpdir(), 'ferry-docs-'))
const servers: SimulationServer[] = []

afterAll(async () => {
  for (const server of servers) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the first migration of the README', () => {
  const env: Record<string, string> = {}
  let plan = 'PLAN'

  beforeAll(async () => {
    const make = async (platform: string, contacts: number) => {
      const request = {
        platform,
        contacts,
        port: 0,
        seed: 7,
        quirks: {},
        faults: null,
        latencyMs: 0,
      }
      const server = await startSimulator(request)
      servers.push(server)
      return server
    }
    const keap = await make('infusionsoft', 12)
    const adaptix = await make('adaptix', 0)
    const local = (url: string) => `${url}\n    limits: { requestsPerSecond: 1000 }`
    const text = blockBelow(README, 'A first migration', 'yaml')
      .replace('https://api.infusionsoft.com/crm/xmlrpc/v1', local(keap.url))
      .replace('https://crm.example.com/api', local(adaptix.url))
    writeFileSync(join(folder, 'ferry.yaml'), text)
    env['KEAP_KEY'] = keap.simulator.auth['serviceKey'] ?? ''
    env['AX_USER'] = adaptix.simulator.auth['username'] ?? ''
    env['AX_PASSWORD'] = adaptix.simulator.auth['password'] ?? ''
  })

  const block = blockBelow(README, 'A first migration', 'sh')
  const lines = commandsOf({
    ...README,
    prose: '',
    blocks: [{ language: 'sh', text: block, line: 1 }],
  })

  it('has eight commands', () => {
    expect(lines.map(({ text }) => text.split(' ')[1])).toEqual([
      'doctor',
      'plan',
      'show',
      'show',
      'migrate',
      'verify',
      'holds',
      'rejects',
    ])
  })

  it.each(lines.map(({ text }) => text))('%s', async (text) => {
    const words = text
      .split(' ')
      .slice(1)
      .map((word) => (word === 'PLAN' ? plan : word))
    const { code, out } = await ferry(
      text.startsWith('ferry migrate') ? [...words, '--yes'] : words,
      { folder, env },
    )
    plan = /^plan (plan-\S+)/m.exec(out)?.[1] ?? plan
    const good: readonly (number | null)[] = text.startsWith('ferry migrate')
      ? [EXIT.done, EXIT.rejected, EXIT.decisions]
      : [EXIT.done]
    expect(good, out).toContain(code)
  })
})
