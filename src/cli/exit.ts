/** Exit codes, one meaning each, and what an error means for the caller. */
import { ConfigError } from '../app/config/error.ts'
import { ReadOnlyConnection } from '../app/read-only.ts'
import { RunBusy } from '../app/run.ts'
import { NotUndoable } from '../app/undo.ts'
import { ConnectorError } from '../connector/error.ts'
import { safeText } from '../report/safe-text.ts'
import { QueueError } from '../runner/queued/failure.ts'
import { StoreError } from '../state/store.ts'

export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  login: 3,
  guard: 4,
  rejected: 5,
  decisions: 6,
  stale: 7,
  busy: 8,
  down: 9,
  changes: 10,
  differences: 11,
  partial: 12,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Wrong arguments, or something named that does not exist. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

export interface Failure {
  readonly code: ExitCode
  readonly kind: string
  readonly message: string
  readonly hint: string | null
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ConfigError)
    return { code: EXIT.usage, kind: 'configuration', message: error.message, hint: null }
  if (error instanceof UsageError)
    return { code: EXIT.usage, kind: 'usage', message: error.message, hint: error.hint }
  if (error instanceof NotUndoable)
    return { code: EXIT.usage, kind: 'usage', message: error.message, hint: error.hint }
  if (error instanceof ReadOnlyConnection)
    return { code: EXIT.login, kind: 'read-only', message: error.message, hint: error.hint }
  if (error instanceof RunBusy)
    return { code: EXIT.busy, kind: 'busy', message: error.message, hint: error.hint }
  if (error instanceof QueueError) {
    return {
      code: QUEUE_EXITS[error.kind],
      kind: `queue ${error.kind}`,
      message: error.message,
      hint: error.hint,
    }
  }
  if (error instanceof StoreError) {
    return {
      code:
        error.kind === 'newer' ? EXIT.usage : error.kind === 'busy' ? EXIT.busy : EXIT.unexpected,
      kind: `state ${error.kind}`,
      message: error.message,
      hint: error.hint,
    }
  }
  if (error instanceof ConnectorError)
    return {
      code: CONNECTOR_EXITS[error.kind],
      kind: error.kind,
      // A server's words may stand in it.
      message: safeText(error.message, MESSAGE_CHARS_MAX),
      hint: hintOf(error),
    }
  if (error instanceof Error)
    return {
      code: EXIT.unexpected,
      kind: 'unexpected',
      message: error.message,
      hint: 'This should not happen: run again with -v and report what it prints. Nothing that was confirmed is lost.',
    }
  return { code: EXIT.unexpected, kind: 'unexpected', message: String(error), hint: null }
}

const QUEUE_EXITS: Readonly<Record<QueueError['kind'], ExitCode>> = {
  unreachable: EXIT.down,
  setup: EXIT.usage,
  worker: EXIT.unexpected,
  taken: EXIT.busy,
}
const CONNECTOR_EXITS: Readonly<Record<ConnectorError['kind'], ExitCode>> = {
  login: EXIT.login,
  permission: EXIT.login,
  throttled: EXIT.down,
  unreachable: EXIT.down,
  unknown: EXIT.down,
  protocol: EXIT.down,
  scan: EXIT.down,
  gone: EXIT.unexpected,
  stale: EXIT.stale,
  invalid: EXIT.unexpected,
  unsupported: EXIT.usage,
}
const MESSAGE_CHARS_MAX = 400

/** What the connector advises, then how to go on. */
function hintOf(error: ConnectorError): string | null {
  const next = NEXT[CONNECTOR_EXITS[error.kind]]
  const wait =
    error.retryAfterMs === null || error.retryAfterMs < WAIT_TOLD_MS
      ? ''
      : ` Not before ${Math.ceil(error.retryAfterMs / 60_000)} min from now.`
  const parts = [error.hint, next === undefined ? null : next + wait]
  const said = parts.filter((part) => part !== null)
  return said.length === 0 ? null : said.join(' ')
}
/** A shorter wait is over before anybody has read of it. */
const WAIT_TOLD_MS = 30_000

const NEXT: Readonly<Partial<Record<ExitCode, string>>> = {
  [EXIT.usage]:
    'What was confirmed before is on record; correct it, then give the same command again.',
  [EXIT.login]:
    'What was confirmed before is on record; "ferry doctor" tells when the login works, then give the same command again to go on.',
  [EXIT.down]:
    'What was confirmed before is on record, and what got no answer is looked up before it is sent again: give the same command again to go on.',
}
