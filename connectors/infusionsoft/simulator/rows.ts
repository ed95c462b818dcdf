/** Rows as structs: nulls left out, members in no particular order, broken characters where the account has them. */
import type { Cell } from './contact-row.ts'
import type { Context } from './context.ts'
import { Fault } from './fault.ts'
import type { ReplyWriter } from './reply.ts'
import type { Column, Table } from './table.ts'

/** Columns asked for by name. Throws faults 11 (none), 10 (unknown), 8 (not readable). */
export function selectedColumns<Row>(
  table: Table<Row>,
  names: readonly string[],
): readonly Column<Row>[] {
  if (names.length === 0) throw new Fault(11, 'no fields were selected')
  return [...new Set(names)].map((name) => columnNamed(table, name, 'R'))
}

/** Throws faults 10 (unknown) and 8 (the right is missing). */
export function columnNamed<Row>(table: Table<Row>, name: string, right: string): Column<Row> {
  const column = table.columns.get(name)
  if (column === undefined) throw new Fault(10, `${table.name}.${name}`)
  if (!column.rights.includes(right)) throw new Fault(8, `${table.name}.${name}`)
  return column
}

export function rowsValue<Row>(
  context: Context,
  table: Table<Row>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const mixed = [...columns].sort((a, b) => disorder(a.name, context) - disorder(b.name, context))
  return context.write.array(rows.map((row, i) => rowValue(context, table, mixed, row, i)))
}

/** `turn` rotates the members, so that neighbours differ in order. */
export function rowValue<Row>(
  context: Context,
  table: Table<Row>,
  columns: readonly Column<Row>[],
  row: Row,
  turn: number,
): string {
  const { write, account } = context
  const members: [string, string][] = []
  for (let i = 0; i < columns.length; i++) {
    const column = columns[(i + turn) % columns.length]
    const cell = column?.read(row)
    if (column !== undefined && cell !== undefined)
      members.push([column.name, cellValue(write, column, cell)])
  }
  const { illegalCharacterRow, illegalCharacterRaw } = account.quirks
  if (table.name === 'Contact' && table.identity(row) === illegalCharacterRow) {
    spoil(columns, members, illegalCharacterRaw ? '\u000b' : '&#11;')
  }
  return write.struct(members)
}

export function cellValue<Row>(write: ReplyWriter, column: Column<Row>, cell: Cell): string {
  if (typeof cell === 'string') return write.text(cell)
  switch (column.kind) {
    case 'id':
    case 'int':
    case 'flag':
      return write.int(cell)
    case 'double':
      return write.double(cell)
    case 'date':
    case 'stamp':
      return write.stamp(cell)
    case 'text':
      return write.text(String(cell))
  }
}

function spoil<Row>(
  columns: readonly Column<Row>[],
  members: [string, string][],
  character: string,
): void {
  const texts = new Set(columns.filter((one) => one.kind === 'text').map((one) => one.name))
  const member = members.find(([name, xml]) => texts.has(name) && xml.endsWith('</value>'))
  if (member !== undefined) member[1] = member[1].replace(/<\/value>$/, `${character}</value>`)
}

function disorder(name: string, context: Context): number {
  let hash = Math.imul(context.seed + context.callNumber(), 0x9e3779b1)
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash
}
