/** Plays one request against a simulator under a fault: what the platform did, and what travels back. Knows no sockets and no time. */
import type { SimulatedRequest, SimulatedResponse, Simulator } from '../connector/simulator.ts'
import type { Fault } from './faults.ts'

export type Scene =
  | { readonly kind: 'answer'; readonly response: SimulatedResponse; readonly delayMs: number }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  /** The answer is announced whole, half of it comes, the connection ends. */
  | { readonly kind: 'cut'; readonly response: SimulatedResponse }
  /** Nothing comes, the connection stays. */
  | { readonly kind: 'hang' }

export function play(simulator: Simulator, request: SimulatedRequest, fault: Fault | null): Scene {
  if (fault === null) return answer(simulator.handle(request))
  switch (fault.kind) {
    case 'lostAnswer':
      simulator.handle(request)
      return { kind: 'reset' }
    case 'resetBefore':
      return { kind: 'reset' }
    case 'throttled':
      return answer(refusal(429, 'Request Throttled', fault.retryAfterSeconds))
    case 'unavailable':
      return answer(refusal(503, 'Service Unavailable', fault.retryAfterSeconds))
    case 'serverError':
      if (fault.tookEffect) simulator.handle(request)
      return answer(refusal(500, 'Internal Server Error', null))
    case 'slow':
      return { kind: 'answer', response: simulator.handle(request), delayMs: fault.delayMs }
    case 'truncated':
      return { kind: 'cut', response: simulator.handle(request) }
    case 'html':
      return answer(PAGE)
    case 'hang':
      if (fault.tookEffect) simulator.handle(request)
      return { kind: 'hang' }
    case 'duplicated':
      simulator.handle(request)
      return answer(simulator.handle(request))
  }
}

function answer(response: SimulatedResponse): Scene {
  return { kind: 'answer', response, delayMs: 0 }
}

/** As a gateway in front of the platform says it: no Date, and not in the platform's language. */
function refusal(
  status: number,
  words: string,
  retryAfterSeconds: number | null,
): SimulatedResponse {
  return {
    status,
    headers: {
      'content-type': 'text/plain',
      ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: words,
  }
}

const PAGE: SimulatedResponse = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html><head><title>One moment, please</title></head><body><h1>One moment, please</h1></body></html>',
}
