/** `where` and `order` of a query: conditions compiled to tests over rows of any kind. */
import { Crash } from './answer.ts'
import { sqlMoment } from './dates.ts'
import { isPhpArray, textOf, toFloat, valuesOf } from './php.ts'
import { escapeHtml, fold, likeTest } from './text.ts'

/** A column that conditions and orders can name. Datetimes read as epoch milliseconds. */
export type Column<Row> =
  | { readonly kind: 'number' | 'datetime'; readonly read: (row: Row) => number | null }
  | { readonly kind: 'text'; readonly read: (row: Row) => string | null }

/** Finds a column by its database name; at top level also by the name of the entity's property. Null: unknown. */
export type Columns<Row> = (name: string, isNested: boolean) => Column<Row> | null

export interface Dialect {
  /** Values are HTML-escaped before they are compared, except by in and notIn. */
  readonly escapesValues: boolean
  /** Whether in, notIn, between, notBetween, isEmpty, isNotEmpty are known. */
  readonly hasPlusOperators: boolean
}

type Test<Row> = (row: Row) => boolean

/** All conditions joined by AND. Null: nothing to test. Throws Crash for an unknown column or a missing expr. */
export function compileWhere<Row>(
  items: readonly unknown[],
  columns: Columns<Row>,
  dialect: Dialect,
): Test<Row> | null {
  return join(
    items.map((item) => compileItem(item, columns, dialect, false)),
    'and',
  )
}

/** `order[0][col]=..&order[0][dir]=..`, else `orderBy` (a comma list) with one direction. */
export function readOrder(
  query: Readonly<Record<string, unknown>>,
): readonly { readonly column: string; readonly isDescending: boolean }[] {
  const advanced = valuesOf(query['order'])
    .filter(isPhpArray)
    .map((item) => ({
      column: textOf(item['col']) ?? '',
      isDescending: isDescending(item['dir']),
    }))
  if (advanced.length > 0) return advanced
  const names = (textOf(query['orderBy']) ?? '').split(',').map((name) => name.trim())
  return names
    .filter((name) => name !== '')
    .map((column) => ({ column, isDescending: isDescending(query['orderByDir']) }))
}

/** Compares rows as the database orders them: nulls first when ascending, texts folded. */
export function compareBy<Row>(column: Column<Row>, isDescending: boolean) {
  const sign = isDescending ? -1 : 1
  return (a: Row, b: Row): number => {
    const left = sortKey(column, a)
    const right = sortKey(column, b)
    if (left === right) return 0
    if (left === null) return -sign
    if (right === null) return sign
    return left < right ? -sign : sign
  }
}

function isDescending(dir: unknown): boolean {
  return (textOf(dir) ?? '').toLowerCase() === 'desc'
}

function sortKey<Row>(column: Column<Row>, row: Row): string | number | null {
  const value = column.read(row)
  return typeof value === 'string' ? fold(value) : value
}

function compileItem<Row>(
  item: unknown,
  columns: Columns<Row>,
  dialect: Dialect,
  isNested: boolean,
): Test<Row> | null {
  if (!isPhpArray(item)) throw new Crash('where is not a list of conditions')
  const expr = textOf(item['expr'])
  if (expr === null) throw new Crash('Undefined index: expr')
  if (expr === 'andX' || expr === 'orX') {
    const inner = valuesOf(item['val']).map((one) => compileItem(one, columns, dialect, true))
    return join(inner, expr === 'andX' ? 'and' : 'or')
  }
  const name = textOf(item['col']) ?? ''
  const column = columns(name, isNested)
  if (column === null) throw new Crash(`Unknown column '${name}'`)
  return column.kind === 'text'
    ? compileText(column.read, expr, item['val'], dialect)
    : compileNumber(column.read, expr, item['val'], { ...dialect, kind: column.kind })
}

function join<Row>(tests: readonly (Test<Row> | null)[], how: 'and' | 'or'): Test<Row> | null {
  const real = tests.filter((test) => test !== null)
  const [first] = real
  if (first === undefined) return null
  if (real.length === 1) return first
  if (how === 'and') return (row) => real.every((test) => test(row))
  return (row) => real.some((test) => test(row))
}

const PLUS = new Set(['in', 'notIn', 'between', 'notBetween', 'isEmpty', 'isNotEmpty'])

