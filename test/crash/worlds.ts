/** The accounts and the people that the scenarios begin with. */
import type { Fault } from '../../src/simulation/faults.ts'
import type { AccountSpec } from './account.ts'
import { add, type Made } from './hands.ts'
import type { FileSpec } from './files.ts'
import type { World } from './world.ts'

export const KEAP: AccountSpec = { platform: 'infusionsoft', quirks: { emptyStart: true } }
export const ADAPTIX: AccountSpec = { platform: 'adaptix' }
export const ROPE: AccountSpec = { platform: 'xml-spec' }
export const CSV_OUT: FileSpec = { platform: 'file', path: 'people.csv', text: null }
export const NDJSON_OUT: FileSpec = { platform: 'file', path: 'people.ndjson', text: null }
export const CSV_IN: FileSpec = {
  platform: 'file',
  path: 'people.csv',
  text: 'id,given name,family name,email,city\n1,Ada,Lovelace,ada@example.com,London\n2,Grace,Hopper,grace@example.com,New York\n3,Alan,Turing,alan@example.com,\n',
}

export const ADA: Made = {
  given: 'Ada',
  family: 'Lovelace',
  email: 'ada@example.com',
  city: 'London',
}
export const GRACE: Made = { given: 'Grace', family: 'Hopper', email: 'grace@example.com' }
export const ALAN: Made = {
  given: 'Alan',
  family: 'Turing',
  email: 'alan@example.com',
  city: 'Wilmslow',
}
export const EDSGER: Made = { given: 'Edsger', family: 'Dijkstra', email: 'edsger@example.com' }
export const NOBODY: Made = { given: 'Nemo', family: 'Nobody' }

export function people({ from }: World, ...made: readonly Made[]): void {
  for (const one of made) add(from, one)
}
export function tagged(made: Made, ...tags: readonly string[]): Made {
  return { ...made, tags }
}

/** Later than any overlap of a scan. */
export function later(world: World): void {
  world.clock.advance(3 * 3_600_000)
}

/** Everybody at the source is at the target, and hours have gone by. */
export async function migrated(world: World, ...made: readonly Made[]): Promise<void> {
  people(world, ...made)
  await settled(world, 'migrate')
}
export async function settled(world: World, kind: 'migrate' | 'sync'): Promise<void> {
  later(world)
  const run = await world.run({ kind })
  if (run.status !== 'done') throw new Error(`the run before was ${run.status}: ${run.reason}`)
  later(world)
}
export async function planned(world: World, ...made: readonly Made[]): Promise<void> {
  people(world, ...made)
  later(world)
  await world.run({ kind: 'plan' })
}

/** A command that is cut off before it begins leaves nothing; these go wrong in the midst. */
export const FAULTS = {
  lost: { kind: 'lostAnswer' },
  reset: { kind: 'resetBefore' },
  cut: { kind: 'truncated' },
  throttled: { kind: 'throttled', retryAfterSeconds: 1 },
  busy: { kind: 'unavailable', retryAfterSeconds: 2 },
  brokenAfter: { kind: 'serverError', tookEffect: true },
  brokenBefore: { kind: 'serverError', tookEffect: false },
  hang: { kind: 'hang', tookEffect: true },
  html: { kind: 'html' },
  twice: { kind: 'duplicated' },
} as const satisfies Readonly<Record<string, Fault>>
