/** A world that is closed whatever happens in it, and words for what checks ask of one. */
import assert from 'node:assert/strict'
import { idOf } from '../crash/hands.ts'
import { type Command, openWorld, type World, type WorldSpec } from '../crash/world.ts'
import type { RunRecord } from '../../src/state/runs.ts'
import { summed } from '../../src/report/run-document.ts'
import type { Books } from '../../src/plan/books.ts'
import type { CaseKind } from '../../src/state/cases.ts'

export async function inWorld(
  spec: WorldSpec,
  work: (world: World) => Promise<void>,
): Promise<void> {
  const world = await openWorld(spec)
  try {
    await work(world)
  } finally {
    await world.close()
  }
}

export async function done(world: World, command: Command): Promise<RunRecord> {
  const run = await world.run(command)
  assert.equal(run.status, 'done', run.reason ?? '')
  assert.ok(countsOf(run).balanced, 'the books do not balance')
  return run
}

export function countsOf(run: RunRecord): ReturnType<typeof summed> {
  return summed((run.facts['books'] ?? []) as readonly Books[])
}

/** A second run, a whole one, finds nothing to do. */
export async function agrees(world: World): Promise<void> {
  const before = world.to.simulator.counts.write
  await done(world, { kind: 'sync', isFull: true })
  assert.equal(world.to.simulator.counts.write - before, 0, 'a second run writes again')
}

export async function casesOf(world: World, kind: CaseKind): Promise<readonly string[]> {
  const cases = await world.state.store.cases.list({ sync: 'move', kind, limit: 100 })
  return cases.map(({ label }) => label)
}

/** The person at the target by given name. */
export function there(world: World, given: string) {
  const id = idOf(world.to, given)
  const found = world.to.simulator.snapshot().find((contact) => contact.id === id)
  assert.ok(found)
  return found
}

/** How many at the target have that given name. */
export function countOf(world: World, given: string): number {
  return world.to.simulator
    .snapshot()
    .filter(({ fields }) =>
      [fields['firstname'], fields['FirstName'], fields['Firstname']].includes(given),
    ).length
}
