/** Lets one process at a time change a file: a lock file that exists while one does. That of a process that died here is taken over. */
import { open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { ConnectorError } from '../../src/connector/error.ts'
import type { Clock } from '../../src/connector/kit.ts'
import { codeOf, isMissing } from './faults.ts'
import { PRIVATE } from './log.ts'
import { fromJson } from './schema.ts'

const HOLDER = z.object({ host: z.string(), pid: z.number(), since: z.number() })
type Holder = z.infer<typeof HOLDER>

const WAIT_MS = 100
const TRIES_MAX = 600

/** Throws ConnectorError `unreachable` when another process keeps it for a minute. */
export async function locked<T>(
  path: string,
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(path, clock, signal)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let tries = 1; !(await tryAcquire(path)); tries += 1) {
    if (await removeIfDead(path)) continue
    if (tries === TRIES_MAX) {
      throw new ConnectorError('unreachable', `another process is changing the file: ${path}`, {
        hint: 'Wait for it to end. If none does, delete that file and run again.',
      })
    }
    await clock.sleep(WAIT_MS, signal)
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', PRIVATE)
    try {
      await handle.writeFile(JSON.stringify(self()))
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function self(): Holder {
  return { host: hostname(), pid: process.pid, since: performance.timeOrigin }
}

/** Moved away before it is judged, so that two who find it dead do not remove each other's. */
async function removeIfDead(path: string): Promise<boolean> {
  if (!isDead(await holderOf(path))) return false
  const aside = `${path}.${process.pid}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
  if (isDead(await holderOf(aside))) await rm(aside, { force: true })
  else await rename(aside, path)
  return true
}

/** null: gone, or being written just now. */
async function holderOf(path: string): Promise<Holder | null> {
  try {
    const holder = HOLDER.safeParse(fromJson(await readFile(path, 'utf8')))
    return holder.success ? holder.data : null
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isDead(holder: Holder | null): boolean {
  if (holder === null || holder.host !== hostname()) return false
  // In a container every process may have the number that its predecessor had.
  if (holder.pid === process.pid) return holder.since !== performance.timeOrigin
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}
