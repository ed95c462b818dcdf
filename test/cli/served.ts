/** Two simulated accounts on loopback, a ferry.yaml over them and the real program: what the command-line tests run on. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { serve } from '../../src/simulation/server.ts'
import { type Account, type AccountsOptions, accountOf, configOver, secretsOf } from './accounts.ts'
import { type Ended, type FerryOptions, type Running, startFerry } from './ferry.ts'

export interface Served {
  readonly from: ServedAccount
  readonly to: ServedAccount
  readonly folder: string
  /** Variables that ferry.yaml names; may be changed between two commands. */
  readonly env: Record<string, string>
  readonly configText: string
  /** Writes ferry.yaml anew. */
  configure(text: string): void
  ferry(...args: readonly string[]): Promise<Ended>
  start(args: readonly string[], more?: Partial<FerryOptions>): Running
  /** Checks that no secret lies in any file, and tidies up. */
  close(): Promise<void>
}
export interface ServedAccount extends Account {
  readonly url: string
  /** Nobody listens any more, until `open`. */
  shut(): Promise<void>
  open(): Promise<void>
}

export async function served(
  options: AccountsOptions & { readonly latencyMs?: number } = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-cli-'))
  const { contacts = 40, latencyMs = 0, from = {}, to = {} } = options
  const now = Date.now
  const source = await put(accountOf('infusionsoft', from, { contacts, now }), latencyMs)
  const target = await put(accountOf('adaptix', to, { contacts: 0, now }), latencyMs)
  const { text, env } = configOver(options, {
    source: { account: source, url: source.url },
    target: { account: target, url: target.url },
  })
  const secrets = secretsOf(env)
  const configure = (next: string) => writeFileSync(join(folder, 'ferry.yaml'), next)
  const start: Served['start'] = (args, more = {}) =>
    startFerry(args, { env, secrets, cwd: folder, ...more })
  configure(text)
  return {
    from: source,
    to: target,
    folder,
    env,
    configText: text,
    configure,
    start,
    ferry: (...args) => start(args).ended,
    async close() {
      await Promise.all([source.shut(), target.shut()])
      for (const file of filesIn(folder)) {
        const bytes = readFileSync(file, 'latin1')
        const leaked = secrets.filter((secret) => bytes.includes(secret))
        expect(leaked, `secrets in ${file}`).toEqual([])
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function put(account: Account, latencyMs: number): Promise<ServedAccount> {
  let server = await serve(account.gate, { latencyMs })
  const { url, origin } = server
  return Object.assign(account, {
    url,
    shut: () => server.close(),
    async open() {
      server = await serve(account.gate, { latencyMs, port: Number(new URL(origin).port) })
    },
  })
}

export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
