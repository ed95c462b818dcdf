/** Notes: read in order of their ids, of everybody or of one contact; added, taken away again (README, "notes"). */
import { z } from 'zod'
import { ConnectorError } from '../../src/connector/error.ts'
import { guarded } from '../../src/connector/guarded.ts'
import type { NotePage, NoteReader, NoteWriter } from '../../src/connector/notes.ts'
import { readPosition } from '../../src/connector/position.ts'
import { type RemoteId, remoteId } from '../../src/model/id.ts'
import type { Note, NoteDraft, NoteKind } from '../../src/model/note.ts'
import type { Account } from './account.ts'
import { pageRows } from './capabilities.ts'
import { byId } from './query.ts'
import { isObject, whole } from './schema.ts'

export function noteReader(account: Account): NoteReader {
  return {
    page: (request, signal) => guarded(() => notesPage(account, request, signal), signal),
    of: (contact, signal) => guarded(() => notesOf(account, contact, signal), signal),
  }
}

export function noteWriter(account: Account): NoteWriter {
  return {
    add: (note, signal) => guarded(() => addNote(account, note, signal), signal),
    edit: (id, { text }, signal) =>
      guarded(async () => {
        await account.client.call('notes.edit', { id, text: htmlOf(text) }, signal)
      }, signal),
    remove: (id, signal) =>
      guarded(async () => {
        await account.client.call('notes.delete', { id }, signal)
      }, signal),
  }
}

/** Up the ids; by offset where the server ignores the condition. */
async function notesPage(
  account: Account,
  request: { readonly since: string | null; readonly position: string | null },
  signal: AbortSignal,
): Promise<NotePage> {
  const since = Number(request.since ?? 0)
  const at = readPosition(POSITION, request.position) ?? { after: since, start: null }
  const limit = pageRows(account.settings.limits)
  const { rows } = await account.client.call(
    'notes.list',
    at.start === null
      ? { ...byId(String(at.after), limit), start: 0 }
      : { orderBy: 'id', orderByDir: 'asc', start: at.start, limit },
    signal,
  )
  const found = rows
    .map(([key, row]) => ROW.parse(isObject(row) ? { id: key, ...row } : row))
    .toSorted((a, b) => a.id - b.id)
  const isFollowing = found.every(({ id }) => id > at.after)
  if (at.start === null && !isFollowing)
    return notesPage(account, { ...request, position: '{"after":0,"start":0}' }, signal)
  const fresh = found.filter(({ id }) => id > since)
  const last = found.at(-1)?.id ?? at.after
  const next =
    at.start === null
      ? { after: last, start: null }
      : { after: last, start: at.start + found.length }
  return {
    notes: fresh.flatMap((row) => {
      const contact = contactOf(row.lead)
      return contact === null ? [] : [noteOf(row, contact)]
    }),
    broken: fresh
      .filter(({ lead }) => contactOf(lead) === null)
      .map(({ id }) => ({ id: remoteId(String(id)), message: NOBODYS, hint: '' })),
    next: found.length === 0 ? null : JSON.stringify(next),
    high: last === 0 ? null : String(last),
  }
}
const POSITION = z.strictObject({ after: z.int(), start: z.int().nonnegative().nullable() })
const ROW = z.looseObject({
  id: whole,
  text: z.string().nullish(),
  type: z.string().nullish(),
  dateTime: z.string().nullish(),
  lead: z.unknown().optional(),
})
const NOBODYS = 'a note of which the server does not tell whose it is'

async function notesOf(
  account: Account,
  contact: RemoteId,
  signal: AbortSignal,
): Promise<readonly Note[]> {
  const limit = pageRows(account.settings.limits)
  const notes = new Map<string, Note>()
  for (let start = 0; ; start += limit) {
    const order = { orderBy: 'id', orderByDir: 'asc' } as const
    const asked = { id: contact, start, limit, ...order }
    const { rows } = await account.client.call('contacts.notes', asked, signal)
    for (const [key, row] of rows) {
      const note = noteOf(ROW.parse(isObject(row) ? { id: key, ...row } : row), contact)
      notes.set(note.id, note)
    }
    if (rows.length < limit) return [...notes.values()]
  }
}

async function addNote(account: Account, note: NoteDraft, signal: AbortSignal): Promise<string> {
  const { at } = note
  const made = await account.client.call(
    'notes.create',
    {
      lead: note.contact,
      text: htmlOf(note.text),
      type: TYPES[note.kind] ?? 'general',
      ...(at === null ? {} : { datetime: at.replace('Z', '+00:00') }),
    },
    signal,
  )
  const id = whole.safeParse(made['id'])
  if (id.success) return String(id.data)
  throw new ConnectorError('protocol', 'notes.create answered without an id')
}

const TYPES: Readonly<Partial<Record<NoteKind, 'general' | 'email' | 'call' | 'meeting'>>> = {
  call: 'call',
  email: 'email',
  meeting: 'meeting',
  appointment: 'meeting',
}
const KINDS: Readonly<Record<string, NoteKind>> = {
  call: 'call',
  email: 'email',
  meeting: 'meeting',
}

function noteOf(row: z.output<typeof ROW>, contact: RemoteId): Note {
  const html = row.text ?? ''
  const at = Date.parse(row.dateTime ?? '')
  return {
    id: String(row.id),
    contact,
    at: Number.isNaN(at) ? null : `${new Date(at).toISOString().slice(0, 19)}Z`,
    // The server keeps who wrote it and does not tell.
    author: null,
    title: '',
    kind: KINDS[row.type ?? ''] ?? 'note',
    text: textOf(html),
    isPlain: !FORMATTING.test(html),
  }
}

/** An id, or the contact with one. */
function contactOf(lead: unknown): RemoteId | null {
  const id = whole.safeParse(isObject(lead) ? lead['id'] : lead)
  return id.success && id.data > 0 ? remoteId(String(id.data)) : null
}

/** What stands for lines says nothing about how they look. */
const FORMATTING = /<(?!\/?(?:br|p|div)\b)[a-z/!?][^>]*>/i

function htmlOf(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\r\n|\r|\n/g, '<br>')
}

function textOf(html: string): string {
  return html
    .replace(/<br\s*\/?>\r?\n?|<\/(?:p|div|li|h\d|tr)>/gi, '\n')
    .replace(/<[a-zA-Z/!?][^<>]*>/g, '')
    .replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole_, name: string) => {
      if (!name.startsWith('#')) return ENTITIES[name] ?? whole_
      const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole_
    })
    .replaceAll('\r\n', '\n')
    .trim()
}
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}
