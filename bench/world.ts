/** Two simulated accounts in a process of their own, and a folder with a ferry.yaml that names them: what an engine process is let loose on. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Side } from '../src/model/id.ts'
import type { Noted, Ready, ServedAccount } from './servers.ts'

export interface World {
  readonly folder: string
  readonly config: string
  /** Variables that ferry.yaml takes the logins from. */
  readonly env: Readonly<Record<string, string>>
  readonly accounts: Ready['accounts']
  /** What the servers have seen since their start. */
  noted(): Promise<Noted>
  /** Ends the servers and removes the folder. */
  close(): Promise<void>
}
export interface WorldOptions {
  readonly contacts: number
  readonly from?: Partial<ServedAccount>
  readonly to?: Partial<ServedAccount>
  /** `limits` of either connection as written in ferry.yaml; without a limit of requests unless told. */
  readonly limits?: Partial<Record<Side, string>>
  /** The mapping as written in ferry.yaml; the default of the pair unless told. */
  readonly mapping?: string
  /** Address of the queue, for workers. */
  readonly queue?: string
}

/** The same people in every world of one size. */
const SEED = 7
const UNLIMITED = '{ requestsPerSecond: 100000 }'

export async function openWorld(options: WorldOptions): Promise<World> {
  const served = { seed: SEED, quirks: {}, latencyMs: 0 }
  const told = {
    from: { ...served, platform: 'infusionsoft', contacts: options.contacts, ...options.from },
    to: { ...served, platform: 'adaptix', contacts: 0, ...options.to },
  }
  const child = fork(
    fileURLToPath(new URL('servers.ts', import.meta.url)),
    [JSON.stringify(told)],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  const ready = (await message(child)) as Ready
  const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
  const config = join(folder, 'ferry.yaml')
  const env: Record<string, string> = {}
  const connection = (side: Side): string => {
    const { url, auth } = ready.accounts[side]
    const entries = Object.entries(auth).map(([key, value]) => {
      const name = `BENCH_${side}_${key}`.toUpperCase()
      env[name] = value
      return `${key}: env:${name}`
    })
    const limits = options.limits?.[side] ?? UNLIMITED
    return `{ platform: ${told[side].platform}, url: "${url}", auth: { ${entries.join(', ')} }, limits: ${limits} }`
  }
  await writeFile(
    config,
    `version: 1
state: sqlite:./.ferry/state.db
${options.queue === undefined ? '' : `queue: ${options.queue}\n`}connections:
  source: ${connection('from')}
  target: ${connection('to')}
syncs:
  move: { from: source, to: target${options.mapping === undefined ? '' : `, mapping: ${options.mapping}`} }
`,
    { mode: 0o600 },
  )
  return {
    folder,
    config,
    env,
    accounts: ready.accounts,
    async noted() {
      const answer = message(child)
      child.send('note')
      return (await answer) as Noted
    },
    async close() {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.disconnect()
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`the process of the simulated accounts ended (${code})`))
    child.once('exit', onExit)
    child.once('message', (value) => {
      child.off('exit', onExit)
      resolve(value)
    })
  })
}
