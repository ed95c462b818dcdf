/** How far each stream was read. */
import type { RunId, Side } from '../model/id.ts'

export interface Cursor {
  readonly sync: string
  readonly side: Side
  readonly stream: string
  /** The server's own text. */
  readonly watermark: string
  /** Of filter, field list, account and permission level: another one means a full scan. */
  readonly fingerprint: string
  /** When the last complete census of this stream ended, epoch ms; null: never. */
  readonly censusAt: number | null
  readonly run: RunId
  readonly updatedAt: number
}
export interface Cursors {
  get(sync: string, side: Side, stream: string): Promise<Cursor | null>
  /** Refuses nothing: that watermarks never fall is the pipeline's rule. */
  save(cursor: Cursor): Promise<void>
  clear(sync: string): Promise<void>
}
