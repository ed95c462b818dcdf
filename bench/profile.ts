/** Where a migration spends the engine's processor time: the functions with the most time of their own, from a profile of its process. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, Benchmark, Line } from './benchmark.ts'
import { runEngine } from './engine.ts'
import { amount } from './table.ts'
import { openWorld } from './world.ts'

export const profile: Benchmark = {
  name: 'profile',
  about: 'which functions of the engine take the processor time of a migration',
  isDefault: false,
  async run(bench) {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-profile-'))
    try {
      return await measure(bench, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Functions shown. */
const SHOWN = 20

/** What is read of a `.cpuprofile`. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}
interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
  }
  readonly children?: readonly number[]
}

async function measure(bench: Bench, folder: string): Promise<readonly Line[]> {
  bench.say(`profile: a migration of ${amount(bench.contacts)} contacts`)
  const world = await openWorld({ contacts: bench.contacts })
  try {
    await runEngine(world, ['migrate', 'move'], { profile: folder })
  } finally {
    await world.close()
  }
  // The program starts itself anew, and each start writes a profile: the run is by far the longest.
  const profiles = await Promise.all(
    (await readdir(folder)).map(
      async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile,
    ),
  )
  const [profiled] = profiles.sort((a, b) => b.samples.length - a.samples.length)
  if (profiled === undefined) throw new Error('the engine wrote no profile')
  const { busyMs, own, whole, folders } = sums(profiled)
  const top = (times: ReadonlyMap<string, number>, word: string) =>
    [...times]
      .sort((a, b) => b[1] - a[1])
      .slice(0, SHOWN)
      .map(
        ([place, ms]): Line => ({
          benchmark: 'profile',
          what: place,
          measured: `${amount(ms)} ms ${word}`,
          reference: `${amount(busyMs)} ms busy`,
          value: (ms / busyMs) * 100,
          unit: '%',
          bar: null,
        }),
      )
  return [...top(folders, 'in all'), ...top(own, 'own'), ...top(whole, 'with all it calls')]
}

/** Milliseconds by folder and by function, idling left out: by itself, and with everything that it calls (recursion counted once). */
function sums({ nodes, samples, timeDeltas }: CpuProfile) {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  const spent = new Map<number, number>()
  for (const [place, id] of samples.entries()) {
    spent.set(id, (spent.get(id) ?? 0) + Math.max(0, timeDeltas[place] ?? 0) / 1000)
  }
  const own = new Map<string, number>()
  const whole = new Map<string, number>()
  const folders = new Map<string, number>()
  let busyMs = 0
  for (const [id, ms] of spent) {
    const node = byId.get(id)
    if (node === undefined || IDLE.has(node.callFrame.functionName)) continue
    busyMs += ms
    add(own, placeOf(node), ms)
    add(folders, folderOf(node), ms)
    const above = new Set<string>()
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const each = byId.get(at)
      if (each?.callFrame.url.includes(OURS) === true) above.add(placeOf(each))
    }
    for (const place of above) add(whole, place, ms)
  }
  return { busyMs, own, whole, folders }
}

const IDLE = new Set(['(idle)', '(root)', '(program)'])
const OURS = new URL('..', import.meta.url).pathname

function placeOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file =
    url === '' ? '' : ` ${url.replace(/^file:\/\//, '').replace(OURS, '')}:${lineNumber + 1}`
  return `${functionName === '' ? '(anonymous)' : functionName}${file}`
}

/** `src/plan`, `connectors/adaptix`, `node_modules/kysely`, `node:internal`; what has no file is the runtime's own, by name. */
function folderOf({ callFrame: { functionName, url } }: ProfileNode): string {
  if (url === '') return `runtime ${functionName}`
  if (url.startsWith('node:')) return 'node:internal'
  const packaged = url.lastIndexOf('node_modules/')
  const path =
    packaged === -1 ? url.replace(/^file:\/\//, '').replace(OURS, '') : url.slice(packaged)
  const parts = path.split('/')
  const isScoped = packaged !== -1 && parts[1]?.startsWith('@') === true
  return parts.slice(0, isScoped ? 3 : 2).join('/')
}

function add(sum: Map<string, number>, key: string, ms: number) {
  sum.set(key, (sum.get(key) ?? 0) + ms)
}
