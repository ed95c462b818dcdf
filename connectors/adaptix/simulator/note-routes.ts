/** Notes: of a contact, and the catalogue. */
import { type Account, moment, type Note, nextId } from './account.ts'
import { type Answer, json, notFound, Refused } from './answer.ts'
import { contactOf } from './contact-routes.ts'
import { rowOf } from './contacts.ts'
import { isoDate, strtotime } from './dates.ts'
import { isPhpArray, textOf, toInt } from './php.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { dateColumn, numberColumn, page, textColumn } from './small-list.ts'
import { cleanHtml } from './text.ts'

export const NOTE_ROUTES: Routes = {
  'GET contacts/:id/notes': (call) => listNotes(call, notesOf(call.account, contactOf(call).id)),
  'GET notes': (call) =>
    listNotes(
      call,
      [...call.account.notes.entries()].flatMap(([lead, notes]) =>
        notes.map((note) => ({ ...note, lead })),
      ),
    ),
  'GET notes/:id': (call) => json(200, { note: noteView(find(call).note) }),
  'POST notes/new': createNote,
  'PATCH|PUT notes/:id/edit': editNote,
  'DELETE notes/:id/delete': deleteNote,
}

const TYPES = ['general', 'email', 'call', 'meeting']

/** Newest first unless an order is asked for. */
function listNotes({ account, query }: Call, notes: readonly Note[]): Answer {
  const isOrdered = query['orderBy'] !== undefined || query['order'] !== undefined
  const order = isOrdered ? {} : { orderBy: 'date_added', orderByDir: 'desc' }
  const { total, rows } = page<Note>(
    account,
    { ...query, ...order },
    {
      rows: notes,
      columns: {
        id: numberColumn((note) => note.id),
        text: textColumn((note) => note.text),
        type: textColumn((note) => note.type),
        date_time: dateColumn((note) => note.dateTime),
        dateTime: dateColumn((note) => note.dateTime),
        date_added: dateColumn((note) => note.dateAdded),
        dateAdded: dateColumn((note) => note.dateAdded),
      },
      searched: (note) => note.text,
    },
  )
  return json(200, { total, notes: rows.map(noteView) })
}

function createNote({ account, body }: Call): Answer {
  const sent = body['lead']
  const lead = toInt(isPhpArray(sent) ? sent['id'] : sent)
  const row = rowOf(account.contacts, lead)
  if (lead === 0) throw refuse('lead', 'This value should not be blank.')
  if (row === null) throw notFound()
  const text = cleanHtml(textOf(body['text']) ?? '')
  if (text === '') throw refuse('text', 'This value should not be blank.')
  const note: Note = {
    id: nextId(account, 'note'),
    text,
    type: readType(body['type']) ?? 'general',
    dateTime: readDate(account, body['datetime'] ?? body['dateTime']) ?? moment(account),
    dateAdded: moment(account),
  }
  account.notes.set(row.id, [...notesOf(account, row.id), note])
  return json(201, { note: noteView(note) })
}

function editNote(call: Call): Answer {
  const { account, body } = call
  const { note } = find(call)
  if (body['text'] !== undefined) note.text = cleanHtml(textOf(body['text']) ?? '')
  note.type = readType(body['type']) ?? note.type
  note.dateTime = readDate(account, body['datetime'] ?? body['dateTime']) ?? note.dateTime
  return json(200, { note: noteView(note) })
}

function deleteNote(call: Call): Answer {
  const { contact, note } = find(call)
  const rest = notesOf(call.account, contact).filter((one) => one !== note)
  call.account.notes.set(contact, rest)
  return json(200, { note: { ...noteView(note), id: null } })
}

function find(call: Call): { readonly contact: number; readonly note: Note } {
  const id = idParam(call)
  for (const [contact, notes] of call.account.notes) {
    const note = notes.find((one) => one.id === id)
    if (note !== undefined) return { contact, note }
  }
  throw notFound()
}

function notesOf(account: Account, contact: number): readonly Note[] {
  return account.notes.get(contact) ?? []
}

/** Throws Refused (400) for a type that does not exist; null: none sent. */
function readType(sent: unknown): string | null {
  const type = textOf(sent)
  if (type === null || type === '') return null
  if (!TYPES.includes(type)) throw refuse('type', 'This value is not valid.')
  return type
}

function readDate(account: Account, sent: unknown): number | null {
  const text = textOf(sent)
  return text === null ? null : strtotime(text, account.now, account.quirks.serverOffsetMinutes)
}

function refuse(alias: string, text: string): Refused {
  return new Refused(400, `${alias}: ${text}`, { [alias]: [text] })
}

/** The list of all notes tells whose each is. */
function noteView(note: Note & { readonly lead?: number }): Record<string, unknown> {
  const { id, text, type, dateTime, lead } = note
  const whose = lead === undefined ? {} : { lead: { id: lead } }
  return { id, text, type, dateTime: isoDate(dateTime), ...whose }
}
