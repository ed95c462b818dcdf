/** Keeps the directory of e-mail keys in step with what was read. */
import { hashText } from '../model/hash.ts'
import { normEmail } from '../model/email.ts'
import { EMAIL_PATHS } from '../model/field.ts'
import type { Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Job } from './env.ts'

/** The directory's entry of one address: nothing can be read back from it. */
export function emailHash(key: string, email: string): string {
  return hashText(key, `email ${normEmail(email)}`)
}

const PAGE = 1_000

/** After a pull: a full scan replaces all of the side, an incremental one the contacts it read. */
export async function enterInDirectory(job: Job, side: Side, isFull: boolean): Promise<void> {
  const { env, run } = job
  const key = await env.store.meta.hashKey()
  if (isFull) await job.commit((store) => store.directory.clear(run.sync, side))
  for (let seq = 0; ; ) {
    job.signal.throwIfAborted()
    const rows = await env.store.staging.bareAfter(run.id, side, seq, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return
    seq = last.seq
    const entries = rows.map(({ sighting }) => ({
      contact: sighting.id,
      hashes: hashesOf(key, sighting),
    }))
    await job.commit((store) => store.directory.put(run.sync, side, entries))
  }
}

/** All addresses: the primary one finds twins, the others the person that an opt-out is about. */
function hashesOf(key: string, sighting: Sighting): readonly string[] {
  const hashes = new Set<string>()
  for (const path of EMAIL_PATHS) {
    const value = sighting.fields[path]
    if (typeof value === 'string' && value !== '') hashes.add(emailHash(key, value))
  }
  return [...hashes]
}
