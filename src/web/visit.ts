/** One request as a page sees it, and what a page may answer. */
import type { App } from '../app/app.ts'
import type { Mask } from '../report/mask.ts'
import type { Html } from './html.ts'

export interface Desk {
  readonly app: App
  readonly mask: Mask
  /** Whether holds may be decided here; null: no. Else who decides. */
  readonly decidesAs: string | null
}

export interface Visit {
  readonly desk: Desk
  /** Words of the path behind the page's own. */
  readonly rest: readonly string[]
  readonly query: URLSearchParams
  /** Of a POST; empty for a GET. */
  readonly form: URLSearchParams
  readonly signal: AbortSignal
}

export type Answer =
  | { readonly kind: 'page'; readonly title: string; readonly body: Html }
  /** A whole document with a content policy of its own. */
  | { readonly kind: 'document'; readonly text: string; readonly policy: string }
  | { readonly kind: 'events'; readonly events: AsyncIterable<Event> }
  | { readonly kind: 'go'; readonly to: string }
  | { readonly kind: 'missing'; readonly what: string }

export interface Event {
  readonly name: string
  readonly data: unknown
}

export function missing(what: string): Answer {
  return { kind: 'missing', what }
}
