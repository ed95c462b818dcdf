/** The contacts in memory: one packed row each, ids ascending, look-ups by folded value. */
import { fold } from './text.ts'

export interface Dnc {
  readonly id: number
  reason: number
  comments: string
  readonly channel: string
  channelId: number | null
  readonly dateAdded: number
}
export interface Utm {
  readonly id: number
  readonly dateAdded: number
  readonly values: Readonly<Record<string, unknown>>
}
/** Moments are epoch milliseconds on whole seconds. */
export interface ContactRow {
  readonly id: number
  /** Values of the field columns, NUL between them; empty is null. */
  cells: string
  dateAdded: number
  dateModified: number | null
  dateIdentified: number | null
  lastActive: number | null
  createdBy: number | null
  modifiedBy: number | null
  owner: number | null
  stage: number | null
  points: number
  tags: readonly number[]
  dnc: readonly Dnc[]
  utm: readonly Utm[]
  ips: readonly string[]
  companies: readonly number[]
  primaryCompany: number | null
  /** See consent.ts. */
  exposed: number[] | null
}

/** Folded value to the ids that hold it. */
type Index = Map<string, number | number[]>

export interface Contacts {
  /** By id; holes where contacts are gone. */
  readonly rows: (ContactRow | undefined)[]
  /** Ids alive, ascending. */
  readonly ids: number[]
  lastId: number
  readonly indexes: Map<number, Index>
  /** Merged-away id to its survivor. */
  readonly merged: Map<number, number>
}

export function newContacts(): Contacts {
  return { rows: [], ids: [], lastId: 0, indexes: new Map(), merged: new Map() }
}

const NONE: readonly never[] = []

/** A contact without any value, already part of the account. */
export function insertRow(contacts: Contacts, at: number, cells: readonly string[]): ContactRow {
  contacts.lastId += 1
  const row: ContactRow = {
    id: contacts.lastId,
    cells: cells.join('\u0000'),
    dateAdded: at,
    dateModified: null,
    dateIdentified: null,
    lastActive: null,
    createdBy: null,
    modifiedBy: null,
    owner: null,
    stage: null,
    points: 0,
    tags: NONE,
    dnc: NONE,
    utm: NONE,
    ips: NONE,
    companies: NONE,
    primaryCompany: null,
    exposed: null,
  }
  contacts.rows[row.id] = row
  contacts.ids.push(row.id)
  for (const [column, index] of contacts.indexes) enter(index, cells[column] ?? '', row.id)
  return row
}

export function removeRow(contacts: Contacts, row: ContactRow): void {
  const cells = cellsOf(row)
  for (const [column, index] of contacts.indexes) leave(index, cells[column] ?? '', row.id)
  contacts.rows[row.id] = undefined
  contacts.ids.splice(lowerBound(contacts.ids, row.id), 1)
}

export function cellsOf(row: ContactRow): string[] {
  return row.cells.split('\u0000')
}

/** One value of the row, without unpacking the others. */
export function cellAt(row: ContactRow, column: number): string {
  let start = 0
  for (let i = 0; i < column; i++) {
    const next = row.cells.indexOf('\u0000', start)
    if (next < 0) return ''
    start = next + 1
  }
  const end = row.cells.indexOf('\u0000', start)
  return end < 0 ? row.cells.slice(start) : row.cells.slice(start, end)
}

export function setCells(contacts: Contacts, row: ContactRow, cells: readonly string[]): void {
  if (contacts.indexes.size > 0) {
    const before = cellsOf(row)
    for (const [column, index] of contacts.indexes) {
      const old = before[column] ?? ''
      const now = cells[column] ?? ''
      if (old === now) continue
      leave(index, old, row.id)
      enter(index, now, row.id)
    }
  }
  row.cells = cells.join('\u0000')
}

/** Ids that hold this value in this column, ascending; the index is built on first use. */
export function idsHolding(contacts: Contacts, column: number, value: string): readonly number[] {
  const found = indexOf(contacts, column).get(fold(value))
  return found === undefined ? NONE : typeof found === 'number' ? [found] : found
}

/** Ids whose value in this column begins with the text, ascending. */
export function idsBeginning(contacts: Contacts, column: number, text: string): number[] {
  const start = fold(text)
  const ids: number[] = []
  for (const [value, found] of indexOf(contacts, column)) {
    if (!value.startsWith(start)) continue
    if (typeof found === 'number') ids.push(found)
    else ids.push(...found)
  }
  return ids.sort((a, b) => a - b)
}

/** The contact that answers for an id: itself, or the survivor it was merged into. */
export function rowOf(contacts: Contacts, id: number): ContactRow | null {
  let at = id
  for (let next = contacts.merged.get(at); next !== undefined; next = contacts.merged.get(at)) {
    at = next
  }
  return contacts.rows[at] ?? null
}

/** First position whose id is not below the one given. */
export function lowerBound(ids: readonly number[], id: number): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] ?? 0) < id) low = middle + 1
    else high = middle
  }
  return low
}

function indexOf(contacts: Contacts, column: number): Index {
  const known = contacts.indexes.get(column)
  if (known !== undefined) return known
  const index: Index = new Map()
  for (const id of contacts.ids) {
    const row = contacts.rows[id]
    if (row !== undefined) enter(index, cellAt(row, column), id)
  }
  contacts.indexes.set(column, index)
  return index
}

function enter(index: Index, value: string, id: number): void {
  if (value === '') return
  const key = fold(value)
  const found = index.get(key)
  if (found === undefined) index.set(key, id)
  else {
    const ids = typeof found === 'number' ? [found] : found
    ids.splice(lowerBound(ids, id), 0, id)
    index.set(key, ids)
  }
}

function leave(index: Index, value: string, id: number): void {
  if (value === '') return
  const key = fold(value)
  const found = index.get(key)
  if (found === id) index.delete(key)
  else if (Array.isArray(found)) {
    const rest = found.filter((other) => other !== id)
    if (rest.length === 0) index.delete(key)
    else index.set(key, rest)
  }
}
