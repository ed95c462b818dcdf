/** Two simulated accounts over sockets, and the real program on them, killed (kill -9) when it has run for so long. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulator } from '../../src/app/simulate.ts'
import type { SimulationServer } from '../../src/simulation/server.ts'

export interface Account {
  readonly folder: string
  readonly adaptix: SimulationServer
  readonly env: Readonly<Record<string, string>>
}

/** `there`: how many people the target has already, up to as many as the source has. */
export async function account(
  closing: (() => Promise<unknown>)[],
  given: { readonly seed: number; readonly people: number; readonly there: number },
): Promise<Account> {
  const { seed, people, there } = given
  const shared = { port: 0, seed, quirks: {}, faults: null, latencyMs: 8 }
  const keap = await startSimulator({ ...shared, platform: 'infusionsoft', contacts: people })
  const adaptix = await startSimulator({ ...shared, platform: 'adaptix', contacts: there })
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
  move:
    from: keap
    to: adaptix
    guards: { maxOverwritePercent: 100, maxChangedPercent: 100 }
`
  await writeFile(join(folder, 'ferry.yaml'), text)
  return { folder, adaptix, env }
}

const PROGRAM = fileURLToPath(new URL('../../bin/ferry.js', import.meta.url))

/** `killAfterMs` null: let it end. */
export function ferry(
  { folder, env }: Account,
  words: readonly string[],
  killAfterMs: number | null,
): Promise<{
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
}> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [PROGRAM, ...words, '--yes', '--json', '-c', join(folder, 'ferry.yaml')],
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
