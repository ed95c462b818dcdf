/** Joins the parts: configuration, state, network and platforms become what the use cases work with. */
import { dirname, join, resolve } from 'node:path'
import { PLATFORMS } from '../../connectors/index.ts'
import type { ConnectionSettings, Platform, Reader, Writer } from '../connector/connector.ts'
import type { Channel, Clock, Http, Kit, Log, Vault } from '../connector/kit.ts'
import { httpOver } from '../http/channel.ts'
import { fileVault } from '../http/vault.ts'
import { digest } from '../model/hash.ts'
import { SIDES, type Side } from '../model/id.ts'
import {
  type Accounts,
  type Env,
  PIPELINE_LIMITS,
  type ProgressEvent,
  type RequestCounts,
  type SyncSettings,
} from '../pipeline/env.ts'
import { openStore } from '../state/sql/open.ts'
import type { StateStore } from '../state/store.ts'
import { openAccounts } from './accounts.ts'
import { MACHINE, resolveSecrets, resolveState } from './config.ts'
import { ConfigError } from './config/error.ts'
import type { Config, ConnectionConfig, Surroundings, SyncConfig } from './config/settings.ts'
import { mappingOf } from './mapping-source.ts'
import { named } from './named.ts'
import { pacingOfWorkers } from './pacing.ts'
import { refuseWriting } from './read-only.ts'
import { isDead, workerName } from './worker-name.ts'
import { didYouMean } from '../mapping/nearest.ts'

export interface AppOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly progress: (event: ProgressEvent) => void
  /** False: no connection of this app can write. */
  readonly mayWrite: boolean
  readonly surroundings?: Surroundings
  /** How requests travel; over sockets unless told otherwise. */
  readonly http?: Http
  /** A state that is open already, and stays open when the app closes; else the one that the configuration names. */
  readonly store?: StateStore
  /** Where rotating credentials are kept; a private file beside the state unless told otherwise. */
  readonly vault?: Vault
  /** True: the limits of every connection are kept together with all workers of the queue. */
  readonly sharesLimits?: boolean
}

export interface App {
  readonly config: Config
  readonly store: StateStore
  readonly env: Env
  /** Random in [0, 1). */
  readonly random: () => number
  /** Makes a sync ready: reads its mapping and its connections' secrets. Before `env.settings` and `env.accounts` of it. Throws ConfigError, ReadOnlyConnection. */
  use(sync: string): Promise<SyncSettings>
  /** One connection by itself, for `doctor`, `catalog` and `call`. The caller closes it. Throws ConfigError. */
  reader(connection: string): Promise<Reader>
  writer(connection: string): Promise<Writer>
  /** Requests that left, by connection, since the app was opened. */
  requests(): Readonly<Record<string, { readonly read: number; readonly write: number }>>
  /** What the connections wait for right now; empty: nothing. */
  waitingFor(): readonly string[]
  close(): Promise<void>
}

export async function openApp(options: AppOptions): Promise<App> {
  const { config, clock, log } = options
  const surroundings = options.surroundings ?? MACHINE
  const state = await resolveState(config, surroundings)
  const store =
    options.store ??
    (await openStore(state.kind === 'sqlite' ? `sqlite:${state.path}` : state.url, { clock }))
  const owner = workerName()
  const pacing =
    options.sharesLimits === true
      ? await pacingOfWorkers(config, surroundings, { clock, log, owner })
      : null
  const over = { clock, log, random: options.random }
  const watched = watch(
    options.http ?? httpOver(pacing === null ? over : { ...over, pacer: pacing.pacer }),
  )
  const folder =
    state.kind === 'sqlite' && state.path !== ':memory:'
      ? dirname(state.path)
      : join(dirname(resolve(config.path)), '.ferry')
  const kit: Kit = {
    clock,
    log,
    random: options.random,
    http: watched.http,
    vault: options.vault ?? fileVault(join(folder, 'vault.json')),
  }
  const syncs = new Map<string, { readonly settings: SyncSettings; readonly accounts: Accounts }>()
  const lone = new Set<Reader>()
  let nonces = 0
  const countedFrom = new Map<string, RequestCounts>()

  const account = async (
    name: string,
  ): Promise<{ readonly platform: Platform; readonly settings: ConnectionSettings }> => {
    const connection = connectionOf(config, name)
    return {
      platform: named(platformOf(connection), name),
      settings: await resolveSecrets(connection, config, surroundings),
    }
  }
  const ready = (sync: string) => {
    const found = syncs.get(sync)
    if (found === undefined) throw new Error(`sync "${sync}" was not made ready`)
    return found
  }
  return {
    config,
    store,
    random: options.random,
    env: {
      store,
      clock,
      log,
      owner,
      nonce: () => String(++nonces),
      mayTakeOver: isDead,
      settings: (sync) => ready(sync).settings,
      accounts: (sync) => ready(sync).accounts,
      progress: options.progress,
      requestsOf(run) {
        const now = watched.requests()
        const before = countedFrom.get(run.id) ?? now
        countedFrom.set(run.id, before)
        return difference(now, before)
      },
      limits: PIPELINE_LIMITS,
    },
    async use(name) {
      const known = syncs.get(name)
      if (known !== undefined) return known.settings
      const sync = syncOf(config, name)
      const writes = writtenSides(sync)
      if (options.mayWrite)
        for (const side of writes) refuseWriting(config, sync[side], `the sync "${name}"`)
      const settings = await settingsOf(config, sync, surroundings)
      const sides = { from: await account(sync.from), to: await account(sync.to) }
      syncs.set(name, { settings, accounts: openAccounts(sides, kit, { ...options, writes }) })
      return settings
    },
    async reader(name) {
      const { platform, settings } = await account(name)
      const reader = platform.open(settings, kit)
      lone.add(reader)
      return reader
    },
    async writer(name) {
      const { platform, settings } = await account(name)
      const writer = platform.openForWriting(settings, kit)
      lone.add(writer)
      return writer
    },
    requests: watched.requests,
    waitingFor: watched.waitingFor,
    async close() {
      await Promise.all([...syncs.values()].map(({ accounts }) => accounts.close()))
      await Promise.all([...lone].map((each) => each.close()))
      await pacing?.close()
      if (options.store === undefined) await store.close()
    },
  }
}

