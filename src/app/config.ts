/** Reads ferry.yaml. The one place that knows the environment: whatever names a secret is resolved here, late, and nowhere else. */
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type { ConnectionSettings } from '../connector/connector.ts'
import { readYaml } from '../mapping/document.ts'
import { validate } from '../mapping/validate.ts'
import { judgeStoreUrl, judgeUrl } from './config/address.ts'
import { readConnection } from './config/connection.ts'
import { ConfigError } from './config/error.ts'
import { isReference, resolveReference } from './config/reference.ts'
import { reportOn } from './config/report.ts'
import { ConfigSchema, ConnectionSchema, SyncSchema } from './config/schema.ts'
import type {
  Config,
  ConnectionConfig,
  PlatformWords,
  Surroundings,
  SyncConfig,
} from './config/settings.ts'
import { readSync } from './config/sync.ts'

/** The process's own environment and disk. */
export const MACHINE: Surroundings = {
  env: process.env,
  readFile: (path) => readFile(path, 'utf8'),
}

/** Where mapping files come with the program: beside the sources, or beside what is built from them. */
export const SHIPPED_MAPPINGS: readonly string[] = ['../../mappings', '../../../mappings'].map(
  (path) => fileURLToPath(new URL(path, import.meta.url)),
)

export interface LoadOptions {
  readonly platforms: readonly PlatformWords[]
  readonly surroundings?: Surroundings
}

/** Throws ConfigError with every problem of the file at once. Looks nothing up: secrets stay references. */
export async function loadConfig(path: string, options: LoadOptions): Promise<Config> {
  const { readFile: read } = options.surroundings ?? MACHINE
  let text: string
  try {
    text = await read(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const message = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
    const hint = 'make one with `ferry init`, or name another with --config'
    throw new ConfigError(path, [{ path: '', line: null, message, hint }], { cause: error })
  }
  return readConfig(text, path, options.platforms)
}

/** The same for a text that is at hand. */
export function readConfig(
  text: string,
  path: string,
  platforms: readonly PlatformWords[],
): Config {
  const document = readYaml(text)
  if (document.problems.length > 0) throw new ConfigError(path, document.problems)
  const { locate } = document
  const report = reportOn(locate)
  report.take(validate(ConfigSchema, document.value ?? {}, { at: [], locate }).problems)
  const written = entriesOf(document.value)
  const { queue } = written
  const state = written.state ?? DEFAULT_STATE
  const stores = { state, queue }
  for (const key of ['state', 'queue'] as const) {
    const address = stores[key]
    const complaint = typeof address === 'string' ? judgeStoreUrl(address, key) : null
    if (complaint !== null) report.add([key], complaint.message, complaint.hint)
  }
  const connections: Record<string, ConnectionConfig> = {}
  for (const [name, raw] of Object.entries(entriesOf(written.connections))) {
    const entry = salvage(ConnectionSchema, raw)
    const connection = entry === null ? null : readConnection(name, entry, { platforms, report })
    if (connection !== null) connections[name] = connection
  }
  const names = Object.keys(entriesOf(written.connections))
  const syncs: Record<string, SyncConfig> = {}
  for (const [name, raw] of Object.entries(entriesOf(written.syncs))) {
    const entry = salvage(SyncSchema, raw)
    const sync =
      entry === null ? null : readSync(name, entry, { connections: names, report, locate })
    if (sync !== null) syncs[name] = sync
  }
  if (report.count() > 0) throw new ConfigError(path, report.problems)
  return {
    path,
    state: String(state),
    queue: typeof queue === 'string' ? queue : null,
    connections,
    syncs,
  }
}

const DEFAULT_STATE = 'sqlite:./.ferry/state.db'

function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  const isBlock = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isBlock ? (value as Readonly<Record<string, unknown>>) : {}
}

/** What is well-formed of an entry, so that its other mistakes are told in the same run. null: not enough. */
function salvage<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const first = schema.safeParse(value)
  if (first.success) return first.data
  const broken = new Set(
    first.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [issue.path[0]],
    ),
  )
  const kept = Object.entries(entriesOf(value)).filter(([key]) => !broken.has(key))
  const second = schema.safeParse(Object.fromEntries(kept))
  return second.success ? second.data : null
}

/** A connection as its connector takes it, secrets in clear. Throws ConfigError naming the variable or file that is missing. */
export async function resolveSecrets(
  connection: ConnectionConfig,
  config: Pick<Config, 'path'>,
  surroundings: Surroundings = MACHINE,
): Promise<ConnectionSettings> {
  const base = `connections.${connection.name}`
  const clear = (text: string, key: string): Promise<string> =>
    resolveReference(text, { config: config.path, path: `${base}.${key}`, surroundings })
  const auth: Record<string, string> = {}
  for (const [key, text] of Object.entries(connection.auth)) {
    auth[key] = await clear(text, `auth.${key}`)
  }
  const url = isReference(connection.url) ? await clear(connection.url, 'url') : connection.url
  const complaint = url === '' ? null : judgeUrl(url, connection.allowInsecure)
  if (complaint !== null) {
    throw new ConfigError(config.path, [{ path: `${base}.url`, line: null, ...complaint }])
  }
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(connection.options)) {
    options[key] = typeof value === 'string' && isReference(value) ? await clear(value, key) : value
  }
  const { name, account, timeZone, limits } = connection
  const path = connection.path === null ? null : beside(config.path, connection.path)
  return { name, url, auth, account, timeZone, path, options, limits }
}

export type StateAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }

/** Where the state is kept, in clear. A SQLite file is looked for beside ferry.yaml. */
export async function resolveState(
  config: Config,
  surroundings: Surroundings = MACHINE,
): Promise<StateAddress> {
  const place = { config: config.path, path: 'state', surroundings }
  const text = await resolveReference(config.state, place)
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length)
    return { kind: 'sqlite', path: path === ':memory:' ? path : beside(config.path, path) }
  }
  if (/^postgres(?:ql)?:\/\//.test(text)) return { kind: 'postgres', url: text }
  const hint = 'use sqlite:PATH or postgres://…'
  const message = 'what it names is no state store'
  throw new ConfigError(config.path, [{ path: 'state', line: null, message, hint }])
}

/** The queue's address in clear; null: none is configured. */
export async function resolveQueue(
  config: Config,
  surroundings: Surroundings = MACHINE,
): Promise<string | null> {
  if (config.queue === null) return null
  return resolveReference(config.queue, { config: config.path, path: 'queue', surroundings })
}

function beside(config: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(config), path)
}
