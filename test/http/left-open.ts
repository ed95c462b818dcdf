/** Proof that nothing of a test stays behind: no socket, no server, no timer that would keep the process alive. */
import { expect } from 'vitest'

/** Gives connections that are closing a moment to be closed. */
export async function expectNothingOpen(): Promise<void> {
  let open = openNow()
  for (let turns = 0; open.length > 0 && turns < TURNS_MAX; turns++) {
    await new Promise((resolve) => setImmediate(resolve))
    open = openNow()
  }
  expect(open).toEqual([])
}

const TURNS_MAX = 2_000
const LEFT_OPEN = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TLSWrap',
  'TCPConnectWrap',
  'GetAddrInfoReqWrap',
  'Timeout',
])
/** The limit that the test runner puts on the hook in which this is asked. */
const RUNNER_TIMERS = 1

function openNow(): string[] {
  const kinds = process.getActiveResourcesInfo().filter((kind) => LEFT_OPEN.has(kind))
  const timers = kinds.filter((kind) => kind === 'Timeout')
  return [...kinds.filter((kind) => kind !== 'Timeout'), ...timers.slice(RUNNER_TIMERS)]
}
