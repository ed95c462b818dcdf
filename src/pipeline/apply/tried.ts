/**
 * How many records of a kind have been written and read back in small batches under a configuration. As long as they are few, each plan begins
 * with such batches; after that a scheduled sync need not pay for them at every run. Removals and undoing begin small for ever.
 */
import type { PlanHeader } from '../../plan/plan.ts'
import type { StateStore } from '../../state/store.ts'
import type { Job } from '../env.ts'
import type { WriteRange } from './range.ts'

type Kind = Pick<WriteRange, 'bucket' | 'side'>
interface Tried {
  readonly fingerprint: string
  readonly records: number
}
/** As many as the small batches of one plan hold together. */
const TRIED_MIN = 111

export async function isTried(
  store: StateStore,
  plan: Pick<PlanHeader, 'sync' | 'fingerprint' | 'undoes'>,
  kind: Kind,
): Promise<boolean> {
  if (plan.undoes !== undefined || kind.bucket === 'delete') return false
  return (await known(store, plan, kind)) >= TRIED_MIN
}

/** After a small batch went well. */
export async function noteTried(
  job: Job,
  plan: Pick<PlanHeader, 'sync' | 'fingerprint'>,
  { kind, records }: { readonly kind: Kind; readonly records: number },
): Promise<void> {
  if (records === 0) return
  await job.commit(async (store) => {
    const tried: Tried = {
      fingerprint: plan.fingerprint,
      records: (await known(store, plan, kind)) + records,
    }
    await store.meta.set(keyOf(plan.sync, kind), JSON.stringify(tried))
  })
}

async function known(
  store: StateStore,
  { sync, fingerprint }: Pick<PlanHeader, 'sync' | 'fingerprint'>,
  kind: Kind,
): Promise<number> {
  const text = await store.meta.get(keyOf(sync, kind))
  const tried = text === null ? null : (JSON.parse(text) as Tried)
  return tried?.fingerprint === fingerprint ? tried.records : 0
}

function keyOf(sync: string, { bucket, side }: Kind): string {
  return `tried ${sync} ${bucket} ${side}`
}