/** The sides that a sync writes to. */
export function writtenSides({ direction }: Pick<SyncConfig, 'direction'>): readonly Side[] {
  return direction === 'two-way' ? SIDES : ['to']
}

async function settingsOf(
  config: Config,
  sync: SyncConfig,
  surroundings: Surroundings,
): Promise<SyncSettings> {
  const mapping = await mappingOf(config, sync, surroundings)
  const { name, from, to, direction, match, conflicts, deletes, guards } = sync
  const decisive = {
    from: identity(config, from),
    to: identity(config, to),
    direction,
    match,
    conflicts,
    deletes,
    mapping,
  }
  return {
    name,
    from,
    to,
    direction,
    match,
    conflicts,
    deletes,
    guards,
    mapping,
    fingerprint: digest(JSON.stringify(decisive)),
  }
}

/** What makes a connection this one, without its secrets. */
function identity(config: Config, name: string): unknown {
  const { platform, url, account, timeZone, path, options } = connectionOf(config, name)
  return { name, platform, url, account, timeZone, path, options }
}

function syncOf(config: Config, name: string): SyncConfig {
  const sync = config.syncs[name]
  if (sync !== undefined) return sync
  throw missing(config, 'syncs', name, Object.keys(config.syncs))
}

export function connectionOf(config: Config, name: string): ConnectionConfig {
  const connection = config.connections[name]
  if (connection !== undefined) return connection
  throw missing(config, 'connections', name, Object.keys(config.connections))
}

function missing(
  config: Config,
  path: string,
  name: string,
  known: readonly string[],
): ConfigError {
  const word = path === 'syncs' ? 'sync' : 'connection'
  const hint =
    didYouMean(name, known) ||
    (known.length === 0 ? `add it under "${path}"` : `known: ${known.join(', ')}`)
  return new ConfigError(config.path, [
    { path, line: null, message: `there is no ${word} "${name}"`, hint },
  ])
}

function platformOf(connection: ConnectionConfig): Platform {
  const platform = PLATFORMS.find(({ name }) => name === connection.platform)
  if (platform === undefined)
    throw new Error(`no platform "${connection.platform}" in the register`)
  return platform
}

function difference(now: RequestCounts, before: RequestCounts): RequestCounts {
  return Object.fromEntries(
    Object.entries(now).map(([name, { read, write }]) => {
      const { read: readBefore, write: writeBefore } = before[name] ?? { read: 0, write: 0 }
      return [name, { read: read - readBefore, write: write - writeBefore }]
    }),
  )
}

/** Keeps every channel that is opened, to count what leaves and to tell what is waited for. */
function watch(http: Http): Pick<App, 'requests' | 'waitingFor'> & { readonly http: Http } {
  const channels: { readonly name: string; readonly channel: Channel }[] = []
  return {
    http: {
      channel(options) {
        const channel = http.channel(options)
        channels.push({ name: options.name, channel })
        return channel
      },
    },
    requests() {
      const sums: Record<string, { read: number; write: number }> = {}
      for (const { name, channel } of channels) {
        const sum = sums[name] ?? { read: 0, write: 0 }
        sums[name] = {
          read: sum.read + channel.requests.read,
          write: sum.write + channel.requests.write,
        }
      }
      return sums
    },
    waitingFor: () =>
      channels.flatMap(({ channel }) => (channel.waitingFor === null ? [] : [channel.waitingFor])),
  }
}
