/** One row of the table that contacts, companies and users share: a few numbers, packed cells, tags. */
import type { Wall } from './wall.ts'

/** What a column can hold; dates and stamps are wall seconds, flags 0 or 1. Absent is null. */
export type Cell = string | number

export type RowKind = 'contact' | 'company' | 'user'

export interface ContactRow {
  readonly id: number
  readonly kind: RowKind
  readonly createdBy: number
  readonly created: Wall
  updated: Wall
  updatedBy: number
  owner: number
  company: number
  leadSource: number
  /** Slot and value by turns: slot, cell, slot, cell … Few of the many columns hold something. */
  cells: Cell[]
  /** Tag id and the wall time it was given by turns. */
  tags: number[]
}

export function readCell(row: ContactRow, slot: number): Cell | undefined {
  const { cells } = row
  for (let i = 0; i < cells.length; i += 2) {
    if (cells[i] === slot) return cells[i + 1]
  }
  return undefined
}

export function writeCell(row: ContactRow, slot: number, value: Cell | undefined): void {
  const { cells } = row
  for (let i = 0; i < cells.length; i += 2) {
    if (cells[i] !== slot) continue
    if (value === undefined) cells.splice(i, 2)
    else cells[i + 1] = value
    return
  }
  if (value !== undefined) cells.push(slot, value)
}

/** False: it had it already. */
export function giveTag(row: ContactRow, tag: number, when: Wall): boolean {
  if (tagAt(row, tag) >= 0) return false
  row.tags.push(tag, when)
  return true
}

/** False: it did not have it. */
export function takeTag(row: ContactRow, tag: number): boolean {
  const at = tagAt(row, tag)
  if (at < 0) return false
  row.tags.splice(at, 2)
  return true
}

export function tagIds(row: ContactRow): readonly number[] {
  return row.tags.filter((_, i) => i % 2 === 0)
}

function tagAt(row: ContactRow, tag: number): number {
  const { tags } = row
  for (let i = 0; i < tags.length; i += 2) {
    if (tags[i] === tag) return i
  }
  return -1
}
