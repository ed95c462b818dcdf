/** From what arrived to a document: finds out what a body is, forgives what this platform is known to do, and names everything else. Pure. */
import { XMLValidator } from 'fast-xml-parser'
import { scrub } from './characters.ts'
import type { Element } from './element.ts'
import { readJson } from './json.ts'
import { MarkupError, type Read, readMarkup } from './markup.ts'

export interface Reply {
  readonly root: Element
  /** What was repaired, in words for people. */
  readonly notes: readonly string[]
}

/** Why a body is no answer of this platform. All may pass with the next attempt but `malformed` and `json`. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly kind: 'empty' | 'cut' | 'html' | 'json' | 'malformed' | 'foreign'
  constructor(kind: WireError['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

/** Throws WireError. */
export function readReply(body: string): Reply {
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body
  const start = text.slice(0, START_CHARS).trimStart()
  if (start === '') throw new WireError('empty', 'the answer is empty')
  if (start.startsWith('{') || start.startsWith('[')) return jsonReply(text)
  if (/^<!doctype\s+html|^(?:<\?xml[^>]*\?>\s*)?<(?:html|head|body)\b/i.test(start))
    throw new WireError('html', 'the answer is an HTML page')
  return xmlReply(text)
}

const START_CHARS = 2000

function jsonReply(text: string): Reply {
  const root = readJson(text)
  if (root !== null) return { root, notes: [] }
  const isCut = !/[}\]]\s*$/.test(text)
  throw isCut
    ? new WireError('cut', 'the answer is JSON that ends in the middle')
    : new WireError('json', 'the answer is JSON, but not of this platform')
}

function xmlReply(text: string): Reply {
  const notes: string[] = []
  const rootAt = text.search(ROOT)
  if (rootAt === -1)
    throw text.trimStart().startsWith('<') && text.length < START_CHARS && !text.includes('>')
      ? new WireError('cut', 'the answer ends in the middle')
      : new WireError('foreign', 'the answer is no document of this platform')
  if (!/^\s*(?:<\?xml[^>]*\?>)?\s*$/.test(text.slice(0, rootAt)))
    notes.push('Text in front of the XML document was skipped.')
  const { markup, scrubbed } = scrub(text.slice(rootAt))
  if (scrubbed > 0)
    notes.push('Characters that XML does not allow were dropped from what the server sent.')
  const { root, mended, bareAmpersands } = strictOrMended(markup)
  if (mended > 0)
    notes.push('A start tag without its ">" was closed (quirk 1): the server writes broken XML.')
  if (bareAmpersands > 0) notes.push('An "&" that the server did not escape was read as it stands.')
  if (markup.includes('\ufffd'))
    notes.push('Some characters came as U+FFFD: the server has lost what they were.')
  return { root, notes }
}

const ROOT = /<(?:[A-Za-z]+Response|Response)(?=[\s>/])/

/** Read as it should be; mended only where that fails, and never when the end of the document is missing: that answer was cut. */
function strictOrMended(markup: string): Read {
  try {
    return readMarkup(markup, { mends: false })
  } catch (error) {
    if (!(error instanceof MarkupError)) throw error
    if (!isWhole(markup)) throw new WireError('cut', 'the answer ends in the middle', error)
    if (error.kind !== 'unclosed') throw malformed(markup, error)
  }
  try {
    return readMarkup(markup, { mends: true })
  } catch (error) {
    if (!(error instanceof MarkupError)) throw error
    throw malformed(markup, error)
  }
}

function isWhole(markup: string): boolean {
  const name = /^<([A-Za-z]+)/.exec(markup)?.[1] ?? ''
  return new RegExp(`</${name}\\s*>\\s*$`).test(markup) || /^<[^<>]*\/>\s*$/.test(markup)
}

/** With the line, which the validator counts. */
function malformed(markup: string, error: MarkupError): WireError {
  const verdict = XMLValidator.validate(markup)
  const where = verdict === true ? error.message : `line ${verdict.err.line}: ${verdict.err.msg}`
  return new WireError('malformed', `the answer is broken XML (${where})`, error)
}