function compileText<Row>(
  read: (row: Row) => string | null,
  expr: string,
  val: unknown,
  dialect: Dialect,
): Test<Row> | null {
  if (PLUS.has(expr) && !dialect.hasPlusOperators) return null
  const plain = textOf(val) ?? ''
  const sent = dialect.escapesValues ? escapeHtml(plain) : plain
  const wanted = fold(sent)
  const known = (test: (value: string) => boolean): Test<Row> => {
    return (row) => {
      const value = read(row)
      return value !== null && test(fold(value))
    }
  }
  switch (expr) {
    case 'eq':
      return known((value) => value === wanted)
    case 'neq':
      return known((value) => value !== wanted)
    case 'lt':
      return known((value) => value < wanted)
    case 'lte':
      return known((value) => value <= wanted)
    case 'gt':
      return known((value) => value > wanted)
    case 'gte':
      return known((value) => value >= wanted)
    case 'like':
      return known(likeTest(sent))
    case 'notLike': {
      const matches = likeTest(sent)
      return known((value) => !matches(value))
    }
    case 'in': {
      const set = new Set(listOf(val).map(fold))
      return known((value) => set.has(value))
    }
    case 'notIn': {
      const set = new Set(listOf(val).map(fold))
      return known((value) => !set.has(value))
    }
    case 'between':
    case 'notBetween': {
      const [low = '', high = ''] = valuesOf(val).map((one) => fold(textOf(one) ?? ''))
      const isInside = expr === 'between'
      return known((value) => (value >= low && value <= high) === isInside)
    }
    case 'isNull':
      return (row) => read(row) === null
    case 'isNotNull':
      return (row) => read(row) !== null
    case 'isEmpty':
      return (row) => (read(row) ?? '') === ''
    case 'isNotEmpty':
      return (row) => (read(row) ?? '') !== ''
    default:
      // An unknown expression is no condition at all.
      return null
  }
}

function compileNumber<Row>(
  read: (row: Row) => number | null,
  expr: string,
  val: unknown,
  dialect: Dialect & { readonly kind: 'number' | 'datetime' },
): Test<Row> | null {
  if (PLUS.has(expr) && !dialect.hasPlusOperators) return null
  const convert = (text: string) => (dialect.kind === 'number' ? toFloat(text) : sqlMoment(text))
  const wanted = convert(textOf(val) ?? '')
  const known = (test: (value: number, wanted: number) => boolean): Test<Row> => {
    if (wanted === null) return () => false
    return (row) => {
      const value = read(row)
      return value !== null && test(value, wanted)
    }
  }
  switch (expr) {
    case 'eq':
      return known((value, bound) => value === bound)
    case 'neq':
      return known((value, bound) => value !== bound)
    case 'lt':
      return known((value, bound) => value < bound)
    case 'lte':
      return known((value, bound) => value <= bound)
    case 'gt':
      return known((value, bound) => value > bound)
    case 'gte':
      return known((value, bound) => value >= bound)
    case 'like':
    case 'notLike': {
      const matches = likeTest(textOf(val) ?? '')
      return (row) => {
        const value = read(row)
        return value !== null && matches(String(value)) === (expr === 'like')
      }
    }
    case 'in':
    case 'notIn': {
      const set = new Set(listOf(val).map(convert))
      return (row) => {
        const value = read(row)
        return value !== null && set.has(value) === (expr === 'in')
      }
    }
    case 'between':
    case 'notBetween': {
      const [low = null, high = null] = valuesOf(val).map((one) => convert(textOf(one) ?? ''))
      return (row) => {
        const value = read(row)
        if (value === null || low === null || high === null) return false
        return (value >= low && value <= high) === (expr === 'between')
      }
    }
    case 'isNull':
    case 'isEmpty':
      return (row) => read(row) === null
    case 'isNotNull':
    case 'isNotEmpty':
      return (row) => read(row) !== null
    default:
      return null
  }
}

/** The values of in and notIn: an array, or CSV in which double quotes group. */
export function listOf(val: unknown): string[] {
  if (isPhpArray(val)) return valuesOf(val).map((one) => textOf(one) ?? '')
  const values: string[] = []
  const text = textOf(val) ?? ''
  const pattern = /\s*"((?:[^"]|"")*)"[^,]*(?:,|$)|([^,]*)(?:,|$)/gy
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) break
    values.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'))
  }
  if (text === '' || text.endsWith(',')) values.push('')
  return values
}
