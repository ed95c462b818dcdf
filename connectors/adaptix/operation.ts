/** What one operation of the platform is, as data: how it is asked for, what it answers, whether it may be repeated. */
import { z } from 'zod'

export interface Operation<
  Input extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base url; `{name}` is filled from the input, `{automations}` with the platform's word for them. */
  readonly path: string
  readonly effect: 'read' | 'write'
  /** Whether sending it twice leaves the server as sending it once does. */
  readonly isIdempotent: boolean
  readonly summary: string
  readonly input: Input
  readonly result: Result
  /** The input's key that is the whole body; null: everything that is not in the path is (or is the query, for GET and DELETE). */
  readonly bodyKey: string | null
}

export function read<Input extends z.ZodType, Result extends z.ZodType>(
  path: string,
  summary: string,
  shape: { readonly input: Input; readonly result: Result },
): Omit<Operation<Input, Result>, 'name'> {
  return {
    method: 'GET',
    path,
    effect: 'read',
    isIdempotent: true,
    summary,
    bodyKey: null,
    ...shape,
  }
}

export function write<Input extends z.ZodType, Result extends z.ZodType>(
  route: `${'POST' | 'PUT' | 'PATCH' | 'DELETE'} ${string}`,
  summary: string,
  shape: {
    readonly input: Input
    readonly result: Result
    readonly isIdempotent?: boolean
    readonly bodyKey?: string
  },
): Omit<Operation<Input, Result>, 'name'> {
  const [method = 'POST', path = ''] = route.split(' ') as [Operation['method'], string]
  return {
    method,
    path,
    effect: 'write',
    isIdempotent: shape.isIdempotent ?? false,
    summary,
    input: shape.input,
    result: shape.result,
    bodyKey: shape.bodyKey ?? null,
  }
}

/** Gives each entry of a table its own key as its name. */
export function named<Table extends Readonly<Record<string, Omit<Operation, 'name'>>>>(
  table: Table,
): { readonly [Name in keyof Table]: Table[Name] & { readonly name: string } } {
  return Object.fromEntries(
    Object.entries(table).map(([name, operation]) => [name, { ...operation, name }]),
  ) as { readonly [Name in keyof Table]: Table[Name] & { readonly name: string } }
}

/** Ids are digits: the routes match nothing else. */
export const id = z.union([
  z.string().regex(/^[1-9]\d*$/, 'an id is a whole number above zero'),
  z.int().positive().transform(String),
])
export const byId = z.strictObject({ id })

const condition = z.object({ col: z.string(), expr: z.string(), val: z.unknown().optional() })
/** What every list takes. The order is never left to the server: by default it is last activity, which moves while one reads. */
export const listInput = z.looseObject({
  search: z.string().optional(),
  start: z.int().nonnegative().optional(),
  /** 0 would mean everything at once. */
  limit: z.int().positive().optional(),
  publishedOnly: z.boolean().optional(),
  minimal: z.boolean().optional(),
  where: z.array(condition).optional(),
  order: z.array(z.object({ col: z.string(), dir: z.string() })).optional(),
  select: z.array(z.string()).optional(),
  orderBy: z.string().default('id'),
  orderByDir: z.enum(['asc', 'desc', 'ASC', 'DESC']).default('asc'),
})
/** Lists below one record have their own columns and default order. */
export const subListInput = z.looseObject({ id, ...pagingShape() })

/** Any field alias, and the few keys beside them. */
export const record = z.looseObject({})

function pagingShape() {
  return {
    search: z.string().optional(),
    start: z.int().nonnegative().optional(),
    limit: z.int().positive().optional(),
    orderBy: z.string().optional(),
    orderByDir: z.enum(['asc', 'desc', 'ASC', 'DESC']).optional(),
  }
}
