/** Tells whether a file is still the one that was read. */
import { stat } from 'node:fs/promises'
import { isMissing } from './faults.ts'

export interface FileStamp {
  /** Changes with the file's content and when another file takes its place. */
  readonly identity: string
  /** Only with its content, as far as size and time of change tell; a copy that keeps its times has the same. */
  readonly content: string
  readonly size: number
  readonly mode: number
}

/** null: there is no such file. */
export async function stampOf(path: string): Promise<FileStamp | null> {
  try {
    const { size, mtimeNs, ino, mode, mtimeMs } = await stat(path, { bigint: true })
    return {
      identity: `${ino}-${size}-${mtimeNs}`,
      content: `${size}-${mtimeMs}`,
      size: Number(size),
      mode: Number(mode) & 0o777,
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
