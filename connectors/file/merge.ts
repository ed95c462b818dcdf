/**
 * Puts the log into the file: a new file is written beside the old one, synced, and takes its place in one step, so that at any moment either
 * stands there whole. Rows that nobody wrote to are copied byte by byte, also those that cannot be read.
 */
import { chmod, type FileHandle, open, realpath, rename } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import { parse } from 'csv-parse/sync'
import { isCustom, STANDARD_FIELDS } from '../../src/model/field.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { freshView, lockPath } from './changing.ts'
import { type Client, logPath, type View } from './client.ts'
import { type CellRules, encodeCells, encodeLine } from './codec.ts'
import { declarationsPath } from './declarations.ts'
import { isMissing } from './faults.ts'
import { type Column, type ColumnRole, headerOf, keyOf } from './header-names.ts'
import { LINE_ENDS } from './layout.ts'
import { locked } from './lock.ts'
import { lineOf, PRIVATE, syncFolder } from './log.ts'
import type { RawRecord } from './records.ts'
import { stampOf } from './stamp.ts'
import { type Item, startOf, walk } from './walk.ts'

/** Does nothing where there is no log. */
export async function mergeLog(client: Client, signal: AbortSignal): Promise<void> {
  if ((await stampOf(logPath(client.options.path))) === null) return
  await locked(lockPath(client), client.kit.clock, signal, async () => {
    const view = await freshView(client, signal)
    if (view.log.known.isEmpty) return
    await keepDeclarations(view)
    const place = await realPlace(view.options.path)
    const next = `${place}.ferry-new`
    await writeWhole(view, next, signal)
    const stamp = await stampOf(next)
    await view.log.append([lineOf({ merged: stamp?.content ?? '' })], null)
    await rename(next, place)
    await syncFolder(place)
    await view.log.drop()
  })
}

