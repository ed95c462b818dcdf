import { describe, expect, it } from 'vitest'
import {
  DEFAULT_GUARDS,
  evaluateGuards,
  type GuardFacts,
  type GuardLimits,
} from '../../src/plan/guard.ts'
import type { Guard } from '../../src/plan/plan.ts'
import { emptyTally, type Tally } from '../../src/plan/tally.ts'

const LIMITS: GuardLimits = {
  maxDeletes: 20,
  maxDeletePercent: 10,
  maxOverwritePercent: 20,
  maxChangedPercent: 50,
  maxIrreversibleConsents: 7,
}
const facts = (tally: Partial<Tally>, more: Partial<GuardFacts> = {}): GuardFacts => ({
  tally: { ...emptyTally(), pairs: 1_000, ...tally },
  isFull: true,
  read: { from: 1_000, to: null },
  links: 0,
  limits: LIMITS,
  mappingErrors: [],
  ...more,
})
const stopped = (given: GuardFacts) =>
  evaluateGuards(given)
    .filter((guard) => !guard.ok)
    .map((guard) => guard.name)
const deleting = (count: number) => ({ counts: { ...emptyTally().counts, delete: count } })

/** A measure, the greatest value that is let through, and one more. */
const MEASURES: readonly {
  readonly name: Guard['name']
  readonly key: keyof GuardLimits
  readonly most: number
  tally(measure: number): Partial<Tally>
}[] = [
  { name: 'deletes', key: 'maxDeletes', most: 20, tally: deleting },
  {
    name: 'delete-percent',
    key: 'maxDeletePercent',
    most: 10,
    tally: (measure) => ({ ...deleting(measure), pairs: 100 }),
  },
  {
    name: 'overwrite-percent',
    key: 'maxOverwritePercent',
    most: 200,
    tally: (overwrites) => ({ overwrites }),
  },
  {
    name: 'all-changed',
    key: 'maxChangedPercent',
    most: 500,
    tally: (updatedPairs) => ({ updatedPairs }),
  },
  {
    name: 'irreversible-consent',
    key: 'maxIrreversibleConsents',
    most: 7,
    tally: (irreversibleConsents) => ({ irreversibleConsents }),
  },
]

describe.each(MEASURES)('the guard $name', ({ name, key, most, tally }) => {
  it('lets its limit pass and stops one more', () => {
    expect(stopped(facts(tally(0)))).toEqual([])
    expect(stopped(facts(tally(most)))).toEqual([])
    expect(stopped(facts(tally(most + 1)))).toEqual([name])
  })

  it('says what was measured, what the limit is and how to raise it', () => {
    const guard = evaluateGuards(facts(tally(most + 1))).find((one) => one.name === name)
    expect(guard?.limit).toBe(LIMITS[key])
    expect(guard?.measured).toBeGreaterThan(LIMITS[key])
    expect(guard?.message).toContain(String(guard?.measured))
    const needed = Number(new RegExp(`${key}: (\\d+)`).exec(guard?.hint ?? '')?.[1])
    expect(stopped(facts(tally(most + 1), { limits: { ...LIMITS, [key]: needed } }))).toEqual([])
  })

  it('has no hint where it is content', () => {
    const guard = evaluateGuards(facts(tally(most))).find((one) => one.name === name)
    expect(guard).toMatchObject({ ok: true, hint: '' })
  })
})

describe('percentages', () => {
  it('say nothing below twenty pairs', () => {
    const all = (pairs: number) => facts({ pairs, overwrites: pairs, updatedPairs: pairs })
    expect(stopped(all(19))).toEqual([])
    expect(stopped(all(20))).toEqual(['overwrite-percent', 'all-changed'])
  })

  it('are of all pairs, also of those that an incremental run did not look at', () => {
    expect(stopped(facts({ pairs: 30, updatedPairs: 30 }, { links: 1_000 }))).toEqual([])
    expect(stopped(facts({ pairs: 30, updatedPairs: 30 }, { links: 10 }))).toEqual(['all-changed'])
  })
})

describe('a source without a single contact', () => {
  it('stops a full reading, and no number lets it pass', () => {
    const guard = evaluateGuards(facts({}, { read: { from: 0, to: null } })).find((one) => !one.ok)
    expect(guard).toMatchObject({ name: 'empty-source', limit: null })
    expect(stopped(facts({}, { read: { from: 1, to: null } }))).toEqual([])
  })

  it('stops a two-way sync as well where it is the target, unless nobody was paired yet', () => {
    const read = { from: 9, to: 0 }
    const guard = evaluateGuards(facts({}, { read, links: 9 })).find((one) => !one.ok)
    expect(guard).toMatchObject({ name: 'empty-source', limit: null })
    expect(guard?.message).toBe('the target shows no contact at all')
    expect(stopped(facts({}, { read, links: 0 }))).toEqual([])
  })

  it('is what an incremental reading of a quiet day shows', () => {
    expect(stopped(facts({}, { read: { from: 0, to: 0 }, isFull: false }))).toEqual([])
  })
})

describe('a mapping with errors', () => {
  it('stops the plan and says which', () => {
    const guard = evaluateGuards(facts({}, { mappingErrors: ['fields.2: no such field'] }))[0]
    expect(guard).toMatchObject({ name: 'mapping', ok: false })
    expect(guard?.message).toContain('no such field')
  })
})

describe('without a word in the configuration', () => {
  it('few deletes, few overwrites and no irreversible opt-out of existing people pass', () => {
    expect(DEFAULT_GUARDS).toEqual({
      maxDeletes: 20,
      maxDeletePercent: 1,
      maxOverwritePercent: 20,
      maxChangedPercent: 50,
      maxIrreversibleConsents: 0,
    })
    expect(stopped(facts({ irreversibleConsents: 1 }, { limits: DEFAULT_GUARDS }))).toEqual([
      'irreversible-consent',
    ])
  })
})

it('lets everybody be overwritten where the limit is 100, also pairs that the plan itself joins', () => {
  const limits = { ...LIMITS, maxOverwritePercent: 100, maxChangedPercent: 100 }
  const joined = facts({ pairs: 22, overwrites: 23, updatedPairs: 23 }, { links: 22, limits })
  expect(stopped(joined)).toEqual([])
  expect(stopped({ ...joined, limits: LIMITS })).toEqual(['overwrite-percent', 'all-changed'])
})
