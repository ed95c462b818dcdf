import { describe, expect, test } from 'vitest'

import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import { FAULT_KINDS, type FaultKind, faultPlan } from '../../src/simulation/faults.ts'
import { play } from '../../src/simulation/play.ts'
import { randomStream, seedOf } from '../../src/simulation/random.ts'
import { scripted } from '../http/scripted.ts'

const REQUEST: SimulatedRequest = { method: 'GET', url: '/api/x', headers: {}, body: '' }
const RATES = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0.05])) as Record<
  FaultKind,
  number
>

describe('a fault plan', () => {
  const fates = (seed: number, count = 400) => {
    const plan = faultPlan({ seed, rates: RATES })
    return { plan, fates: Array.from({ length: count }, () => plan.next(REQUEST)) }
  }

  test('is the same for the same seed, and another for another', () => {
    expect(fates(7).fates).toEqual(fates(7).fates)
    expect(fates(7).fates).not.toEqual(fates(8).fates)
  })

  test('keeps to its rates, and counts by kind', () => {
    const { plan, fates: dealt } = fates(1, 20_000)
    for (const kind of FAULT_KINDS) {
      expect(plan.counts[kind]).toBe(dealt.filter((fault) => fault?.kind === kind).length)
      expect(plan.counts[kind] / 20_000).toBeCloseTo(0.05, 2)
    }
    expect(plan.requests).toBe(20_000)
  })

  test('decides by the number of the request alone, so sparing some changes nothing for others', () => {
    const spared = faultPlan({
      seed: 7,
      rates: RATES,
      only: (request) => request.method === 'POST',
    })
    const mixed = Array.from({ length: 400 }, (_, n) =>
      spared.next({ ...REQUEST, method: n % 2 === 0 ? 'GET' : 'POST' }),
    )
    expect(mixed).toEqual(fates(7).fates.map((fault, n) => (n % 2 === 0 ? null : fault)))
  })

  test('deals nothing where nothing was asked for, and refuses more than everything', () => {
    const plan = faultPlan({ seed: 3, rates: {} })
    for (let n = 0; n < 100; n++) expect(plan.next(REQUEST)).toBeNull()
    expect(() => faultPlan({ seed: 3, rates: { hang: 0.6, slow: 0.6 } })).toThrow(RangeError)
    const always = faultPlan({ seed: 3, rates: { hang: 1 } })
    for (let n = 0; n < 100; n++) expect(always.next(REQUEST)?.kind).toBe('hang')
  })
})

describe('a request under a fault', () => {
  test.each([
    [null, 1, 'answer'],
    [{ kind: 'lostAnswer' }, 1, 'reset'],
    [{ kind: 'resetBefore' }, 0, 'reset'],
    [{ kind: 'throttled', retryAfterSeconds: 1 }, 0, 'answer'],
    [{ kind: 'unavailable', retryAfterSeconds: null }, 0, 'answer'],
    [{ kind: 'serverError', tookEffect: true }, 1, 'answer'],
    [{ kind: 'serverError', tookEffect: false }, 0, 'answer'],
    [{ kind: 'slow', delayMs: 5 }, 1, 'answer'],
    [{ kind: 'truncated' }, 1, 'cut'],
    [{ kind: 'html' }, 0, 'answer'],
    [{ kind: 'hang', tookEffect: true }, 1, 'hang'],
    [{ kind: 'hang', tookEffect: false }, 0, 'hang'],
    [{ kind: 'duplicated' }, 2, 'answer'],
  ] as const)('%j takes effect %i times and ends as %s', (fault, effects, scene) => {
    const simulator = scripted(() => ({}))
    expect(play(simulator, REQUEST, fault).kind).toBe(scene)
    expect(simulator.seen).toHaveLength(effects)
  })
})

test('random streams are even, and those of neighbouring seeds have nothing to do with each other', () => {
  const draws = Array.from({ length: 10_000 }, (_, n) => randomStream(seedOf(1, n))())
  expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1)
  expect(new Set(draws).size).toBeGreaterThan(9_990)
  const steps = draws.slice(1).map((draw, n) => Math.sign(draw - (draws[n] ?? 0)))
  expect(Math.abs(steps.reduce((sum, step) => sum + step, 0))).toBeLessThan(200)
  const stream = randomStream(1)
  for (let n = 0; n < 1000; n++) {
    const draw = stream()
    expect(draw >= 0 && draw < 1).toBe(true)
  }
})
