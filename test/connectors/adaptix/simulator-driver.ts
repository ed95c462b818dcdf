/** Drives the simulated server in the tests of this folder: a clock by hand and requests as a client sends them. */
import {
  type AdaptixSimulator,
  createSimulator,
  personAuth,
} from '../../../connectors/adaptix/simulator.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body; tests look into it freely. */
  readonly json: Json
}
/** A body of unknown depth that answers undefined for what it lacks. */
export interface Json {
  readonly [key: string]: Json
  readonly [index: number]: Json
}
export interface Driver {
  readonly simulator: AdaptixSimulator
  /** Moves the clock. */
  advance(ms: number): void
  get(path: string): Reply
  send(method: string, path: string, body?: unknown): Reply
  /** As the person at the screen. */
  person(method: string, path: string, body?: unknown): Reply
  raw(method: string, url: string, headers: Record<string, string>, body: string): Reply
}

const seed = 7

export function start(quirks: Readonly<Record<string, unknown>> = {}, contacts = 0): Driver {
  let now = Date.UTC(2026, 2, 1, 9, 15)
  const simulator = createSimulator({ contacts, seed, now: () => now, quirks })
  const { username = '', password = '' } = simulator.auth
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  function raw(method: string, url: string, headers: Record<string, string>, body: string): Reply {
    const answer = simulator.handle({ method, url, headers, body })
    return { ...answer, text: answer.body, json: parse(answer.body) }
  }
  function sendAs(authorization: string, method: string, path: string, body?: unknown): Reply {
    const headers = { authorization, 'content-type': 'application/json' }
    return raw(method, `/api${path}`, headers, body === undefined ? '' : JSON.stringify(body))
  }
  return {
    simulator,
    advance(ms) {
      now += ms
    },
    get: (path) => sendAs(basic, 'GET', path),
    send: (method, path, body) => sendAs(basic, method, path, body),
    person: (method, path, body) => sendAs(personAuth(seed), method, path, body),
    raw,
  }
}

/** Ids of a list in the order of the text, which parsing would lose. */
export function idsOf(reply: Reply): number[] {
  return [...reply.text.matchAll(/"(\d+)":\{"(?:isPublished|id)"/g)].map((match) =>
    Number(match[1]),
  )
}

/** Makes contacts out of bodies, in order, and answers their ids. */
export function create(driver: Driver, ...bodies: readonly object[]): number[] {
  return bodies.map((body) => {
    const reply = driver.send('POST', '/contacts/new', body)
    if (reply.status !== 201) throw new Error(`not created: ${reply.text}`)
    return Number(reply.json['contact']?.['id'])
  })
}

/** Values of a contact by alias. */
export function valuesOf(driver: Driver, id: number): Json {
  const all = driver.get(`/contacts/${id}`).json['contact']?.['fields']?.['all']
  if (all === undefined) throw new Error(`no contact ${id}`)
  return all
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return {} as Json
    throw error
  }
}
