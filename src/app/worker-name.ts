/** Who a worker is, written so that another one on the same machine can tell whether it still lives. */
import { hostname } from 'node:os'

const startedAt = Math.round(performance.timeOrigin)

/** `host:pid:start`. */
export function workerName(): string {
  return `${hostname()}:${process.pid}:${startedAt}`
}

/** True only when the holder was a process of this machine that is gone; of other machines only the lapse of a lease tells. */
export function isDead(holder: string): boolean {
  const [host, pid] = holder.split(':')
  if (host !== hostname() || pid === undefined) return false
  if (Number(pid) === process.pid) return !`${holder}:`.startsWith(`${workerName()}:`)
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
