/** The end of a seed: faults off, people stop, sync until quiet; then both accounts must agree and the next plan must be empty. */
import { check, lookBefore } from './checks.ts'
import { bare, mistakes, setAside } from './oracle.ts'
import { mistakesBack } from './oracle-back.ts'
import { isHeldByGuard, type Ended, wordsOf, workRun } from './runs.ts'
import type { World } from './world.ts'

/** I10: how many runs it may take after everybody has stopped, interrupted ones included. */
const RUNS_UNTIL_QUIET_MAX = 4

export async function advanceAll(
  world: World,
  counts: { steps: number; runs: number },
  say: (line: string) => void,
): Promise<void> {
  world.faults.disarm()
  Object.assign(world.skews, { worker: 0, from: 0, to: 0 })
  await world.clock.advance(2 * 3_600_000)
  // Where only a whole reading can know, an incremental one is not asked.
  const needsCensus = world.faults.log.some((kind) => kind.needsCensus === true)
  if (!needsCensus) {
    if (!(await settle(world, counts, say, false))) return
    // What incremental runs bring is all there is to bring.
    for (const { invariant, text } of await allMistakes(world, 'incremental'))
      world.watch.say(invariant, `${text} (incremental runs)`)
    if (world.watch.violations.length > 0) return
  }
  if (!(await settle(world, counts, say, true))) return
  for (const { invariant, text } of await allMistakes(world, 'whole'))
    world.watch.say(invariant, text)
  await expectEmptyPlan(world, counts, say)
}

async function allMistakes(world: World, reading: 'incremental' | 'whole') {
  const back = world.deal.isTwoWay ? await mistakesBack(world, reading) : []
  return [...(await mistakes(world, reading)), ...back]
}

async function settle(
  world: World,
  counts: { steps: number; runs: number },
  say: (line: string) => void,
  isFull: boolean,
): Promise<boolean> {
  let ended: Ended | null = null
  const began = world.clock.now()
  let resumed = 0
  for (let n = 0; n - resumed < RUNS_UNTIL_QUIET_MAX; n++) {
    ended = await quietRun(world, counts, say, { kind: 'sync', isFull })
    if (await isHeldByGuard(world, ended)) world.isConfirmed = true
    if (ended.kind !== 'rested' || ended.run.status !== 'done') continue
    // A run that was resumed had read before everybody stopped.
    if (ended.run.startedAt < began) {
      resumed = 1
      continue
    }
    // What is refused each time waits for a person, and is tried each time.
    const isRefused = ended.counts.applied === 0 && (await setAside(world)).size > 0
    if (ended.writes === 0 || isRefused) return true
    await world.clock.advance(600_000)
  }
  if (ended !== null)
    world.watch.say(
      'I10',
      `still writing after ${RUNS_UNTIL_QUIET_MAX} quiet runs: ${wordsOf(ended)}`,
    )
  return false
}

async function quietRun(
  world: World,
  counts: { steps: number; runs: number },
  say: (line: string) => void,
  { kind, isFull }: { readonly kind: 'sync' | 'plan'; readonly isFull: boolean },
): Promise<Ended> {
  const before = await lookBefore(world)
  const ended = await workRun(world, {
    request: { sync: 'move', kind, isFull, plan: null },
    n: counts.runs++,
    isCalm: true,
    between: () => {
      counts.steps += 1
    },
  })
  say(`quiet ${kind}${isFull ? ' (full)' : ''}: ${wordsOf(ended)}`)
  if (ended.kind === 'threw') world.watch.say('I10', `a quiet run threw ${ended.error.stack}`)
  await check(world, before, ended)
  return ended
}

async function expectEmptyPlan(
  world: World,
  counts: { steps: number; runs: number },
  say: (line: string) => void,
): Promise<void> {
  const ended = await quietRun(world, counts, say, { kind: 'plan', isFull: true })
  if (ended.kind !== 'rested' || ended.run.plan === null) {
    world.watch.say('I11', `no plan: ${wordsOf(ended)}`)
    return
  }
  const aside = await setAside(world)
  const asideThere = await setAside(world, ['hold', 'reject'], 'to')
  const planned = await world.store.plans.ops(ended.run.plan, {
    afterSeq: 0,
    untilSeq: null,
    limit: 1_000,
    states: null,
    buckets: ['create', 'update'],
  })
  for (const { op } of planned)
    if (!aside.has(bare(op.fromId ?? '')) && !asideThere.has(bare(op.toId ?? '')))
      world.watch.say(
        'I11',
        `the next plan would still ${op.bucket} ${op.fromId}: ${JSON.stringify(op.fields)}`,
      )
}
