/** Query strings the way PHP reads them: brackets for nesting, a list of conditions under `where`. */

export type QueryValue =
  | string
  | number
  | boolean
  | readonly QueryValue[]
  | { readonly [key: string]: QueryValue | undefined }

/** Without the question mark; '' for no parameters. Commas stay as they are, as the platform's own examples have them. */
export function encodeQuery(parameters: Readonly<Record<string, QueryValue | undefined>>): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) append(pairs, name, value)
  }
  return pairs.join('&')
}

/** One condition; all of a list must hold. Columns are database names: `date_modified`, `id`, or a field's alias. */
export type Condition = {
  readonly col: string
  readonly expr: 'eq' | 'gt' | 'gte' | 'in' | 'isNull' | 'isNotNull'
  readonly val?: string
}

/**
 * `in` over texts. Always `in` and never `eq`, and never with a single value, which the server turns back into `eq`: up to 5.2 the value of
 * `eq` is HTML-escaped before it is compared, so an apostrophe never matches (README, "apostrophe").
 */
export function isOneOf(col: string, values: readonly string[]): Condition {
  const listed = values.length === 1 ? [...values, ...values] : values
  return { col, expr: 'in', val: listed.map(quoted).join(',') }
}

/** Servers and proxies take at least this much of a url. */
const URL_CHARS_MAX = 4_000

/** Values of `in`, as many to a chunk as a url takes. */
export function chunksOf<T extends string>(values: readonly T[]): T[][] {
  const chunks: T[][] = []
  let chars = URL_CHARS_MAX
  for (const value of values) {
    const cost = encodeURIComponent(quoted(value)).length + 1
    if (chars + cost > URL_CHARS_MAX) {
      chunks.push([])
      chars = 0
    }
    chunks.at(-1)?.push(value)
    chars += cost
  }
  return chunks
}

/** Ids of a page after the last one seen, in the only order that does not move while we read. */
export function byId(after: string, limit: number, more: readonly Condition[] = []) {
  return {
    where: [{ col: 'id', expr: 'gt', val: after }, ...more] satisfies readonly Condition[],
    orderBy: 'id',
    orderByDir: 'asc',
    limit,
  } as const
}

function quoted(value: string): string {
  return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function append(pairs: string[], name: string, value: QueryValue): void {
  if (Array.isArray(value)) {
    value.forEach((item: QueryValue, position) => {
      append(pairs, `${name}[${isNested(item) ? position : ''}]`, item)
    })
  } else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) append(pairs, `${name}[${key}]`, item)
    }
  } else {
    const plain = typeof value === 'boolean' ? Number(value) : value
    pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(plain).replaceAll('%2C', ',')}`)
  }
}

function isNested(value: QueryValue): boolean {
  return typeof value === 'object'
}
