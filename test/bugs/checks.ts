/** The suite that each bug must fail: small worlds with one promise each. A check throws when the promise is not kept. */
import { ACCOUNT_CHECKS } from './checks-accounts.ts'
import { ADDRESS_CHECKS } from './checks-addresses.ts'
import { CRASH_CHECKS } from './checks-crash.ts'
import { DELETE_CHECKS } from './checks-deletes.ts'
import { PART_CHECKS } from './checks-parts.ts'
import { SILENCE_CHECKS } from './checks-silence.ts'
import { SYNC_CHECKS } from './checks-sync.ts'
import { WRITE_CHECKS } from './checks-write.ts'

/** A seeded check is tried with several seeds; others do the same for each. */
export type Check = (seed: number) => Promise<void> | void

export const CHECKS: Readonly<Record<string, Check>> = {
  ...PART_CHECKS,
  ...ACCOUNT_CHECKS,
  ...SYNC_CHECKS,
  ...WRITE_CHECKS,
  ...DELETE_CHECKS,
  ...ADDRESS_CHECKS,
  ...SILENCE_CHECKS,
  ...CRASH_CHECKS,
}
