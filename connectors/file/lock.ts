/** Lets one process at a time change a file: a name beside it that exists while one does. That of a process that died here is taken over. */
import { readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
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

/**
 * A symbolic link, since it appears with its text in one step: a process that dies in between leaves no lock without a name. Where the disk
 * has no such links, it is a file.
 */
async function tryAcquire(path: string): Promise<boolean> {
  const text = JSON.stringify(self())
  try {
    await symlink(text, path)
    return true
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (code === 'EEXIST') return false
    if (NO_LINKS.has(code)) return tryFile(path, text)
    throw error
  }
}
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

async function tryFile(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: PRIVATE })
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
    const holder = HOLDER.safeParse(fromJson(await textOf(path)))
    return holder.success ? holder.data : null
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readlink(path)
  } catch (error) {
    if (codeOf(error) === 'EINVAL') return readFile(path, 'utf8')
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
