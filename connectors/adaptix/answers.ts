/** The shapes in which whole answers arrive: one record under its name, or a list with its total. */
import { z } from 'zod'
import { entriesOf, isObject, whole } from './schema.ts'

/** `{"contact":{…}}` to the record, whatever it is. */
export function one(name: string) {
  return z.looseObject({ [name]: z.unknown() }).transform((answer, context) => {
    const value = answer[name]
    if (isObject(value)) return value
    context.issues.push({ code: 'custom', message: `no ${name} in the answer`, input: value })
    return z.NEVER
  })
}

export interface List {
  /** null: not told. Text for contacts, a number elsewhere; may come from a cache. */
  readonly total: number | null
  /** With the key each stood under (an id), null in an array. Order as the parser gives it: never the server's. */
  readonly rows: readonly (readonly [string | null, unknown])[]
}

/** `{"total":…,"contacts":…}` to its rows: under one of the names, else under the one key that is not a total (README, "container key"). */
export function list(...names: readonly string[]) {
  return z.unknown().transform((answer, context): List => {
    if (Array.isArray(answer)) return { total: null, rows: entriesOf(answer) }
    if (isObject(answer)) {
      const key = names.find((name) => name in answer) ?? onlyKey(answer)
      const rows = key === undefined ? undefined : answer[key]
      if (rows === null || typeof rows === 'object') {
        const total = whole.safeParse(answer['total'])
        return { total: total.success ? total.data : null, rows: entriesOf(rows) }
      }
    }
    context.issues.push({
      code: 'custom',
      message: `no list of ${names[0]} in the answer`,
      input: answer,
    })
    return z.NEVER
  })
}

/** A bare array, or an object keyed by id with no total around it. */
export const bareList = z.unknown().transform((answer, context): List => {
  if (Array.isArray(answer) || isObject(answer)) return { total: null, rows: entriesOf(answer) }
  context.issues.push({ code: 'custom', message: 'a list was expected', input: answer })
  return z.NEVER
})

function onlyKey(answer: Readonly<Record<string, unknown>>): string | undefined {
  const keys = Object.keys(answer).filter((key) => key !== 'total')
  return keys.length === 1 ? keys[0] : undefined
}
