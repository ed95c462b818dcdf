/** An error on its way from the worker that met it to the command that waits for the run: through the store, as what it was. */
import { z } from 'zod'
import { CAUSES, type Cause, ConnectorError } from '../../connector/error.ts'
import type { RunId } from '../../model/id.ts'
import { type StateStore, StoreError } from '../../state/store.ts'

/**
 * The queued runner cannot go on. `unreachable`: the queue does not answer. `setup`: a worker's configuration is not the one that the run was
 * started under, or lacks something. `worker`: a worker failed or died over a slice, again and again. `taken`: another command waits for this run now.
 */
export class QueueError extends Error {
  override readonly name = 'QueueError'
  readonly kind: (typeof QUEUE_KINDS)[number]
  readonly hint: string
  constructor(
    kind: QueueError['kind'],
    message: string,
    more: { readonly hint: string; readonly cause?: unknown },
  ) {
    super(message, { cause: more.cause })
    this.kind = kind
    this.hint = more.hint
  }
}
const QUEUE_KINDS = ['unreachable', 'setup', 'worker', 'taken'] as const

/** Keeps the first failure of a run for the command that waits for it. */
export async function keepFailure(store: StateStore, run: RunId, error: unknown): Promise<void> {
  await store.transaction([], async (inner) => {
    if ((await inner.runs.document(run, DOCUMENT)) === null)
      await inner.runs.saveDocument(run, DOCUMENT, describe(error))
  })
}

/** null: none was kept. */
export async function failureOf(store: StateStore, run: RunId): Promise<Error | null> {
  const document = await store.runs.document(run, DOCUMENT)
  return document === null ? null : revive(FAILURE.parse(document))
}

export async function forgetFailure(store: StateStore, run: RunId): Promise<void> {
  await store.runs.saveDocument(run, DOCUMENT, null)
}

const DOCUMENT = 'queue failure'

const TEXTS = { message: z.string(), hint: z.string().nullable() }
const FAILURE = z.discriminatedUnion('of', [
  z.object({
    of: z.literal('platform'),
    kind: z.enum(Object.keys(CAUSES) as [Cause, ...Cause[]]),
    retryAfterMs: z.number().nullable(),
    ...TEXTS,
  }),
  z.object({
    of: z.literal('store'),
    kind: z.enum(['busy', 'full', 'newer', 'fenced', 'broken']),
    ...TEXTS,
  }),
  z.object({ of: z.literal('queue'), kind: z.enum(QUEUE_KINDS), ...TEXTS }),
])
type Failure = z.infer<typeof FAILURE>

function describe(error: unknown): Failure {
  const texts = { message: messageOf(error), hint: hintOf(error) }
  if (error instanceof ConnectorError)
    return { of: 'platform', kind: error.kind, retryAfterMs: error.retryAfterMs, ...texts }
  if (error instanceof StoreError) return { of: 'store', kind: error.kind, ...texts }
  if (error instanceof QueueError) return { of: 'queue', kind: error.kind, ...texts }
  return { of: 'queue', kind: 'worker', ...texts, hint: texts.hint ?? SEE_LOG }
}

function revive(failure: Failure): Error {
  const { message } = failure
  switch (failure.of) {
    case 'platform':
      return new ConnectorError(failure.kind, message, {
        hint: failure.hint ?? undefined,
        retryAfterMs: failure.retryAfterMs ?? undefined,
      })
    case 'store':
      return new StoreError(failure.kind, message, { hint: failure.hint ?? '' })
    case 'queue':
      return new QueueError(failure.kind, message, { hint: failure.hint ?? SEE_LOG })
  }
}

export const SEE_LOG =
  'The log of the worker says more. What was confirmed is kept: give the same command again to go on.'

/** Connectors keep secrets out of their errors; this is for everything else that may name an address with a password in it. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/(\w+:\/\/)[^\s/@]*@/g, '$1***@').slice(0, MESSAGE_CHARS_MAX)
}
const MESSAGE_CHARS_MAX = 2_000

export function hintOf(error: unknown): string | null {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string'
    ? error.hint
    : null
}
