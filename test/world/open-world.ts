/** Makes the world of a seed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SIMULATORS } from '../../connectors/simulators.ts'
import type { Vault } from '../../src/connector/kit.ts'
import { defaultNames } from '../../src/mapping/defaults.ts'
import { randomStream, seedOf } from '../../src/simulation/random.ts'
import { type VirtualClock, virtualClock } from '../../src/simulation/virtual-clock.ts'
import { openStore } from '../../src/state/sql/open.ts'
import { type Armory, armory } from './armory.ts'
import { FAULTS } from './faults/table.ts'
import { handsOf } from './hands.ts'
import { history } from './history.ts'
import { type Deal, dealOf } from './deal.ts'
import type { Side } from './phase.ts'
import { storeLoad } from './store-load.ts'
import { ORIGINS } from './surroundings.ts'
import { draws } from './streams.ts'
import { type Watch, watch } from './watch.ts'
import type { Account, World } from './world.ts'

/** After everything that the invented people have done, and after the night in which clocks go back. */
const START = Date.parse('2026-11-03T09:00:00Z')

export const PAIRS = [
  ['infusionsoft', 'adaptix'],
  ['adaptix', 'xml-spec'],
  ['xml-spec', 'infusionsoft'],
  ['adaptix', 'infusionsoft'],
  ['infusionsoft', 'xml-spec'],
  ['xml-spec', 'adaptix'],
] as const

export interface WorldOptions {
  readonly state?: string | undefined
  /** What the seed deals, unless told. */
  readonly deal?: Omit<Deal, 'pageSize'> | undefined
}

export async function openWorld(seed: number, options: WorldOptions = {}): Promise<World> {
  const { state = 'sqlite::memory:', deal: dealt = dealOf(seed) } = options
  const draw = draws(seed, 'network', -1)
  const [from, to] = PAIRS[seed % PAIRS.length] ?? PAIRS[0]
  const load = storeLoad()
  const virtual = virtualClock(START, load.isBusy)
  let jumpedMs = 0
  const clock = jumping(virtual, () => jumpedMs)
  const skews = { worker: 0, from: 0, to: 0 }
  const account = (platform: string, side: Side, contacts: number): Account => {
    const module = SIMULATORS.find((one) => one.platform === platform)
    if (module === undefined) throw new Error(`no simulator of ${platform}`)
    const now = () => clock.now() + skews[side]
    const isCapped = dealt.pageCap !== null && platform === 'infusionsoft'
    const quirks = isCapped ? { pageSizeCap: dealt.pageCap } : {}
    const simulator = module.create({ contacts, seed, quirks, now })
    return { simulator, hands: handsOf(simulator, seed), writeTimes: new Map(), lastList: null }
  }
  const sides = {
    from: account(from, 'from', 5 + draw.whole(7)),
    to: account(to, 'to', draw.chance(0.5) ? 0 : 3 + draw.whole(4)),
  }
  const deal: Deal = { ...dealt, pageSize: draw.chance(0.5) ? 5 : null }
  const opened = await openStore(state, { clock })
  // A state in memory answers at once.
  const store = state.startsWith('sqlite') ? opened : load.counted(opened)
  const stopped = new AbortController()
  const world: World = {
    seed,
    sides,
    store,
    clock,
    skews,
    random: randomStream(seedOf(seed, 0)),
    faults: undefined as unknown as Armory,
    watch: undefined as unknown as Watch,
    history: history(sides, clock.now),
    ferries: new Map(),
    dead: new Set(),
    deal,
    isConfirmed: false,
    get configText() {
      return configOf(world)
    },
    secrets: Object.fromEntries([...secretsOf('A', sides.from), ...secretsOf('B', sides.to)]),
    vault: memoryVault(),
    kinds: FAULTS,
    extraField: null,
    nights: 0,
    phase: 'rest',
    requests: 0,
    opened: 0,
    standstill: (ferry) => ferry.frozen,
    jump: (ms) => {
      jumpedMs += ms
    },
    later(ms, deed) {
      clock.sleep(ms, stopped.signal).then(deed, (error: unknown) => {
        if (!stopped.signal.aborted) throw error
      })
    },
    async close() {
      stopped.abort(new Error('the world is over'))
      for (const ferry of world.ferries.values()) if (!ferry.isDead()) ferry.kill()
      await clock.drive(Promise.all([...world.ferries.values()].map((ferry) => ferry.close())))
      await store.close()
    },
  }
  return Object.assign(world, { faults: armory(world), watch: watch(world) })
}

/** Everybody's clock jumps at once; who sleeps, sleeps as long as before. */
function jumping(clock: VirtualClock, jumpedMs: () => number): VirtualClock {
  return {
    now: () => clock.now() + jumpedMs(),
    sleep: clock.sleep,
    advance: clock.advance,
    runUntilIdle: clock.runUntilIdle,
    drive: clock.drive,
    get sleeping() {
      return clock.sleeping
    },
  }
}

function memoryVault(): Vault {
  const kept = new Map<string, Readonly<Record<string, string>>>()
  return {
    load: async (name) => kept.get(name) ?? null,
    save: async (name, secrets) => {
      kept.set(name, secrets)
    },
  }
}

function secretsOf(prefix: string, { simulator }: Account): [string, string][] {
  return Object.entries(simulator.auth).map(([key, value]) => [
    `${prefix}_${key}`.toUpperCase(),
    value,
  ])
}

/** The file that a sync without one would find; named, so that no process has to look through folders. */
function defaultMapping({ from, to }: World['sides']): string {
  const names = defaultNames(from.simulator.platform, to.simulator.platform)
  const found = names.map((name) => join(MAPPINGS, `${name}.yaml`)).find((path) => existsSync(path))
  return JSON.stringify(found)
}
const MAPPINGS = fileURLToPath(new URL('../../mappings', import.meta.url))

/** Guards are for people who look; here nobody does, so only those that cannot be lifted stay, and the number of deletions. */
function configOf({ sides, deal, isConfirmed }: World): string {
  const connection = (name: string, side: Side, prefix: string) => {
    const { simulator } = sides[side]
    const auth = Object.keys(simulator.auth).map(
      (key) => `${key}: env:${`${prefix}_${key}`.toUpperCase()}`,
    )
    const page = deal.pageSize === null ? '' : `, pageSize: ${deal.pageSize}`
    return `  ${name}: { platform: ${simulator.platform}, url: "${ORIGINS[side]}${simulator.basePath}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 1000, timeoutMs: 10000${page} } }`
  }
  return `version: 1
connections:
${connection('source', 'from', 'A')}
${connection('target', 'to', 'B')}
syncs:
  move:
    from: source
    to: target
    deletes: ${deal.deletes}
    direction: ${deal.isTwoWay ? 'two-way' : 'one-way'}
    mapping: ${deal.hasMarker ? defaultMapping(sides) : '{ marker: none }'}
    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxIrreversibleConsents: 1000, maxDeletes: ${isConfirmed ? 1000 : deal.maxDeletes}, maxDeletePercent: 100 }
`
}
