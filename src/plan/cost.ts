/** What applying a plan takes: calls by kind, minutes at the permitted rate, share of the daily quota. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Cost } from './plan.ts'
import { updatesPerSlice } from './slice-size.ts'
import type { Tally } from './tally.ts'

export function costOf(tally: Tally, to: Capabilities, vocabulary: number): Cost {
  const { create, update, delete: removed } = tally.counts
  const perCreate = to.create === false ? 1 : to.create.batchMax
  const perUpdate = to.update === false ? 1 : to.update.batchMax
  const perLook = Math.max(1, Math.min(to.fetchMax, updatesPerSlice(to)))
  const perCompanies = to.companies?.batchMax ?? 1
  const calls = [
    { operation: 'vocabulary', count: vocabulary },
    { operation: 'look for companies', count: Math.ceil(tally.companies / perCompanies) },
    { operation: 'create companies', count: Math.ceil(tally.companies / perCompanies) },
    { operation: 'create contacts', count: Math.ceil(create / perCreate) },
    { operation: 're-check before update', count: Math.ceil(update / perLook) },
    { operation: 'update contacts', count: Math.ceil(update / perUpdate) },
    {
      operation: 're-check before removal',
      count: Math.ceil(removed / Math.max(1, to.fetchMax)),
    },
    { operation: 'remove contacts', count: removed },
    { operation: 'tags', count: perCreate === 1 ? tally.tagWrites : 0 },
    { operation: 'opt-outs', count: perCreate === 1 ? tally.optOuts : 0 },
    {
      operation: 'groups',
      count: to.groups.write === 'bulk' ? Math.ceil(tally.joins / JOINS_PER_CALL) : 0,
    },
    { operation: 'update companies', count: tally.companyEdits * CALLS_PER_EDIT },
    { operation: 'add notes', count: tally.notes },
    { operation: 'edit notes', count: tally.noteEdits * CALLS_PER_EDIT },
    { operation: 'read notes back', count: Math.ceil(tally.notes / NOTES_PER_LOOK) },
    { operation: 'look before a start', count: tally.starts * LOOKS_PER_START },
    { operation: 'start sequences', count: tally.starts },
    {
      operation: 'verify',
      count: Math.ceil((create + update + removed) / Math.max(1, to.fetchMax)),
    },
  ].filter((call) => call.count > 0)
  const requests = calls.reduce((sum, call) => sum + call.count, 0)
  return {
    calls,
    requests,
    minutes: Math.round((requests / to.rate.requestsPerSecond / 60) * 10) / 10,
    dailyShare:
      to.rate.requestsPerDay === null
        ? null
        : Math.round((requests / to.rate.requestsPerDay) * 1000) / 1000,
  }
}

/** The accounts of a plan together; the longer of two stretches of time, since they are worked at the same time. */
export function addCosts(costs: readonly Cost[]): Cost {
  const calls = new Map<string, number>()
  for (const { operation, count } of costs.flatMap((cost) => cost.calls))
    calls.set(operation, (calls.get(operation) ?? 0) + count)
  const shares = costs.flatMap(({ dailyShare }) => (dailyShare === null ? [] : [dailyShare]))
  return {
    calls: [...calls].map(([operation, count]) => ({ operation, count })),
    requests: costs.reduce((sum, cost) => sum + cost.requests, 0),
    minutes: Math.max(...costs.map((cost) => cost.minutes)),
    dailyShare: shares.length === 0 ? null : Math.max(...shares),
  }
}

/** Of so many notes that were added, those of one person are read back. */
export const NOTES_PER_LOOK = 20

/** Each is looked at right before. */
const CALLS_PER_EDIT = 2

/** At the target: is the person in it already, and may they be mailed? Both are asked for each by itself. */
const LOOKS_PER_START = 2

/** Ids per bulk call that adds members to a group. */
export const JOINS_PER_CALL = 200
