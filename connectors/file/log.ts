/**
 * The log beside a file (`people.csv.ferry-log`): what was written since the file was last made whole, a line each, appended and synced before
 * it is acknowledged. A contact's line holds all of it, so the last line of an id counts and repeating a line changes nothing.
 *
 *   begin (which file it belongs to) → put, gone, field, tag, group … → merged (the file that holds all of it) → deleted
 *
 * A line that is not JSON is one whose writing was cut off: nobody was told that it is there, and it is passed over.
 */
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConnectorError } from '../../src/connector/error.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { contactOf } from './codec.ts'
import { isMissing } from './faults.ts'
import { OffsetTable } from './offset-table.ts'
import { cutRecords, type RawRecord, recordAt } from './records.ts'
import { type DeclaredField, fromJson, LOG_LINE, type LogLine } from './schema.ts'
import { Words } from './words.ts'

export interface LogEntry {
  readonly offset: number
  /** Position of the next line. */
  readonly next: number
  readonly id: string
  /** null: the contact was removed. */
  readonly sighting: Sighting | null
}
/** What was read of it so far. */
interface Known {
  readonly ids: OffsetTable
  readonly words: Words
  readonly fields: Map<string, DeclaredField>
  readonly tags: Set<string>
  readonly groups: Set<string>
  /** `FileStamp.content` of the file it began on; null: there was none; undefined: no line told yet. */
  base: string | null | undefined
  mergedInto: string | null
  end: number
  isEmpty: boolean
}

/** A class, since it holds a file open. */
export class Log {
  readonly path: string
  #reading: FileHandle | null = null
  #inode = 0n
  #known = nothingKnown()
  #onEntry: (entry: LogEntry) => void = () => {}

  constructor(path: string) {
    this.path = path
  }

  get known(): Readonly<Known> {
    return this.#known
  }
  /** Changes with every line. */
  get identity(): string {
    return this.#known.isEmpty ? '' : `${this.#inode}-${this.#known.end}`
  }

  /** Told of each contact that a later `refresh` finds. */
  watch(onEntry: (entry: LogEntry) => void): void {
    this.#onEntry = onEntry
  }

  /** Reads what was added since. `replaced`: it is another one, and all that was known of it is forgotten. */
  async refresh(signal: AbortSignal): Promise<'same' | 'replaced'> {
    const found = await openIfThere(this.path)
    if (found === null) {
      if (this.#reading === null) return 'same'
      await this.close()
      return 'replaced'
    }
    const { ino, size } = await found.stat({ bigint: true })
    const isSame = this.#reading !== null && ino === this.#inode && size >= this.#known.end
    if (isSame) await found.close()
    else {
      await this.close()
      this.#reading = found
      this.#inode = ino
    }
    if (size > this.#known.end) await this.#readTail(signal)
    return isSame ? 'same' : 'replaced'
  }

  /** Contacts from a position on, in the order in which they were written, also those that later lines replaced. */
  async *entries(offset: number, signal: AbortSignal): AsyncGenerator<LogEntry> {
    if (this.#reading === null) return
    const { end } = this.#known
    const from = { offset, line: 1, delimiter: null }
    for await (const records of cutRecords(this.#reading, from, signal)) {
      for (const record of records) {
        if (record.start >= end) return
        const entry = entryOf(record, parsed(record.bytes.toString()))
        if (entry !== null) yield entry
      }
    }
  }

  async entryAt(offset: number, signal: AbortSignal): Promise<LogEntry | null> {
    if (this.#reading === null) return null
    const record = await recordAt(this.#reading, { offset, line: 1, delimiter: null }, signal)
    return record === null ? null : entryOf(record, parsed(record.bytes.toString()))
  }

  /** Durable when it resolves. `base`: what a new log begins with. */
  async append(lines: readonly string[], base: string | null): Promise<void> {
    if (lines.length === 0) return
    const isNew = this.#known.isEmpty
    const handle = await open(this.path, 'a', PRIVATE)
    try {
      const all = isNew ? [lineOf({ begin: base }), ...lines] : lines
      // The first line end parts it from a line whose writing was cut off.
      const data = Buffer.from(`\n${all.join('\n')}\n`)
      const { bytesWritten } = await handle.write(data)
      if (bytesWritten < data.length) {
        throw new ConnectorError('unknown', `only a part could be written to ${this.path}`, {
          hint: 'Look whether the disk is full.',
        })
      }
      await handle.datasync()
    } finally {
      await handle.close()
    }
    if (isNew) await syncFolder(this.path)
  }

  /** All of it is in the file now. */
  async drop(): Promise<void> {
    await this.close()
    try {
      await unlink(this.path)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    await syncFolder(this.path)
  }

  /** Also forgets what was read. */
  async close(): Promise<void> {
    const reading = this.#reading
    this.#reading = null
    this.#known = nothingKnown()
    this.#inode = 0n
    await reading?.close()
  }

  async #readTail(signal: AbortSignal): Promise<void> {
    if (this.#reading === null) return
    const known = this.#known
    const from = { offset: known.end, line: 1, delimiter: null }
    for await (const records of cutRecords(this.#reading, from, signal)) {
      for (const record of records) {
        const { start, next, bytes } = record
        // Without its line end, it may still be being written.
        if (next === start + bytes.length) return
        this.#take(record, parsed(bytes.toString()))
        known.end = next
      }
    }
  }

  #take(record: RawRecord, line: LogLine | null): void {
    const known = this.#known
    if (line === null) return
    known.isEmpty = false
    if ('begin' in line) known.base ??= line.begin
    else if ('merged' in line) known.mergedInto = line.merged
    else if ('field' in line) {
      const { path, ...declared } = line.field
      known.fields.set(path, declared)
    } else if ('tag' in line) known.tags.add(line.tag)
    else if ('group' in line) known.groups.add(line.group)
    else {
      const entry = entryOf(record, line)
      if (entry === null) return
      known.ids.add(entry.id, entry.offset)
      if (entry.sighting !== null) known.words.add(entry.sighting)
      this.#onEntry(entry)
    }
  }
}

/** Personal data: readable by its owner alone. */
export const PRIVATE = 0o600

export function lineOf(line: Exclude<LogLine, { put: unknown }>): string {
  return JSON.stringify(line)
}
/** `contact`: as `encodeLine` gives it. */
export function putLine(contact: string): string {
  return `{"put":${contact}}`
}

/** Makes sure that a name that was added to or taken from a folder stays so. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function nothingKnown(): Known {
  return {
    ids: new OffsetTable(),
    words: new Words(),
    fields: new Map(),
    tags: new Set(),
    groups: new Set(),
    base: undefined,
    mergedInto: null,
    end: 0,
    isEmpty: true,
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** null: its writing was cut off. */
function parsed(text: string): LogLine | null {
  const json = fromJson(text)
  if (json === undefined) return null
  const line = LOG_LINE.safeParse(json)
  if (line.success) return line.data
  throw new ConnectorError('scan', 'the log beside the file holds a line of another kind', {
    cause: line.error,
    hint: 'It may be from a newer version of ferry: use that one.',
  })
}

function entryOf({ start: offset, next }: RawRecord, line: LogLine | null): LogEntry | null {
  if (line === null) return null
  if ('gone' in line) return { offset, next, id: line.gone, sighting: null }
  if (!('put' in line)) return null
  const { id } = line.put
  return {
    offset,
    next,
    id,
    sighting: { ...contactOf(line.put), id: id as RemoteId, version: null },
  }
}
