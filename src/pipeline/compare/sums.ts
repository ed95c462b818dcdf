/** What comparing notes or companies has found so far, and how it joins the result. */
import { ConnectorError } from '../../connector/error.ts'
import type { RecordDifference, RunFacts, Verified } from '../../plan/run-facts.ts'
import type { Job, Progressed } from '../env.ts'

/** First the target, whose copies are kept; then the source, page by page beside them. */
export interface Comparing<Sums> {
  readonly phase: 'there' | 'here'
  readonly position: string | null
  readonly sums: Sums
  readonly found: readonly RecordDifference[]
}

const FOUND_MAX = 50
export function withFound(
  found: readonly RecordDifference[],
  more: readonly RecordDifference[],
): readonly RecordDifference[] {
  return [...found, ...more].slice(0, FOUND_MAX)
}

/** Without leave to see them, that is said, and everything else was compared all the same. */
export async function orUncompared(
  job: Job,
  what: string,
  compare: () => Promise<Progressed>,
): Promise<Progressed> {
  try {
    return await compare()
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    if (error.kind !== 'permission' && error.kind !== 'unsupported') throw error
    const line = `${what}: ${error.message}`
    return join(job, ({ uncompared = [], ...verify }) => ({
      verify: { ...verify, uncompared: [...uncompared.filter((each) => each !== line), line] },
    }))
  }
}

/** Closes the slice. */
export async function join(
  { env, run, commit }: Job,
  change: (verify: Verified) => Partial<RunFacts>,
): Promise<Progressed> {
  await commit(async (store) => {
    const before = (await store.runs.lock(run.id))?.facts as RunFacts | undefined
    if (before?.verify === undefined) throw new Error(`run ${run.id} has compared no contacts`)
    const facts = { ...before, ...change(before.verify) }
    await store.runs.update(run.id, { facts, updatedAt: env.clock.now() })
  })
  return { kind: 'closed' }
}
