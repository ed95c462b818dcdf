/** The whole engine in simulated worlds: people, faults, crashes and clocks by seed, and no promise broken. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { page, tableOf } from '../docs/pages.ts'
import { playAll } from './crew.ts'
import { CELLS, FAULTS } from './faults/table.ts'
import { INVARIANTS } from './invariants.ts'
import { PHASES } from './phase.ts'
import { play, STEPS_MIN } from './play.ts'
import { REGRESSIONS } from './regressions.ts'
import { replayOf } from './shrink.ts'
import type { Told } from './told.ts'

/** Enough for every pair of platforms and nearly every cell of the fault matrix; `npm run simulate:world` plays more. */
const SEEDS = 200

function broken(all: readonly Pick<Told, 'seed' | 'violations'>[]): readonly string[] {
  return all.flatMap(({ seed, violations }) =>
    violations
      .slice(0, 1)
      .map(({ invariant, text }) => `${invariant}: ${text}\n  again: ${replayOf({ seed })}`),
  )
}

it(`keeps its promises in ${SEEDS} worlds`, async () => {
  const all = await playAll(
    Array.from({ length: SEEDS }, (_, seed) => ({ seed })),
    1,
    () => {},
  )
  expect(broken(all)).toEqual([])
  expect(Math.min(...all.map(({ steps }) => steps))).toBeGreaterThanOrEqual(STEPS_MIN)
}, 1_800_000)

it('keeps them where it once did not', async () => {
  const all = await playAll(REGRESSIONS, 1, () => {})
  expect(broken(all)).toEqual([])
}, 600_000)

it('I21: the same seed is the same world', async () => {
  const [once, again] = [await play({ seed: 4 }), await play({ seed: 4 })]
  expect(once.trace).toBe(again.trace)
  expect([...once.struck]).toEqual([...again.struck])
})

describe('the table of faults', () => {
  it('has sixty kinds or more, each once', () => {
    const names = FAULTS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(60)
  })

  it('says of every cell that cannot be hit why not', () => {
    expect(CELLS.length).toBeGreaterThan(FAULTS.length)
    const mute = FAULTS.filter(
      ({ phases, elsewhere }) => phases.length < PHASES.length !== (elsewhere !== ''),
    )
    expect(mute.map(({ name }) => name)).toEqual([])
  })
})

describe('the promises of the design', () => {
  const own = Object.entries(INVARIANTS).filter(([, { as }]) => as === undefined)

  it('are all asserted here, each where the table says', () => {
    expect(Object.keys(INVARIANTS)).toEqual(Array.from({ length: 27 }, (_, n) => `I${n + 1}`))
    const dropped = own.filter(([name, { assertedIn }]) => {
      const text = readFileSync(new URL(assertedIn, import.meta.url), 'utf8')
      return !new RegExp(`(?:say\\(\\s*|invariant: |[?:] )'${name}'|'${name}:`).test(text)
    })
    expect(dropped.map(([name]) => name)).toEqual([])
  })

  it('are told under their own name, or under one that is', () => {
    const names = new Set(own.map(([name]) => name))
    const lost = Object.values(INVARIANTS).filter(({ as }) => as !== undefined && !names.has(as))
    expect(lost).toEqual([])
  })

  it('stand in the document for people, with the same words', () => {
    const rows = tableOf(page('docs/architecture.md'), 'Invariant', 'Promise', 'Held by')
    expect(rows).toEqual(
      Object.entries(INVARIANTS).map(([name, { promise, as, how }]) => [
        name,
        promise,
        as === undefined ? how : `${how} (as ${as})`,
      ]),
    )
  })
})
