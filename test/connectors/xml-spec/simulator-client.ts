/** The barest client of a simulated platform: form in, tree out, nothing repaired. */
import { readDocument, type Node } from '../../../connectors/xml-spec/simulator/document.ts'
import { createXmlSpec, type XmlSpecSimulator } from '../../../connectors/xml-spec/simulator.ts'
import type { SimulatedRequest, SimulatedResponse } from '../../../src/connector/simulator.ts'

export interface TestClient {
  readonly simulator: XmlSpecSimulator
  /** Epoch milliseconds; tests move it. */
  readonly clock: { now: number }
  /** Sends the document with a token (fetched on first use). */
  send(xml: string): SimulatedResponse
  /** The same, read as strict XML. */
  ask(xml: string): Node
}

/** 2026-11-20 12:00:00 in the zone of the stamps. */
export const NOON = Date.UTC(2026, 10, 20, 20)

/** Well-formed answers unless a test asks otherwise. */
export function client(
  quirks: Readonly<Record<string, unknown>> = {},
  more: { readonly contacts?: number; readonly now?: number } = {},
): TestClient {
  const clock = { now: more.now ?? NOON }
  const simulator = createXmlSpec({
    contacts: more.contacts ?? 40,
    seed: 7,
    now: () => clock.now,
    quirks: { unclosedGroup: 0, ...quirks },
  })
  let token: string | null = null
  function send(xml: string): SimulatedResponse {
    token ??= login(simulator)
    return simulator.handle(post({ email: simulator.auth['email'] ?? '', auth_token: token, xml }))
  }
  return { simulator, clock, send, ask: (xml) => readDocument(send(xml).body) }
}

export function post(fields: Readonly<Record<string, string>>): SimulatedRequest {
  return {
    method: 'POST',
    url: '/api-xml',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  }
}

export function login(simulator: XmlSpecSimulator): string {
  const { body } = simulator.handle(
    post({ ...simulator.auth, xml: '<GetAuthTokenRequest></GetAuthTokenRequest>' }),
  )
  const token = text(readDocument(body), 'Token')
  if (token === undefined) throw new Error(`no token: ${body}`)
  return token
}

/** Text at a path of child names, the first of each. */
export function text(node: Node, ...path: readonly string[]): string | undefined {
  let at: Node | undefined = node
  for (const name of path) at = at?.children.find((child) => child.name === name)
  return at?.text
}
export function contacts(root: Node): readonly Node[] {
  return root.children.find((child) => child.name === 'Contacts')?.children ?? []
}
export function ids(root: Node): readonly string[] {
  return contacts(root).map((contact) => text(contact, 'Contact_id') ?? '')
}
/** Names of the children, in order. */
export function names(node: Node | undefined): readonly string[] {
  return node?.children.map((child) => child.name) ?? []
}
