/** What a pull found out, as kept in the documents of its run. */
import type { StreamName } from '../connector/capabilities.ts'
import type { Side } from '../model/id.ts'
import type { Job } from './env.ts'

/** A finished stream, as kept in the run's document `scans`. */
export interface ScanResult {
  readonly side: Side
  readonly stream: StreamName
  readonly isFull: boolean
  readonly rows: number
  readonly high: string | null
  readonly isProven: boolean
  readonly fingerprint: string
  readonly broken: readonly {
    readonly id: string | null
    readonly message: string
    readonly hint: string
  }[]
  readonly notes: readonly string[]
}

/** What a pull found out before it read, as kept in the run's document `pull`. */
export interface PullDocument {
  readonly isFull: boolean
  readonly census: string | null
}

export async function scansOf({ env, run }: Job): Promise<readonly ScanResult[]> {
  return ((await env.store.runs.document(run.id, 'scans')) ?? []) as readonly ScanResult[]
}
