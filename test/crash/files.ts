/** Files that a world works on: they outlive an engine as the state does. */
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A side that is a file instead of an account. */
export interface FileSpec {
  readonly platform: 'file'
  readonly path: string
  /** What stands in it at the start; null: it is not there. */
  readonly text: string | null
}
export interface Kept {
  readonly bytes: Buffer
  /** A file that is put back is to look as it did. */
  readonly at: Date
}

export function begin(sides: readonly { readonly platform: string }[], folder: string): void {
  for (const side of sides) {
    if (side.platform !== 'file') continue
    const { path, text } = side as FileSpec
    if (text !== null) writeFileSync(join(folder, path), text)
  }
}

export function filesOf(folder: string): ReadonlyMap<string, Kept> {
  const files = new Map<string, Kept>()
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile())
      files.set(path.slice(folder.length + 1), {
        bytes: readFileSync(path),
        at: statSync(path).mtime,
      })
  }
  return files
}

export function restore(files: ReadonlyMap<string, Kept>, folder: string): void {
  for (const [path, { bytes, at }] of files) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), bytes, { mode: 0o600 })
    utimesSync(join(folder, path), at, at)
  }
}
