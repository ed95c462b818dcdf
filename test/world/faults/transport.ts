/** What goes wrong between a process and a platform: 22 kinds, each on reading and on writing. */
import type { SimulatedResponse } from '../../../src/connector/simulator.ts'
import type { Fault } from '../../../src/simulation/faults.ts'
import type { Fate, FaultKind, Passing } from '../fault.ts'
import type { Phase } from '../phase.ts'

const SENDING = ['pull', 'plan', 'apply', 'verify'] as const satisfies readonly Phase[]
const NOBODY_SENDS = 'no process runs at rest, so no request is under way'

export const TRANSPORT: readonly FaultKind[] = [
  network('time-out before effect', { kind: 'hang', tookEffect: false }),
  network('time-out after effect', { kind: 'hang', tookEffect: true }),
  network('reset before effect', { kind: 'resetBefore' }),
  network('reset after effect', { kind: 'lostAnswer' }),
  network('answer cut half-way', { kind: 'truncated' }),
  network('delivered twice', { kind: 'duplicated' }),
  network('answer late', { kind: 'slow', delayMs: 9_000 }),
  network('answer after the time-out', { kind: 'slow', delayMs: 12_000 }),
  network('429 with seconds', { kind: 'throttled', retryAfterSeconds: 7 }),
  network('429 without a hint', { kind: 'throttled', retryAfterSeconds: null }),
  network('503 with Retry-After', { kind: 'unavailable', retryAfterSeconds: 5 }),
  network('500 before effect', { kind: 'serverError', tookEffect: false }),
  network('500 after effect', { kind: 'serverError', tookEffect: true }),
  network('web page in place of an answer', { kind: 'html' }),
  wire(
    'request arrives after the time-out',
    ({ isWrite }) =>
      // A read that arrives late is a read nobody hears of; the kinds above have it.
      isWrite ? { arrivesAfterMs: 10_600 } : null,
    ['apply'],
    'only a write has an effect when it arrives late',
  ),
  wire('429 with a date', ({ world, side }) => {
    const until = new Date(world.clock.now() + world.skews[side] + 8_000).toUTCString()
    return {
      refusal: said(429, 'Too Many Requests', { 'retry-after': until, date: dateOf(world, side) }),
    }
  }),
  wire('burst of 503', () => ({ refusal: said(503, 'Service Unavailable'), more: 3 })),
  wire('burst of 502', () => ({ refusal: said(502, '<html>Bad Gateway</html>'), more: 4 })),
  wire('login refused until the run ends', () => ({
    refusal: said(401, '{"errors":[{"code":401}]}'),
    more: 12,
  })),
  wire('rights reduced for a while', () => ({
    refusal: said(403, '{"errors":[{"code":403}]}'),
    more: 4,
  })),
  wire('empty body', ({ isWrite }) =>
    isWrite ? null : { answer: (response) => ({ ...response, body: '' }) },
  ),
  wire('answer in another shape', ({ isWrite }) =>
    isWrite ? null : { answer: (response) => ({ ...response, body: '{"ok":true}' }) },
  ),
  wire('long outage', () => ({ refusal: said(504, 'Gateway Time-out'), more: 14 })),
]

function network(name: string, fault: Fault): FaultKind {
  return wire(name, () => ({ network: fault }))
}

function wire(
  name: string,
  does: (passing: Passing) => Fate | null,
  phases: readonly Phase[] = SENDING,
  elsewhere = NOBODY_SENDS,
): FaultKind {
  return { name, family: 'transport', phases, elsewhere, strike: { kind: 'wire', does } }
}

function said(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): SimulatedResponse {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body }
}

function dateOf(world: Passing['world'], side: Passing['side']): string {
  return new Date(world.clock.now() + world.skews[side]).toUTCString()
}