/** Where a link leads. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isMissing(error)) return path
    throw error
  }
}

async function keepDeclarations({ options, declarations, log }: View): Promise<void> {
  const { fields, tags, groups } = log.known
  if (fields.size + tags.size + groups.size === 0) return
  const place = declarationsPath(options.path)
  await withFile(`${place}.ferry-new`, PRIVATE, async (handle) => {
    await handle.writeFile(`${JSON.stringify(declarations, null, 2)}\n`)
  })
  await rename(`${place}.ferry-new`, place)
  await syncFolder(place)
}

/** Synced when it resolves. */
async function withFile(
  path: string,
  mode: number,
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, 'w', mode)
  try {
    await work(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const WRITE_BYTES = 256 * 1024

async function writeWhole(view: View, path: string, signal: AbortSignal): Promise<void> {
  const mode = view.stamp?.mode ?? PRIVATE
  await withFile(path, mode, async (handle) => {
    const writer = view.options.format === 'csv' ? csvWriter(view) : lineWriter(view)
    let pending: Buffer[] = [writer.head]
    let size = writer.head.length
    const flush = async () => {
      if (size > 0) await handle.writeFile(Buffer.concat(pending))
      pending = []
      size = 0
    }
    for await (const { item } of walk(view, startOf(view), signal)) {
      const bytes = writer.bytesOf(item)
      pending.push(bytes)
      size += bytes.length
      if (size >= WRITE_BYTES) await flush()
    }
    await flush()
  })
  // The mode of `open` is cut by the process's mask.
  await chmod(path, mode)
}

interface ItemWriter {
  readonly head: Buffer
  bytesOf(item: Item): Buffer
}
const NOTHING = Buffer.alloc(0)

function lineWriter({ layout }: View): ItemWriter {
  const end = Buffer.from('\n')
  return {
    head: layout.preamble,
    bytesOf(item) {
      switch (item.kind) {
        case 'written':
          return Buffer.concat([Buffer.from(encodeLine(item.sighting)), end])
        case 'kept':
          return Buffer.concat([withId(item.row.raw, item), end])
        case 'broken':
          return Buffer.concat([item.row.raw.bytes, end])
        case 'removed':
          return NOTHING
      }
    },
  }
}

/** A line whose id was derived states it from now on. */
function withId(raw: RawRecord, { row, sighting }: Extract<Item, { kind: 'kept' }>): Buffer {
  if (row.decoded.kind === 'contact' && row.decoded.id !== null) return raw.bytes
  const text = raw.bytes.toString().trimEnd()
  const body = text.slice(0, -1).trimEnd()
  const comma = body === '{' ? '' : ','
  return Buffer.from(`${body}${comma}"id":${JSON.stringify(sighting.id)}}`)
}

function csvWriter(view: View): ItemWriter {
  const { layout, options, declarations } = view
  const added = addedColumns(view)
  const columns = [...layout.columns, ...added]
  const lists = new Set(
    Object.entries(declarations.fields).flatMap(([path, { type }]) =>
      type === 'choices' ? [path] : [],
    ),
  )
  const rules: CellRules = {
    columns,
    lists,
    separator: options.separator,
    hasGuard: options.hasGuard,
  }
  const row = (cells: readonly string[]): Buffer =>
    Buffer.from(
      stringify([cells], { delimiter: layout.delimiter, record_delimiter: layout.newline }),
    )
  const end = Buffer.from(layout.newline)
  const join = Buffer.from(layout.delimiter)
  /** A row as it stands, with cells for the new columns behind it. */
  const extended = (raw: RawRecord, cells: readonly string[]): Buffer =>
    added.length === 0
      ? Buffer.concat([raw.bytes, end])
      : Buffer.concat([raw.bytes, join, row(cells)])
  const addedCells = (sighting: Sighting) => encodeCells(sighting, { ...rules, columns: added })
  const headers = added.map(({ header }) => header)
  const header =
    layout.header === null
      ? row(headers)
      : extended({ start: 0, next: 0, line: 0, bytes: layout.header }, headers)
  return {
    head: Buffer.concat([layout.preamble, header]),
    bytesOf(item) {
      switch (item.kind) {
        case 'written':
          return row(encodeCells(item.sighting, rules))
        case 'kept':
          return extended(item.row.raw, addedCells(item.sighting))
        case 'broken': {
          const { raw, decoded } = item.row
          if (decoded.kind === 'contact')
            return extended(
              raw,
              added.map(() => ''),
            )
          const fits = cellCount(raw, layout.delimiter) === columns.length
          return Buffer.concat(added.length > 0 && fits ? [raw.bytes, join, end] : [raw.bytes, end])
        }
        case 'removed':
          return NOTHING
      }
    },
  }
}

/** So that a row of too many cells does not fit by accident once there are more columns. */
function cellCount(raw: RawRecord, delimiter: string): number | null {
  try {
    const [cells] = parse(raw.bytes, {
      delimiter,
      record_delimiter: LINE_ENDS,
      relax_column_count: true,
      max_record_size: 0,
    })
    return cells?.length ?? null
  } catch {
    // Not well quoted, whatever the header is.
    return null
  }
}

/** Columns for what the log holds and the file has no place for. A new file gets all that every contact tells. */
function addedColumns(view: View): readonly Column[] {
  const { layout, log } = view
  const { words, fields } = log.known
  const isNew = layout.header === null
  const known = new Set(layout.columns.map(({ role }) => keyOf(role)))
  const used = [...words.paths].filter(([, guess]) => guess.isUsed).map(([path]) => path)
  const paths = [...new Set([...fields.keys(), ...used])]
  const inOrder = [
    ...paths.filter((path) => !isCustom(path)).sort(byStandardOrder),
    ...paths.filter(isCustom),
  ]
  const wanted: readonly ColumnRole[] = [
    { kind: 'id' },
    ...inOrder.map((path): ColumnRole => ({ kind: 'field', path })),
    ...(isNew || words.tags.size > 0 ? [{ kind: 'tags' } as const] : []),
    ...(isNew || words.groups.size > 0 ? [{ kind: 'groups' } as const] : []),
    ...(isNew || words.hasConsents ? [{ kind: 'consents' } as const] : []),
  ]
  return wanted
    .filter((role) => !known.has(keyOf(role)))
    .map((role) => ({ role, header: role.kind === 'id' && !isNew ? 'ferry_id' : headerOf(role) }))
}

const ORDER = new Map(Object.keys(STANDARD_FIELDS).map((path, place) => [path, place]))

function byStandardOrder(a: string, b: string): number {
  const [left, right] = [ORDER.get(a) ?? ORDER.size, ORDER.get(b) ?? ORDER.size]
  return left === right ? (a < b ? -1 : 1) : left - right
}
