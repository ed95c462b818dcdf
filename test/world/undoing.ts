/**
 * I15: after all is quiet, people edit at the source, a run brings it over, somebody edits one of those at the target, and the run is undone. The
 * target must be as it was before that run, but for that person's edit and what the plan of the undo names.
 */
import { slotsOf, truth } from '../app/undo-truth.ts'
import { bare } from './oracle.ts'
import { newPerson, wordOf } from './people.ts'
import { type Ended, wordsOf, workRun } from './runs.ts'
import { draws } from './streams.ts'
import type { RunRequest } from '../../src/app/run.ts'
import type { World } from './world.ts'

interface Counts {
  steps: number
  runs: number
}

export async function undoLast(
  world: World,
  counts: Counts,
  say: (line: string) => void,
): Promise<void> {
  const run = async (request: Omit<RunRequest, 'sync' | 'isFull'>): Promise<Ended> => {
    const ended = await workRun(world, {
      request: { sync: 'move', isFull: false, ...request },
      n: counts.runs++,
      isCalm: true,
      between: () => {
        counts.steps += 1
      },
    })
    say(`${request.kind} at the end: ${wordsOf(ended)}`)
    return ended
  }
  peopleEdit(world)
  await world.clock.advance(HOUR_MS)
  const before = truth(world.sides.to.simulator)
  const synced = await run({ kind: 'sync', plan: null })
  if (synced.kind !== 'rested' || synced.run.status !== 'done')
    return world.watch.say('I15', `the run to be undone ended otherwise: ${wordsOf(synced)}`)
  if (synced.counts.applied === 0) return
  await world.clock.advance(HOUR_MS)
  const edited = personEdits(world, before)
  const planned = await run({ kind: 'undo', plan: null, undoes: synced.run.id })
  if (planned.kind !== 'rested' || planned.run.plan === null)
    return world.watch.say('I15', `no plan of the undo: ${wordsOf(planned)}`)
  const undone = await run({ kind: 'apply', plan: planned.run.plan })
  if (undone.kind !== 'rested' || undone.run.status !== 'done')
    return world.watch.say('I15', `the undo was not applied: ${wordsOf(undone)}`)
  await compare(world, { before, plan: planned.run.plan, edited })
}

const HOUR_MS = 3_600_000

function peopleEdit(world: World): void {
  const draw = draws(world.seed, 'edits', UNDO_DRAWS)
  const words = draws(world.seed, 'payloads', UNDO_DRAWS)
  const { hands, simulator } = world.sides.from
  const people = simulator.snapshot()
  for (const contact of [draw.pick(people), draw.pick(people), draw.pick(people)])
    if (contact !== undefined)
      world.history.edit('from', hands, contact.id, {
        [draw.chance(0.5) ? 'city' : 'jobTitle']: wordOf(words),
      })
  const tagged = draw.pick(people)
  if (tagged !== undefined) hands.tag(tagged.id, 'Undo me')
  world.history.create('from', hands, newPerson(world, draw, words))
}
const UNDO_DRAWS = 9_000_000

/** Somebody corrects what the run has just written; null: it only created. */
function personEdits(
  world: World,
  before: ReturnType<typeof truth>,
): { readonly id: string; readonly value: string } | null {
  const { hands, simulator } = world.sides.to
  const now = truth(simulator)
  const written = [...before].find(
    ([id, was]) => now.has(id) && slotsOf(was, now.get(id)).length > 0,
  )
  if (written === undefined || !draws(world.seed, 'edits', UNDO_DRAWS + 1).chance(0.5)) return null
  const value = wordOf(draws(world.seed, 'payloads', UNDO_DRAWS + 1))
  const [id] = written
  return world.history.edit('to', hands, id, { city: value }) ? { id, value } : null
}

async function compare(
  world: World,
  seen: {
    readonly before: ReturnType<typeof truth>
    readonly plan: NonNullable<Parameters<World['store']['plans']['header']>[0]>
    readonly edited: ReturnType<typeof personEdits>
  },
): Promise<void> {
  const { before, plan, edited } = seen
  const say = (text: string) => world.watch.say('I15', text)
  const filter = { afterSeq: 0, untilSeq: null, limit: 1_000, states: null, buckets: null }
  const ops = (await world.store.plans.ops(plan, filter)).map(({ op }) => op)
  const opOf = (id: string) => ops.find(({ toId }) => toId !== null && bare(toId) === id)
  const now = truth(world.sides.to.simulator)
  for (const id of now.keys()) {
    const op = opOf(id)
    // A contact that is told as staying was edited since, or cannot be removed there.
    if (!before.has(id) && (op === undefined || op.bucket === 'delete'))
      say(`${id} was created by the run and is still there`)
  }
  for (const [id, was] of before) {
    const is = now.get(id)
    if (is === undefined) {
      say(`${id} was there before the run and is gone`)
      continue
    }
    const named = opOf(id)?.losses.length ?? 0
    const differing = slotsOf(was, is).filter(
      (slot) => edited?.id !== id || !slot.endsWith(`: ${edited.value}`),
    )
    if (differing.length > named)
      say(`${id} is not as before, ${named} differences named: ${differing.join(' | ')}`)
    if (edited?.id === id && !is.slots.some((slot) => slot.endsWith(`: ${edited.value}`)))
      say(`what somebody wrote at ${id} since is gone: ${edited.value}`)
  }
}
