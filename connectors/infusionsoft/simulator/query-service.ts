/** DataService: reading tables by query, by field, by count and by id. */
import type { Rpc } from './call.ts'
import { type Condition, condition } from './condition.ts'
import { loadContact } from './contact-service.ts'
import type { ContactRow } from './contact-row.ts'
import type { Context, Methods } from './context.ts'
import { Fault } from './fault.ts'
import { columnNamed, rowsValue, rowValue, selectedColumns } from './rows.ts'
import { flag, int, struct, text, texts } from './signature.ts'
import type { Table } from './table.ts'

const limitMax = 1000

export function queryService(context: Context): Methods {
  const { tables, selector, write } = context
  return {
    'DataService.query': {
      overloads: [
        ['string', 'int', 'int', 'struct', 'array'],
        ['string', 'int', 'int', 'struct', 'array', 'string', 'boolean'],
      ],
      effect: 'read',
      run: ([table, limit, page, queryData, fields, orderBy, ascending]) =>
        query(context, text(table), {
          limit: int(limit),
          page: int(page),
          queryData: struct(queryData),
          fields: texts(fields),
          order: orderBy === undefined ? null : { by: text(orderBy), isAscending: flag(ascending) },
        }),
    },
    'DataService.findByField': {
      overloads: [['string', 'int', 'int', 'string', 'string', 'array']],
      effect: 'read',
      run: ([table, limit, page, name, value, fields]) =>
        query(context, text(table), {
          limit: int(limit),
          page: int(page),
          queryData: new Map([[text(name), { kind: 'string', value: text(value) }]]),
          fields: texts(fields),
          order: null,
        }),
    },
    'DataService.count': {
      overloads: [['string', 'struct']],
      effect: 'read',
      run([name, queryData]) {
        const table = tableNamed(context, text(name), 'R')
        return write.int(selector.count(table, conditions(context, table, struct(queryData))))
      },
    },
    'DataService.load': {
      overloads: [['string', 'int', 'array']],
      effect: 'read',
      run([name, id, fields]) {
        const table = tableNamed(context, text(name), 'R')
        if (table.name === tables.contact.name) return loadContact(context, int(id), texts(fields))
        const columns = selectedColumns(table, texts(fields))
        return rowValue(context, table, columns, rowById(table, int(id)), context.callNumber())
      },
    },
  }
}

/** Throws faults 9 (unknown), 14 (the login may not see it), 7 (not exposed for this operation). */
export function tableNamed(context: Context, name: string, right: string): Table<unknown> {
  const { missingTables, forbiddenTables } = context.account.quirks
  const table = context.tables.byName.get(name)
  if (table === undefined || missingTables.includes(name)) throw new Fault(9, name)
  if (forbiddenTables.includes(name)) throw new Fault(14, `no permission for ${name}`)
  if (!table.rights.includes(right)) throw new Fault(7, name)
  return table
}

interface Query {
  readonly limit: number
  readonly page: number
  readonly queryData: ReadonlyMap<string, Rpc>
  readonly fields: readonly string[]
  readonly order: { readonly by: string; readonly isAscending: boolean } | null
}

function query(context: Context, name: string, asked: Query): string {
  const table = tableNamed(context, name, 'R')
  const { quirks } = context.account
  if (asked.limit < 1 || asked.limit > limitMax) throw new Fault(12, `limit ${asked.limit}`)
  if (asked.page < 0) throw new Fault(12, `page ${asked.page}`)
  const columns = selectedColumns(table, asked.fields)
  const limit = Math.min(asked.limit, quirks.pageSizeCap ?? limitMax)
  const { order } = asked
  const rows = context.selector.select({
    table,
    conditions: conditions(context, table, asked.queryData),
    order:
      order === null
        ? null
        : { column: columnNamed(table, order.by, 'R'), isAscending: order.isAscending },
    offset: asked.page * limit,
    limit,
    cacheKey: cacheKey(name, asked, quirks.unstableTies ? context.callNumber() : 0),
    salt: quirks.unstableTies ? context.seed + context.callNumber() : context.seed,
  })
  if (name === context.tables.contact.name) {
    for (const row of rows) context.watch.listed((row as ContactRow).id)
  }
  return rowsValue(context, table, columns, rows)
}

function conditions(
  context: Context,
  table: Table<unknown>,
  queryData: ReadonlyMap<string, Rpc>,
): readonly Condition<unknown>[] {
  const { keyset } = context.account.quirks
  const found: Condition<unknown>[] = []
  for (const [name, value] of queryData) {
    const one = condition(columnNamed(table, name, 'R'), value, table.key)
    if (one.isKeyset && keyset === 'fault') {
      throw new Fault(0, `Failed to invoke method query: operator on ${name}`)
    }
    if (!one.isKeyset || keyset === 'works') found.push(one)
  }
  return found
}

function rowById(table: Table<unknown>, id: number): unknown {
  if (table.key !== 'Id') throw new Fault(7, `${table.name} has no Id`)
  let found: unknown
  table.each(id, 0, (row) => {
    if (table.identity(row) === id) found = row
    return false
  })
  if (found === undefined) throw new Fault(5, `No ${table.name} with Id ${id}`)
  return found
}

function cacheKey(name: string, { queryData, order }: Query, turn: number): string {
  return JSON.stringify([name, [...queryData], order, turn])
}
