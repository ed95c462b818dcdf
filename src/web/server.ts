/** The local dashboard: pages over the same use cases as the command line, on loopback, for whoever has the token. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SCRIPT, STYLE } from './assets.ts'
import { html } from './html.ts'
import { framed } from './page.ts'
import { routeOf } from './routes.ts'
import { cookieOf, type Door, judge, TOKEN_PARAMETER, type Verdict } from './session.ts'
import type { Answer, Desk } from './visit.ts'

export interface ServeOptions extends Desk {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** A page that broke. */
  onError(error: unknown): void
}
export interface Serving {
  /** With the token. */
  readonly url: string
  close(): Promise<void>
}

const FORM_BYTES_MAX = 200_000
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export async function serveDashboard(options: ServeOptions): Promise<Serving> {
  const closing = new AbortController()
  const server = createServer()
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  const names = new Set([shownHost(options.host), '127.0.0.1', 'localhost', '[::1]'])
  const door: Door = {
    token: randomBytes(24).toString('base64url'),
    hosts: [...names].map((name) => `${name}:${port}`),
    port,
  }
  server.on('request', (request, response) => {
    // Nothing here may end the program: a page that breaks says so and is told.
    void respond(request, response, { options, door, signal: closing.signal }).catch(
      (error: unknown) => {
        if (closing.signal.aborted || response.destroyed) return
        options.onError(error)
        if (response.headersSent) response.destroy()
        else plain(response, 500, 'This page failed; the terminal says why.')
      },
    )
  })
  return {
    url: `http://${shownHost(options.host)}:${port}/?${TOKEN_PARAMETER}=${door.token}`,
    async close() {
      closing.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function shownHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

interface Serve {
  readonly options: ServeOptions
  readonly door: Door
  readonly signal: AbortSignal
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { options, door, signal }: Serve,
): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  const url = new URL(request.url ?? '/', `http://${door.hosts[0] ?? ''}`)
  const verdict = judge(door, request, url)
  if (verdict === 'enter') {
    // The token leaves the address, so that neither history nor a shared screen keeps it.
    response.setHeader('set-cookie', cookieOf(door))
    url.searchParams.delete(TOKEN_PARAMETER)
    return go(response, `${url.pathname}${url.search}`)
  }
  if (verdict !== 'welcome') return plain(response, REFUSED[verdict].code, REFUSED[verdict].text)
  const { method = 'GET' } = request
  if (method === 'GET' && url.pathname === '/style.css') return asset(response, 'text/css', STYLE)
  if (method === 'GET' && url.pathname === '/app.js')
    return asset(response, 'text/javascript', SCRIPT)
  if (method !== 'GET' && method !== 'POST') return plain(response, 405, 'Only GET and POST.')
  const words = url.pathname
    .split('/')
    .filter((word) => word !== '')
    .map(decoded)
  const found = words.includes(null) ? null : routeOf(method, words as readonly string[])
  if (found === null) return plain(response, 404, 'There is no such page.')
  const form = method === 'POST' ? await formOf(request) : new URLSearchParams()
  if (form === null) return plain(response, 413, 'That is more than a form of this page can hold.')
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const answer = await found.route.answer({
    desk: options,
    rest: found.rest,
    query: url.searchParams,
    form,
    signal: AbortSignal.any([signal, gone.signal]),
  })
  await send(response, answer, { mask: options.mask, path: url.pathname })
}

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

const REFUSED: Readonly<
  Record<Exclude<Verdict, 'welcome' | 'enter'>, { readonly code: number; readonly text: string }>
> = {
  stranger: {
    code: 401,
    text: 'Open the address that "ferry serve" printed, with its token; each start prints a new one.',
  },
  'wrong host': { code: 421, text: 'This server does not answer to that name.' },
  'other site': { code: 403, text: 'Only pages of this server may send forms to it.' },
}

async function send(
  response: ServerResponse,
  answer: Answer,
  frame: Parameters<typeof framed>[0],
): Promise<void> {
  switch (answer.kind) {
    case 'page':
      return page(response, 200, framed(frame, answer.title, answer.body).markup)
    case 'missing':
      return page(
        response,
        404,
        framed(frame, 'Not there', html`<p>There is no ${answer.what}.</p>`).markup,
      )
    case 'document':
      response.setHeader('content-security-policy', answer.policy)
      return page(response, 200, answer.text)
    case 'go':
      return go(response, answer.to)
    case 'events': {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      response.flushHeaders()
      for await (const { name, data } of answer.events)
        response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
      response.end()
    }
  }
}

function page(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/html; charset=utf-8' })
  response.end(text)
}

function plain(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

function asset(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` })
  response.end(text)
}

function go(response: ServerResponse, to: string): void {
  response.writeHead(303, { location: to })
  response.end()
}

/** null: no text. */
function decoded(word: string): string | null {
  try {
    return decodeURIComponent(word)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** null: too long. */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > FORM_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
