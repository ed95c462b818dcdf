/** One process of the engine: real parts over the world's state and network, with a life that can end or stand still at any commit. */
import { readFileSync } from 'node:fs'
import { PLATFORMS } from '../../connectors/index.ts'
import { type App, openApp } from '../../src/app/app.ts'
import { readConfig } from '../../src/app/config.ts'
import type { Config } from '../../src/app/config/settings.ts'
import type { Clock, Http } from '../../src/connector/kit.ts'
import { mortal } from './crash.ts'
import { wireOf } from './wire.ts'
import { SILENT } from './surroundings.ts'
import type { World } from './world.ts'

export interface Ferry {
  readonly name: string
  readonly app: App
  /** Its own idea of the time. */
  readonly clock: Clock
  readonly mayWrite: boolean
  readonly signal: AbortSignal
  isDead(): boolean
  readonly isFrozen: boolean
  /** Resolves when it stands still for the first time. */
  readonly frozen: Promise<'frozen'>
  kill(): void
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

export async function openFerry(world: World, mayWrite: boolean): Promise<Ferry> {
  world.opened += 1
  const name = `host:${world.opened}:1`
  const ending = new AbortController()
  let isDead = false
  let frozen: { readonly until: Promise<void>; readonly thaw: () => void } | null = null
  let tellFrozen: (word: 'frozen') => void = () => {}
  const standsStill = new Promise<'frozen'>((resolve) => {
    tellFrozen = resolve
  })
  const thawed = async () => {
    while (frozen !== null) await frozen.until
  }
  const clock: Clock = {
    now: () => world.clock.now() + world.skews.worker,
    sleep: (ms, signal) => world.clock.sleep(ms, signal),
  }
  const ferry: { -readonly [K in keyof Ferry]: Ferry[K] } = {
    name,
    clock,
    mayWrite,
    signal: ending.signal,
    frozen: standsStill,
    app: undefined as unknown as App,
    isDead: () => isDead,
    get isFrozen() {
      return frozen !== null
    },
    kill() {
      isDead = true
      world.dead.add(name)
      ending.abort(new Error('killed'))
      ferry.thaw()
    },
    freeze() {
      if (frozen !== null || isDead) return
      let release = () => {}
      const until = new Promise<void>((resolve) => {
        release = resolve
      })
      frozen = { until, thaw: release }
      tellFrozen('frozen')
    },
    thaw() {
      frozen?.thaw()
      frozen = null
    },
    close: async () => {
      await ferry.app.close()
    },
  }
  world.ferries.set(name, ferry)
  const store = mortal(world.store, {
    isDead: () => isDead,
    thawed,
    at: (moment) => {
      if (!isDead) world.faults.strikeCommit(ferry, moment)
    },
    saw: (family, method, args) => world.watch.saw(ferry, family, method, args),
  })
  const app = await openApp({
    config: configOf(world),
    clock,
    log: SILENT,
    random: world.random,
    progress: () => {},
    mayWrite,
    surroundings: { env: world.secrets, readFile: fileOnce },
    http: standing(wireOf(world, ferry), thawed),
    store,
    vault: world.vault,
  })
  ferry.app = {
    ...app,
    env: { ...app.env, owner: name, mayTakeOver: (holder) => isOfTheDead(world, holder) },
  }
  return ferry
}

/** Every process reads the same text, and nobody changes what it says. */
function configOf({ configText }: World): Config {
  const known = CONFIGS.get(configText)
  if (known !== undefined) return known
  const config = readConfig(configText, 'ferry.yaml', PLATFORMS)
  CONFIGS.clear()
  CONFIGS.set(configText, config)
  return config
}
const CONFIGS = new Map<string, Config>()

/** Mappings that ship with the program stay as they are. A file that takes real time to come keeps the virtual clock turning. */
async function fileOnce(path: string): Promise<string> {
  const known = FILES.get(path) ?? readFileSync(path, 'utf8')
  FILES.set(path, known)
  return known
}
const FILES = new Map<string, string>()

/** Who stands still sends nothing; what was on its way arrives. */
function standing(http: Http, thawed: () => Promise<void>): Http {
  return {
    channel(options) {
      const channel = http.channel(options)
      return {
        send: async (request, signal) => {
          await thawed()
          return channel.send(request, signal)
        },
        slowDown: channel.slowDown,
        get requests() {
          return channel.requests
        },
        get byOperation() {
          return channel.byOperation
        },
        get waitingFor() {
          return channel.waitingFor
        },
        close: channel.close,
      }
    },
  }
}

/** As on one machine, where the process table tells who is gone. */
function isOfTheDead(world: World, holder: string): boolean {
  return [...world.dead].some((name) => `${holder}:`.startsWith(`${name}:`))
}
