/** The outermost layer: form fields in, a body with a status out. */
import type { SimulatedRequest, SimulatedResponse } from '../../../src/connector/simulator.ts'
import type { Quirks } from './quirks.ts'

/** Names are case-sensitive. */
export interface Form {
  readonly email: string | null
  readonly password: string | null
  readonly token: string | null
  readonly xml: string
}

/** The documented path, and the older one that clients still use. */
export const PATHS = ['/api-xml', '/xml.pl'] as const

/** null: not a form with a document in it. */
export function readForm(request: SimulatedRequest, quirks: Quirks): Form | null {
  const fields = fieldsOf(request, quirks)
  const xml = fields?.get('xml') ?? ''
  if (fields === null || xml.trim() === '') return null
  return {
    email: fields.get('email'),
    password: fields.get('password'),
    token: fields.get('auth_token'),
    xml,
  }
}

export function pathOf(request: SimulatedRequest): string {
  return (request.url.split('?', 1)[0] ?? '').replace(/\/+$/, '')
}

/** Name of the operation a document asks for, from its first start tag alone; null: none. */
export function operationOf(xml: string): string | null {
  const root = /<([A-Za-z_][\w.-]*)/.exec(xml)?.[1]
  if (root === undefined) return null
  return root.endsWith('Request') ? root.slice(0, -'Request'.length) : root
}

export function answer(
  status: number,
  body: string,
  type: 'xml' | 'json' | 'html',
): Omit<SimulatedResponse, 'headers'> & { readonly type: string } {
  return { status, body, type: CONTENT_TYPES[type] }
}

const CONTENT_TYPES = {
  xml: 'text/xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
} as const

export function htmlPage(title: string): string {
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1><hr><p>Apache/2.2.15<br></body></html>\n`
}

function fieldsOf(request: SimulatedRequest, quirks: Quirks): URLSearchParams | null {
  if (request.method === 'POST') {
    const type = request.headers['content-type'] ?? ''
    if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) return null
    return new URLSearchParams(request.body)
  }
  if (request.method !== 'GET' || !quirks.get) return null
  const at = request.url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1))
}
