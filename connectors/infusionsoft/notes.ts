/** Notes: rows of ContactAction, which holds tasks and appointments too (README, "notes"). */
import { ConnectorError } from '../../src/connector/error.ts'
import type { NotePage, NoteReader, NoteWriter } from '../../src/connector/notes.ts'
import { readPosition } from '../../src/connector/position.ts'
import { remoteId } from '../../src/model/id.ts'
import type { Note, NoteDraft, NoteKind } from '../../src/model/note.ts'
import { plainText } from './codec.ts'
import { firstMark, MARK_SCHEMA } from './mark.ts'
import { namedColumns } from './page-recovery.ts'
import { updateRow } from './row-update.ts'
import type { Cells, Filter, Row } from './schema.ts'
import { instantOf, wireStampAt } from './stamps.ts'
import type { TableRead } from './table-query.ts'
import { readAll, readPage } from './table-reader.ts'
import type { Source } from './vocabulary.ts'

export interface NoteSource extends Source {
  readonly zone: string
  readonly isEscaped: boolean
}

export function noteReader(source: NoteSource): NoteReader {
  return {
    async page({ since, position }, signal): Promise<NotePage> {
      const first = { ...firstMark(source.pageSize), after: Number(since ?? 0) }
      const mark = readPosition(MARK_SCHEMA, position) ?? first
      const page = await readPage(actions(source, {}), mark, signal)
      // A server that ignores the bound shows what was read before, too.
      const rows = page.rows.filter((row) => Number(row['Id']) > first.after)
      const high = Math.max(mark.after, ...rows.map((row) => Number(row['Id'])))
      return {
        notes: rows.flatMap((row) => noteOf(row, source)),
        broken: page.broken,
        next: page.next === null ? null : JSON.stringify(page.next),
        high: high === 0 ? null : String(high),
      }
    },
    async of(contact, signal) {
      const read = actions(source, { ContactId: Number(contact) })
      const { rows } = await readAll(read, firstMark(source.pageSize), signal)
      return rows
        .filter((row) => String(row['ContactId']) === contact)
        .flatMap((row) => noteOf(row, source))
    },
  }
}

export function noteWriter(source: NoteSource): NoteWriter {
  return {
    async add(note, signal) {
      const values = cellsOf(note, source.zone)
      const input = { table: 'ContactAction', values }
      return String(await source.client.call('DataService.add', input, { signal }))
    },
    async edit(id, { title, text }, signal) {
      const values: Cells = {
        // Without a title to say, the one that stands there stays: somebody may have given it.
        ...(title === '' ? {} : { ActionDescription: { as: 'text', value: title } }),
        CreationNotes: { as: 'text', value: text },
      }
      await updateRow(source.client, { table: 'ContactAction', id: Number(id), values }, signal)
    },
    remove: () =>
      Promise.reject(new ConnectorError('unsupported', 'notes are never deleted through this API')),
  }
}

const COLUMNS = [
  'Id',
  'ContactId',
  'ActionType',
  'ActionDescription',
  'CreationNotes',
  'CreationDate',
  'ActionDate',
  'CompletionDate',
  'UserID',
  'IsAppointment',
  'ObjectType',
]

function actions({ client, pageSize, log }: Source, filter: Filter): TableRead {
  return {
    client,
    table: 'ContactAction',
    key: 'Id',
    within: null,
    columns: COLUMNS,
    filter,
    pageSize,
    // Not every account knows ObjectType.
    missing: (error, asked) => Promise.resolve(namedColumns(error, asked)),
    note: (text) => log.debug(text),
  }
}

/** None: a task or an appointment. Where the kind of row is not told, what was never completed is a task. */
function noteOf(row: Row, source: NoteSource): readonly Note[] {
  const words = (column: string) => plainText(String(row[column] ?? ''), source).trim()
  const object = row['ObjectType']
  const isNote =
    object === undefined || object === ''
      ? Number(row['IsAppointment'] ?? 0) === 0 && row['CompletionDate'] !== undefined
      : String(object).toLowerCase() === 'note'
  const contact = Number(row['ContactId'] ?? 0)
  if (!isNote || contact === 0) return []
  const stamp = row['CompletionDate'] ?? row['ActionDate'] ?? row['CreationDate']
  const user = Number(row['UserID'] ?? 0)
  return [
    {
      id: String(row['Id']),
      contact: remoteId(String(contact)),
      at: stamp === undefined ? null : instantOf(String(stamp), source.zone, 'earlier'),
      author: user > 0 ? String(user) : null,
      title: words('ActionDescription'),
      kind: KINDS[String(row['ActionType'] ?? '').toLowerCase()] ?? 'note',
      text: words('CreationNotes'),
      isPlain: true,
    },
  ]
}
const KINDS: Readonly<Record<string, NoteKind>> = {
  appointment: 'appointment',
  call: 'call',
  email: 'email',
  fax: 'fax',
  letter: 'letter',
}

/** With a day of completion, or it would stand among the tasks that are to be done. */
function cellsOf(note: NoteDraft, zone: string): Cells {
  const stamp = note.at === null ? null : wireStampAt(Date.parse(note.at), zone)
  return {
    ContactId: { as: 'int', value: Number(note.contact) },
    ActionType: { as: 'text', value: TYPES[note.kind] ?? 'Other' },
    ActionDescription: { as: 'text', value: note.title === '' ? TITLE : note.title },
    CreationNotes: { as: 'text', value: note.text },
    ...(stamp === null
      ? {}
      : {
          ActionDate: { as: 'stamp', value: stamp },
          CompletionDate: { as: 'stamp', value: stamp },
        }),
  }
}
const TITLE = 'Note'
const TYPES: Readonly<Partial<Record<NoteKind, string>>> = {
  appointment: 'Appointment',
  call: 'Call',
  email: 'Email',
  fax: 'Fax',
  letter: 'Letter',
}
