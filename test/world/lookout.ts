/**
 * I25, seen from the wire: a contact whose creation was sent, and whose answer its sender cannot have understood, is not created again before
 * somebody has read that account. People are told apart by what the engine writes of them: the marker, else the address.
 */
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import type { Passing } from './fault.ts'

export interface Lookout {
  /** Whom this request creates although nobody has looked; null: nobody. */
  passes(passing: Passing): string | null
  doubts(passing: Passing): void
}

export function lookout(): Lookout {
  // By each of the addresses of a request: whoever asks for one of them has looked.
  const open = new Map<string, readonly string[]>()
  return {
    passes(passing) {
      if (passing.side !== 'to') return null
      if (!passing.isWrite) {
        const asked = textOf(passing.request)
        for (const [person, all] of open)
          if (passing.isList || asked.includes(person)) for (const one of all) open.delete(one)
        return null
      }
      return peopleCreatedBy(passing).find((person) => open.has(person)) ?? null
    },
    doubts(passing) {
      if (passing.side !== 'to' || !passing.isWrite) return
      const people = peopleCreatedBy(passing)
      // Several markers are several people; of addresses a person may have more than one.
      for (const person of people) open.set(person, person.includes('@') ? people : [person])
    },
  }
}

/** Whether an id stands in a request as a number of its own. */
export function mentions(request: SimulatedRequest, id: string): boolean {
  return new RegExp(`(?<![\\d.])${id}(?![\\d.])`).test(textOf(request))
}

const CREATES: Readonly<Record<string, (request: SimulatedRequest) => boolean>> = {
  infusionsoft: ({ body }) => /<methodName>ContactService\.add/.test(body),
  adaptix: ({ method, url }) => method === 'POST' && /^\/api\/contacts\/(?:batch\/)?new/.test(url),
  'xml-spec': ({ body }) => /AddContactsRequest/.test(body),
}

function peopleCreatedBy({ platform, request }: Passing): readonly string[] {
  if (CREATES[platform]?.(request) !== true) return []
  // Behind the login, which is an address too.
  const document = new URLSearchParams(request.body).get('xml')
  const text = document ?? textOf(request)
  const markers = text.match(/source:(?:\d+\/)?\d+/g)
  return markers ?? text.match(/[^\s"<>=:,]+@[^\s"<>=,&]+/g) ?? []
}

function textOf({ url, body }: SimulatedRequest): string {
  const text = `${url} ${body}`.replaceAll('+', ' ')
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
