/**
 * Keeps rotating credentials in one private JSON file (0600, in a folder made 0700).
 *
 * A save replaces the whole file: written beside it, flushed, renamed over it, and the folder flushed, so that a crash leaves either the
 * old or the new file. Saves of one process queue up; saves of several take turns by a lock file that names its owner's process, and
 * a lock whose owner is dead is taken over.
 */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import { ConnectorError } from '../connector/error.ts'
import type { Clock, Vault } from '../connector/kit.ts'
import { systemClock } from './clock.ts'

/** Throws ConnectorError `permission` when others may read or replace the file, or when it is no vault. Missing file: empty vault. */
export function fileVault(path: string, clock: Clock = systemClock): Vault {
  let last: Promise<unknown> = Promise.resolve()
  return {
    load: async (name) => (await readVault(path))[name] ?? null,
    save(name, secrets) {
      const saved = last.then(() =>
        underLock(path, clock, async () => {
          const all = await readVault(path)
          await replace(path, JSON.stringify({ ...all, [name]: secrets }, null, 2))
        }),
      )
      // The next save waits for this one, whatever became of it; its own caller hears of a failure.
      last = saved.catch(() => {})
      return saved
    },
  }
}

type Contents = Readonly<Record<string, Readonly<Record<string, string>>>>

async function readVault(path: string): Promise<Contents> {
  await assertPrivate(path)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return {}
    throw error
  }
  const value = parsed(text)
  if (isContents(value)) return value
  throw refusal(`${path} is not a vault`, 'Move the file away and authorise again.')
}

/** Windows has neither modes nor folders that can be flushed; the folder of the user is private there. */
const HAS_MODES = process.platform !== 'win32'

/** A folder that its group may write is let be: by default that group is the user alone. */
async function assertPrivate(path: string): Promise<void> {
  if (!HAS_MODES) return
  for (const { place, forbidden, fix } of [
    { place: path, forbidden: 0o077, fix: 'chmod 600' },
    { place: dirname(path), forbidden: 0o002, fix: 'chmod 700' },
  ]) {
    const mode = await modeOf(place)
    if (mode !== null && (mode & forbidden) !== 0)
      throw refusal(`${place} is open to others (mode ${mode.toString(8)})`, `${fix} ${place}`)
  }
}

async function modeOf(place: string): Promise<number | null> {
  try {
    return (await stat(place)).mode & 0o777
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  if (!HAS_MODES) return
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const LOCK_WAIT_MAX_MS = 10_000
const LOCK_POLL_MS = 25

async function underLock(path: string, clock: Clock, action: () => Promise<void>): Promise<void> {
  await makeFolder(dirname(path))
  const lock = `${path}.lock`
  const giveUpMs = clock.now() + LOCK_WAIT_MAX_MS
  while (!(await take(lock))) {
    if (clock.now() >= giveUpMs)
      throw refusal(
        `${lock} is held by process ${(await ownerOf(lock)) ?? 'unknown'}`,
        'Let the other process finish, or remove the lock if there is none.',
      )
    await clock.sleep(LOCK_POLL_MS, NEVER)
  }
  try {
    await action()
  } finally {
    await rm(lock, { force: true })
  }
}

const NEVER = new AbortController().signal

/** The lock appears with its content in it: made beside, then linked, which fails where one exists. */
async function take(lock: string): Promise<boolean> {
  const mine = `${lock}.${randomUUID()}`
  await writeFile(mine, String(process.pid), { flag: 'wx', mode: 0o600 })
  try {
    await link(mine, lock)
    return true
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    const owner = await ownerOf(lock)
    if (owner !== null && !isAlive(owner)) await clearDead(lock, owner)
    return false
  } finally {
    await rm(mine, { force: true })
  }
}

/** Moves a dead owner's lock aside; when somebody living took it in between, that one is put back. */
async function clearDead(lock: string, owner: number): Promise<void> {
  const aside = `${lock}.${randomUUID()}`
  try {
    await rename(lock, aside)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  try {
    if ((await ownerOf(aside)) !== owner) await link(aside, lock)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** null: no lock any more. */
async function ownerOf(lock: string): Promise<number | null> {
  try {
    return Number(await readFile(lock, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives, under another user.
    return hasCode(error, 'EPERM')
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Told as "not a vault" by the caller; the error's own words would quote the file.
    return null
  }
}

function isContents(value: unknown): value is Contents {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (entry) => isRecord(entry) && Object.values(entry).every((text) => typeof text === 'string'),
    )
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function refusal(message: string, hint: string): ConnectorError {
  return new ConnectorError('permission', message, { hint })
}
