/** One change of the file at a time, by whatever process: look, decide, append to the log, let others. */
import type { Client, View } from './client.ts'
import { isSpent } from './client.ts'
import { locked } from './lock.ts'

export interface Change<T> {
  /** Lines for the log. */
  readonly lines: readonly string[]
  readonly result: T
}

/** What `decide` asked for is durable when it resolves. */
export function changing<T>(
  client: Client,
  signal: AbortSignal,
  decide: (view: View) => Promise<Change<T>>,
): Promise<T> {
  return locked(lockPath(client), client.kit.clock, signal, async () => {
    const view = await freshView(client, signal)
    const { lines, result } = await decide(view)
    await view.log.append(lines, view.stamp?.content ?? null)
    return result
  })
}

/** Only under the lock: removes a log whose content is in the file already. */
export async function freshView(client: Client, signal: AbortSignal): Promise<View> {
  const view = await client.view(signal)
  if (view.log.known.isEmpty || !isSpent(view.log, view.stamp)) return view
  await view.log.drop()
  return client.view(signal)
}

export function lockPath({ options }: Client): string {
  return `${options.path}.ferry-lock`
}
