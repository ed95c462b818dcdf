/** Keeps the directory of e-mail keys in step with what was read. */
import { normEmail } from '../model/email.ts'
import { EMAIL_PATHS } from '../model/field.ts'
import { hashText } from '../model/hash.ts'
import type { Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Job } from './env.ts'

/** The directory's entry of one address: nothing can be read back from it. */
export function emailHash(key: string, email: string): string {
  return hashText(key, `email ${normEmail(email)}`)
}

/** Of all addresses: the primary one finds twins, the others the person that an opt-out is about. */
export function addressHashes(key: string, sighting: Sighting): readonly string[] {
  const hashes = new Set<string>()
  for (const path of EMAIL_PATHS) {
    const value = sighting.fields[path]
    if (typeof value === 'string' && value !== '') hashes.add(emailHash(key, value))
  }
  return [...hashes]
}

/** After a pull: a full scan replaces all of the side, an incremental one the contacts it read. */
export async function enterInDirectory(job: Job, side: Side, isFull: boolean): Promise<void> {
  const { run } = job
  await addressLate(job, side)
  await job.commit((store) => store.directory.enter(run.sync, { run: run.id, side, isFull }))
}

/** A run that an earlier version began goes on. */
async function addressLate({ env, run, signal, commit }: Job, side: Side): Promise<void> {
  const key = await env.store.meta.hashKey()
  for (;;) {
    signal.throwIfAborted()
    const late = await env.store.staging.unaddressed(run.id, side, PAGE)
    if (late.length === 0) return
    const contacts = late.map((sighting) => ({
      id: sighting.id,
      addresses: addressHashes(key, sighting),
    }))
    await commit((store) => store.staging.address(run.id, side, contacts))
  }
}
const PAGE = 1_000
