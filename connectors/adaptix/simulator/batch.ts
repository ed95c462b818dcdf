/** Batches of contacts: one item after the other, results by index, not transactional, with the wrong rows of each release. */
import type { Account } from './account.ts'
import { type Answer, type ControllerError, Crash, errorBody, rawJson, Refused } from './answer.ts'
import { echo, renderContact } from './contact-view.ts'
import { checkPoison, writeContact } from './contact-write.ts'
import { type ContactRow, rowOf } from './contacts.ts'
import { encodeArray, isPhpArray, toInt } from './php.ts'
import { since } from './quirks.ts'
import type { Call } from './routes.ts'

type Item = readonly [key: string, body: Readonly<Record<string, unknown>>]

/** The items of the body. Throws Refused (500) beyond the limit, Crash for what is not an object. */
export function readBatch({ account, body }: Call): readonly Item[] {
  const entries = Object.entries(body)
  if (entries.length > account.quirks.batchLimit) throw tooMany(account)
  return entries.map(([key, item]) => {
    if (!isPhpArray(item)) throw new Crash('an item of the batch is not an array')
    return [key, item] as const
  })
}

/** An exception with a readable text, though an HTTP 500. */
export function tooMany({ quirks }: Account): Refused {
  return new Refused(500, `A max of ${quirks.batchLimit} entities are supported at a time.`)
}

export interface BatchKind {
  readonly method: 'POST' | 'PATCH' | 'PUT'
  readonly isEdit: boolean
}

/** 201 for new and 200 for edit whatever the items did: `contacts`, `statusCodes`, and `errors` where there are any. */
export function runBatch({ account }: Call, items: readonly Item[], kind: BatchKind): Answer {
  const { poisonEffects } = account.quirks
  if (poisonEffects === 'none') for (const [, body] of items) checkPoison(account, body)
  const results: Results = { contacts: [], codes: [], errors: [] }
  const targets = kind.isEdit ? findTargets(account, items) : null
  const done = new Set<number>()
  items.forEach(([key, body], position) => {
    if (poisonEffects === 'earlier') checkPoison(account, body)
    const target = targets === null ? null : (targets[position] ?? null)
    if (target !== null) refuseTwice(account, done, target)
    runItem(account, { key, body, target, kind }, results)
  })
  if (poisonEffects === 'all') for (const [, body] of items) checkPoison(account, body)
  const errors = results.errors.length === 0 ? '' : `,"errors":${encodeArray(results.errors)}`
  return rawJson(
    kind.isEdit ? 200 : 201,
    `{"contacts":${encodeArray(results.contacts)},"statusCodes":${encodeArray(results.codes)}${errors}}`,
  )
}

type Entry = [key: string, json: string]
interface Results {
  readonly contacts: Entry[]
  readonly codes: Entry[]
  readonly errors: Entry[]
}
interface ItemRun {
  readonly key: string
  readonly body: Readonly<Record<string, unknown>>
  readonly target: ContactRow | null
  readonly kind: BatchKind
}

function runItem(account: Account, run: ItemRun, results: Results): void {
  const { key, body, target, kind } = run
  const fail = (code: number, error: unknown) => {
    results.errors.push([key, JSON.stringify(error)])
    results.codes.push([key, String(code)])
  }
  const lacksId = kind.isEdit && toInt(body['id']) === 0
  if (kind.method === 'PATCH' && target === null) {
    if (lacksId) fail(400, ID_MISSING)
    else fail(404, NOT_FOUND)
    return
  }
  const outcome = attempt(account, run)
  if (outcome.kind === 'forbidden') {
    fail(outcome.error.code, apiError(outcome.error))
    return
  }
  // The write has happened all the same: the item without id took the place of another.
  if (lacksId) fail(400, ID_MISSING)
  else if (outcome.kind === 'refused') fail(outcome.error.code, errorBody(outcome.error))
  else {
    results.contacts.push([key, renderContact(account, outcome.row, echo(outcome.sent))])
    results.codes.push([key, String(outcome.status)])
  }
}

type Outcome =
  | ReturnType<typeof writeContact>
  | { readonly kind: 'forbidden'; readonly error: ControllerError }

function attempt(account: Account, { body, target, kind }: ItemRun): Outcome {
  try {
    return writeContact(account, body, { method: kind.method, target, isBatch: true })
  } catch (error) {
    if (error instanceof Refused) return { kind: 'forbidden', error: error.error }
    throw error
  }
}

const NOT_FOUND = { message: 'Item was not found.', code: 404, type: 'api' }
const ID_MISSING = { message: 'ID is missing', code: 400, type: 'api' }

function apiError(error: ControllerError): unknown {
  return { message: error.message, code: error.code, type: 'api' }
}

/**
 * The row that each position writes to. Before 4.0 an unknown id crashes, and 3.x goes through the rows in database order. From 4.0 the ids are
 * packed while the positions are not: an item without id shifts all that follow.
 */
function findTargets(account: Account, items: readonly Item[]): readonly (ContactRow | null)[] {
  const ids = items.map(([, body]) => toInt(body['id'])).filter((id) => id !== 0)
  const rows = ids.map((id) => rowOf(account.contacts, id))
  if (!since(account.quirks, '4.4')) {
    if (rows.includes(null)) throw new Crash('Call to a member function on null')
    if (!since(account.quirks, '3.3')) return alignById(account, items)
    return [...rows].sort((a, b) => (a?.id ?? 0) - (b?.id ?? 0))
  }
  if (account.quirks.version === '4.4' && sharesStage(rows)) {
    throw new Crash('A new entity was found through the relationship Lead#stage')
  }
  return rows
}

function alignById(account: Account, items: readonly Item[]): readonly (ContactRow | null)[] {
  return items.map(([, body]) => rowOf(account.contacts, toInt(body['id'])))
}

function sharesStage(rows: readonly (ContactRow | null)[]): boolean {
  const stages = rows.flatMap((row) => row?.stage ?? [])
  return new Set(stages).size < stages.length
}

/** From 4.x through 5.x the second item with the same id finds a detached entity. */
function refuseTwice(account: Account, done: Set<number>, target: ContactRow): void {
  const crashes = since(account.quirks, '4.4') && !since(account.quirks, '6.0')
  if (crashes && done.has(target.id)) throw new Crash('Detached entity cannot be removed')
  done.add(target.id)
}
