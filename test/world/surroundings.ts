/** What is the same in every world: where the accounts live, and a log that nobody reads. */
import type { Log } from '../../src/connector/kit.ts'
import type { Side } from './phase.ts'

export const ORIGINS: Readonly<Record<Side, string>> = {
  from: 'http://127.0.0.1:7001',
  to: 'http://127.0.0.1:7002',
}
export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {} }
/** There and back. */
export const LATENCY_MS = 40
