/** The documented requests and answers that stand in the connector's fixtures. */
import { readFileSync } from 'node:fs'

export interface RequestSample {
  readonly documented: string
  readonly operation: string
  readonly input: unknown
  readonly sent: string
}
export const REQUESTS = load('requests.json') as readonly RequestSample[]
export const CONTACT = load('contact.json') as { readonly contact: Record<string, unknown> }
export const LIST = load('list.json') as Record<string, unknown>
export const ANSWERS = load('answers.json') as Readonly<Record<string, Record<string, unknown>>>

function load(name: string): unknown {
  const url = new URL(`../../../connectors/adaptix/fixtures/${name}`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}
