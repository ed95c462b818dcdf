/** The server's cap on the items of a batch, learnt from its refusal (README, "batch cap"). */
import { ServerRefusal } from './refusal.ts'

/**
 * The cap on batches is told by a controller (with details), as a 500; a crash has none. Nothing of such a batch was written.
 */
export function isTooMany(error: unknown, size: number): error is ServerRefusal {
  return (
    error instanceof ServerRefusal &&
    error.status >= 500 &&
    size > 1 &&
    error.server?.isDetailed === true
  )
}

/** The number in the message is the cap in every language; without one, half. */
export function capIn(error: ServerRefusal, size: number): number {
  const told = Number(/\d+/.exec(error.server?.message ?? '')?.[0] ?? 0)
  return told > 0 && told < size ? told : Math.ceil(size / 2)
}
