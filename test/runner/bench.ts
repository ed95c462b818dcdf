/** Two simulated accounts behind real sockets, one state file, and apps over them as several processes would open them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PLATFORMS } from '../../connectors/index.ts'
import { SIMULATORS } from '../../connectors/simulators.ts'
import { type App, openApp } from '../../src/app/app.ts'
import { MACHINE, readConfig } from '../../src/app/config.ts'
import type { RunRequest } from '../../src/app/run.ts'
import type { Clock, Log } from '../../src/connector/kit.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { systemClock } from '../../src/http/clock.ts'
import type { Env, ProgressEvent } from '../../src/pipeline/env.ts'
import { randomStream } from '../../src/simulation/random.ts'
import { type SimulationServer, serve } from '../../src/simulation/server.ts'

/** Everything another process needs to open the same app. */
export interface Place {
  readonly folder: string
  readonly config: string
  readonly secrets: Readonly<Record<string, string>>
}
export interface Bench {
  readonly place: Place
  readonly from: Simulator
  readonly to: Simulator
  /** Requests that arrived at either side so far. */
  readonly arrived: number
  /** Resolves when that many requests arrived. */
  reached(arrived: number): Promise<void>
  /** Resolves when that many requests arrived that change something. */
  wrote(writes: number): Promise<void>
  close(): Promise<void>
}
export const SYNC: RunRequest = { sync: 'move', kind: 'sync', isFull: false, plan: null }
export const CONTACTS = 24

export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-runner-'))
  let arrived = 0
  let writes = 0
  const waiting = new Set<() => void>()
  const arrive = (side: Simulator) => (request: SimulatedRequest) => {
    arrived += 1
    if (side.isMutation(request)) writes += 1
    for (const look of waiting) look()
  }
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  const from = simulator('infusionsoft', CONTACTS)
  const to = simulator('adaptix', 0)
  const source = await serve(from, { onRequest: arrive(from) })
  const target = await serve(to, { onRequest: arrive(to) })
  const state = `sqlite:${join(folder, 'state.db')}`
  return {
    place: {
      folder,
      config: textOf({ source, target, state }),
      secrets: Object.fromEntries([...secrets('A', source), ...secrets('B', target)]),
    },
    from,
    to,
    get arrived() {
      return arrived
    },
    reached: (count) => until(() => arrived >= count),
    wrote: (count) => until(() => writes >= count),
    close: async () => {
      await source.close()
      await target.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface AppOptions {
  readonly place: Place
  readonly log?: Log
  readonly progress?: (event: ProgressEvent) => void
}

export function openAt({ place, log = SILENT, progress = () => {} }: AppOptions): Promise<App> {
  return openApp({
    config: readConfig(place.config, join(place.folder, 'ferry.yaml'), PLATFORMS),
    clock: systemClock,
    log,
    random: randomStream(1),
    progress,
    mayWrite: true,
    surroundings: { env: place.secrets, readFile: MACHINE.readFile },
  })
}

/** As another process would be called: it takes nobody of this one for dead, nor do they. */
export function envAs(app: App, owner: string): Env {
  return { ...app.env, owner }
}

/** What arrived at the target, whatever ids it got there. */
export function arrivals(bench: Pick<Bench, 'to'>): readonly unknown[] {
  return bench.to
    .snapshot()
    .map(({ emails, tags, groups, optedOut, fields }) => ({
      emails,
      name: [fields['firstname'], fields['lastname']],
      tags: [...tags].sort(),
      groups: [...groups].sort(),
      optedOut,
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {} }

function simulator(platform: string, contacts: number): Simulator {
  const module = SIMULATORS.find((each) => each.platform === platform)
  if (module === undefined) throw new Error(`no simulator of ${platform}`)
  return module.create({ contacts, seed: 7, quirks: {}, now: LATER.now })
}

/** After everything that the invented people have done. */
const AHEAD_MS = Math.max(0, Date.parse('2026-11-01T09:00:00Z') - systemClock.now())
const LATER: Pick<Clock, 'now'> = { now: () => systemClock.now() + AHEAD_MS }

function secrets(prefix: string, { simulator: { auth } }: SimulationServer): [string, string][] {
  return Object.entries(auth).map(([key, value]) => [nameOf(prefix, key), value])
}
function nameOf(prefix: string, key: string): string {
  return `${prefix}_${key}`.toUpperCase()
}

function textOf(parts: {
  readonly source: SimulationServer
  readonly target: SimulationServer
  readonly state: string
}): string {
  const connection = (prefix: string, { url, simulator }: SimulationServer) => {
    const auth = Object.keys(simulator.auth).map((key) => `${key}: env:${nameOf(prefix, key)}`)
    return `{ platform: ${simulator.platform}, url: "${url}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 10000, pageSize: 12, batchSize: 4 } }`
  }
  return `version: 1
state: ${parts.state}
connections:
  source: ${connection('A', parts.source)}
  target: ${connection('B', parts.target)}
syncs:
  move:
    from: source
    to: target
    mapping: { customFields: listed }
`
}
