/** The shapes of answers on the HTTP level. */
import type { SimulatedResponse } from '../../../src/connector/simulator.ts'

export function xmlAnswer(body: string): SimulatedResponse {
  return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body }
}

export function jsonAnswer(status: number, body: unknown): SimulatedResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

export function htmlAnswer(status: number, title: string): SimulatedResponse {
  return {
    status,
    headers: { 'content-type': 'text/html;charset=UTF-8' },
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><br></body></html>`,
  }
}

/** Above a limit. There is no Retry-After. */
export function quotaAnswer(): SimulatedResponse {
  return jsonAnswer(429, { code: '429', message: 'Quota Exceeded', status: 'Request Throttled' })
}
