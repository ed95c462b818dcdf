/** What is told about a run that came to rest. */
import { requestsOfRun } from '../pipeline/advance.ts'
import type { RunFacts } from '../plan/run-facts.ts'
import type { RunReport } from '../report/run-document.ts'
import type { RunRecord } from '../state/runs.ts'
import type { App } from './app.ts'

export async function reportOf(app: App, run: RunRecord): Promise<RunReport> {
  const endedAt = run.endedAt ?? app.env.clock.now()
  return {
    run: run.id,
    sync: run.sync,
    kind: run.kind,
    status: run.status,
    reason: run.reason,
    plan: run.plan,
    facts: run.facts as RunFacts,
    requests: await requestsOfRun(app.store, run.id),
    seconds: Math.round((endedAt - run.startedAt) / 100) / 10,
  }
}
