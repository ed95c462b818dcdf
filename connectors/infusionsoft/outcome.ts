/** Outcomes of writes, one item at a time and all together. */
import type { WriteOutcome } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'

/**
 * A ConnectorError among the results is a failure without effect that concerns more than its item (login, quota, line). It is thrown when
 * all items met it; beside items that were done it leaves its item open, to be looked up.
 */
export function together(
  results: readonly (WriteOutcome | ConnectorError)[],
): readonly WriteOutcome[] {
  const walls = results.filter((result) => result instanceof ConnectorError)
  const [wall] = walls
  if (wall !== undefined && walls.length === results.length) throw wall
  return results.map((result) =>
    result instanceof ConnectorError ? { kind: 'unknown', message: result.message } : result,
  )
}

export function rejected(message: string, path: string | null, hint: string): WriteOutcome {
  return { kind: 'rejected', message, path, hint }
}
