/**
 * What an engine sent, turned into what a script with no engine would send: the same requests in the same order, each waiting for what
 * it had to wait for and for nothing else.
 *
 * A read waits for the earlier reads of its own account and for all earlier writes; a write waits for everything earlier. "Earlier" means: had
 * been answered when the engine sent it; what the engine had in flight together, the script has as well.
 */
import { readFile } from 'node:fs/promises'
import { makeSimulator } from '../src/app/simulate.ts'
import { SIDES, type Side } from '../src/model/id.ts'
import type { SentRequest } from './probe.ts'
import type { World } from './world.ts'

export interface Step {
  readonly side: Side
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string
  readonly status: number
  /** Places of steps that must be answered before this one is sent. */
  readonly after: readonly number[]
}
export interface Recording {
  readonly steps: readonly Step[]
  /** Most requests in flight at once, by account. */
  readonly peak: Readonly<Record<Side, number>>
}

export async function readRecording(file: string, world: World): Promise<Recording> {
  const sent = JSON.parse(await readFile(file, 'utf8')) as SentRequest[]
  const isMutation = {
    from: makeSimulator({ platform: 'infusionsoft', ...EMPTY }).isMutation,
    to: makeSimulator({ platform: 'adaptix', ...EMPTY }).isMutation,
  }
  const marked = sent.map((request): Marked => {
    const side = SIDES.find((name) => world.accounts[name].origin === request.origin)
    if (side === undefined || request.ended === null || request.status === null)
      throw new Error(`a request that cannot be replayed: ${request.method} ${request.path}`)
    const { method, path, headers, body, begun, ended, status } = request
    const named = Object.fromEntries(
      pairs(headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    const isWrite = isMutation[side]({ method, url: path, headers: named, body })
    return { side, method, path, headers, body, begun, ended, status, isWrite }
  })
  return {
    steps: marked.map((request) => ({
      side: request.side,
      method: request.method,
      path: request.path,
      headers: request.headers.filter((_, place, all) => !isOwn(all[place - (place % 2)] ?? '')),
      body: request.body,
      status: request.status,
      after: waits(marked, request),
    })),
    peak: { from: peakOf(marked, 'from'), to: peakOf(marked, 'to') },
  }
}

const EMPTY = { contacts: 0, seed: 1, quirks: {} }
/** More than ever are in flight together: whoever waits for the last so many of a kind waits for all before them. */
const WAITS_MAX = 32

interface Marked extends Omit<Step, 'after'> {
  readonly begun: number
  readonly ended: number
  readonly isWrite: boolean
}

function waits(all: readonly Marked[], request: Marked): number[] {
  const earlier = all
    .map((other, place) => ({ other, place }))
    .filter(({ other }) => other.ended < request.begun)
    .filter(({ other }) => request.isWrite || other.isWrite || other.side === request.side)
    .sort((a, b) => b.other.ended - a.other.ended)
  const kinds = Map.groupBy(earlier, ({ other }) => `${other.side} ${other.isWrite}`)
  return [...kinds.values()].flatMap((kind) => kind.slice(0, WAITS_MAX).map(({ place }) => place))
}

function peakOf(all: readonly Marked[], side: Side): number {
  const mine = all.filter((request) => request.side === side)
  const together = mine.map(
    (one) => mine.filter((other) => other.begun <= one.begun && one.begun < other.ended).length,
  )
  return Math.max(1, ...together)
}

function pairs(headers: readonly string[]): [string, string][] {
  return headers.flatMap((name, place) =>
    place % 2 === 0 ? [[name, headers[place + 1] ?? ''] as [string, string]] : [],
  )
}

/** Headers that the sender makes itself. */
function isOwn(name: string): boolean {
  return ['host', 'content-length', 'connection'].includes(name.toLowerCase())
}
