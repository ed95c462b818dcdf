/** The program is killed again and again (kill -9), and given the same command each time: nothing lost, nothing doubled. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { startSimulator } from '../../src/app/simulate.ts'
import { randomStream } from '../../src/simulation/random.ts'
import type { SimulationServer } from '../../src/simulation/server.ts'
import { shape } from './shape.ts'

const CONTACTS = 300
const KILLS = 20
const SEED = 5
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

it(`ends in the same state after ${KILLS} kills as without any`, async () => {
  const calm = await account()
  expect(await ferry(calm, null)).toMatchObject({ signal: null })
  const random = randomStream(SEED)
  for (let kills = 0; kills < KILLS; ) {
    const rough = await account()
    let ended = await ferry(rough, moment(random))
    while (ended.signal === 'SIGKILL') {
      kills += 1
      ended = await ferry(rough, kills < KILLS ? moment(random) : null)
    }
    expect([0, 5, 6]).toContain(ended.code)
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'done', balanced: true })
    expect(shape(rough.adaptix.simulator)).toEqual(shape(calm.adaptix.simulator))
    expect(rough.adaptix.simulator.consentBreaches).toEqual([])
    const markers = rough.adaptix.simulator.snapshot().map((contact) => contact.fields['ferry_key'])
    expect(new Set(markers).size).toBe(markers.length)
  }
}, 180_000)

/** Somewhere between reading its configuration and its last request, in milliseconds. */
function moment(random: () => number): number {
  return 350 + Math.floor(random() * 900)
}

interface Account {
  readonly folder: string
  readonly adaptix: SimulationServer
  readonly env: Readonly<Record<string, string>>
}

async function account(): Promise<Account> {
  const shared = { port: 0, seed: SEED, quirks: {}, faults: null, latencyMs: 8 }
  const keap = await startSimulator({ ...shared, platform: 'infusionsoft', contacts: CONTACTS })
  const adaptix = await startSimulator({ ...shared, platform: 'adaptix', contacts: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'ferry-kill-'))
  closing.push(
    () => keap.close(),
    () => adaptix.close(),
    () => rm(folder, { recursive: true, force: true }),
  )
  const env: Record<string, string> = {}
  const connection = (name: string, platform: string, server: SimulationServer) => {
    const auth = Object.entries(server.simulator.auth).map(([key, value]) => {
      const variable = `${name}_${key}`.toUpperCase()
      env[variable] = value
      return `${key}: env:${variable}`
    })
    return `  ${name}: { platform: ${platform}, url: "${server.url}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 1000 } }`
  }
  const text = `version: 1
connections:
${connection('keap', 'infusionsoft', keap)}
${connection('adaptix', 'adaptix', adaptix)}
syncs:
  move: { from: keap, to: adaptix }
`
  await writeFile(join(folder, 'ferry.yaml'), text)
  return { folder, adaptix, env }
}

const PROGRAM = fileURLToPath(new URL('../../bin/ferry.js', import.meta.url))

/** `killAfterMs` null: let it end. */
function ferry(
  { folder, env }: Account,
  killAfterMs: number | null,
): Promise<{
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
}> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [PROGRAM, 'migrate', 'move', '--yes', '--json', '-c', join(folder, 'ferry.yaml')],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer)
      resolve({ code, signal, stdout })
    })
  })
}
