/** `GetContacts`: criteria, the documented order, pages by number over a set that moves. */
import type { Contact } from './account.ts'
import { attribute, type Call, Interruption } from './call.ts'
import { contactElement } from './contact-element.ts'
import { type Element, leaf } from './element.ts'
import { REFUSALS } from './refusal.ts'
import { type Selection, selection } from './selection.ts'

const chunkSizeDefault = 100

/** Pages that the quirks `repeatPage` and `shortPage` still have to spoil. */
export interface Spoiling {
  repeats: number
  shorts: number
}

export interface ContactReader {
  getContacts(call: Call): Element[]
}

/** `afterPage` is told of every page that was served, so that somebody else can change things in between. */
export function contactReader(spoiling: Spoiling, afterPage: () => void): ContactReader {
  const select: Selection = selection()
  return {
    getContacts(call) {
      const { quirks } = call.world
      const rows = select(call)
      const chunk = chunkOf(call)
      if (chunk === null && quirks.unpagedMax > 0 && rows.length > quirks.unpagedMax) {
        throw new Interruption(504, 'Gateway Time-out')
      }
      const page = chunk === null ? rows : slice(rows, chunk, { call, spoiling })
      if (page.length === 0 && quirks.emptyResult === 'error') {
        throw REFUSALS.nothingFound('contacts')
      }
      const withScores = attribute(call, call.root, 'do_lead_scoring') === 'true'
      const made = elements(call, page, withScores)
      const answer = [
        leaf('Result', 'Success'),
        // A page is made before anybody else may change it; a whole account is made while it is written.
        { name: 'Contacts', children: chunk === null ? made : [...made] },
        leaf('TotalMatchingContacts', total(rows.length, page.length, quirks.total)),
      ]
      if (chunk !== null) afterPage()
      return answer
    },
  }
}

function* elements(call: Call, page: readonly Contact[], withScores: boolean): Iterable<Element> {
  const show = { quirks: call.world.quirks, withScores }
  for (const contact of page) {
    const account = call.world.account(contact.account)
    if (account === undefined) continue
    call.watch.shown(contact)
    yield contactElement(contact, account, show)
  }
}

interface Chunk {
  readonly page: number
  readonly size: number
}

/** null: everything in one document. XML is paged only on request, JSON with `get_all` always. */
function chunkOf(call: Call): Chunk | null {
  const { quirks } = call.world
  const page = attribute(call, call.root, 'start_chunk_page')
  const size = attribute(call, call.root, 'start_chunk_size')
  const isAll = attribute(call, call.root, 'get_all') === 'true'
  const isForced = call.isJson && (isAll || quirks.jsonAlwaysPaged)
  if (page === undefined && size === undefined && !isForced) return null
  const wanted = whole(size, 'start_chunk_size', chunkSizeDefault) || chunkSizeDefault
  return {
    page: whole(page, 'start_chunk_page', 0),
    size: quirks.pageSizeMax > 0 ? Math.min(wanted, quirks.pageSizeMax) : wanted,
  }
}

function whole(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text.trim())) throw REFUSALS.parameter(`${name} must be a number`)
  return Number(text)
}

function slice(
  rows: readonly Contact[],
  chunk: Chunk,
  at: { readonly call: Call; readonly spoiling: Spoiling },
): readonly Contact[] {
  const { quirks } = at.call.world
  let { page } = chunk
  if (page > 0 && page === quirks.repeatPage && at.spoiling.repeats > 0) {
    at.spoiling.repeats--
    page--
  }
  const found = rows.slice(page * chunk.size, (page + 1) * chunk.size)
  if (page > 0 && page === quirks.shortPage && at.spoiling.shorts > 0) {
    at.spoiling.shorts--
    return found.slice(0, Math.floor(found.length / 2))
  }
  return quirks.unsorted ? found.toReversed() : found
}

function total(all: number, page: number, rule: 'set' | 'page' | 'wrong'): number {
  if (rule === 'page') return page
  return rule === 'wrong' ? all + 1 : all
}
