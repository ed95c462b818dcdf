/**
 * Puts the log into the file: a new file is written beside the old one, synced, and takes its place in one step, so that at any moment either
 * stands there whole. Rows that nobody wrote to are copied byte by byte, also those that cannot be read.
 */
import { chmod, type FileHandle, open, realpath, rename, rm } from 'node:fs/promises'
import { freshView, lockPath } from './changing.ts'
import { type Client, logPath, type View } from './client.ts'
import { declarationsPath } from './declarations.ts'
import { isMissing } from './faults.ts'
import { locked } from './lock.ts'
import { lineOf, PRIVATE, syncFolder } from './log.ts'
import { stampOf } from './stamp.ts'
import { itemWriter } from './rewriting.ts'
import { startOf, walk } from './walk.ts'

/** Does nothing where there is no log. */
export async function mergeLog(client: Client, signal: AbortSignal): Promise<void> {
  if ((await stampOf(logPath(client.options.path))) === null) return
  await locked(lockPath(client), client.kit.clock, signal, async () => {
    const view = await freshView(client, signal)
    if (view.log.known.isEmpty) return
    await keepDeclarations(view)
    const place = await realPlace(view.options.path)
    const next = `${place}.ferry-new`
    try {
      await writeWhole(view, next, signal)
      const stamp = await stampOf(next)
      await view.log.append([lineOf({ merged: stamp?.content ?? '' })], null)
      await rename(next, place)
    } catch (error) {
      await rm(next, { force: true })
      throw error
    }
    await syncFolder(place)
    await view.log.drop()
  })
}

/** Where a link leads. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isMissing(error)) return path
    throw error
  }
}

async function keepDeclarations({ options, declarations, log }: View): Promise<void> {
  const { fields, tags, groups } = log.known
  if (fields.size + tags.size + groups.size === 0) return
  const place = declarationsPath(options.path)
  await withFile(`${place}.ferry-new`, PRIVATE, async (handle) => {
    await handle.writeFile(`${JSON.stringify(declarations, null, 2)}\n`)
  })
  await rename(`${place}.ferry-new`, place)
  await syncFolder(place)
}

/** Synced when it resolves. */
async function withFile(
  path: string,
  mode: number,
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, 'w', mode)
  try {
    await work(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const WRITE_BYTES = 256 * 1024

async function writeWhole(view: View, path: string, signal: AbortSignal): Promise<void> {
  const mode = view.stamp?.mode ?? PRIVATE
  await withFile(path, mode, async (handle) => {
    const writer = itemWriter(view)
    let pending: Buffer[] = [writer.head]
    let size = writer.head.length
    const flush = async () => {
      if (size > 0) await handle.writeFile(Buffer.concat(pending))
      pending = []
      size = 0
    }
    for await (const { item } of walk(view, startOf(view), signal)) {
      const bytes = writer.bytesOf(item)
      pending.push(bytes)
      size += bytes.length
      if (size >= WRITE_BYTES) await flush()
    }
    await flush()
  })
  // The mode of `open` is cut by the process's mask.
  await chmod(path, mode)
}
