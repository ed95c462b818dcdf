/** What applying a plan takes: calls by kind, minutes at the permitted rate, share of the daily quota. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Cost } from './plan.ts'
import type { Tally } from './tally.ts'

export function costOf(tally: Tally, to: Capabilities, vocabulary: number): Cost {
  const { create, update, delete: removed } = tally.counts
  const perCreate = to.create === false ? 1 : to.create.batchMax
  const perUpdate = to.update === false ? 1 : to.update.batchMax
  const calls = [
    { operation: 'vocabulary', count: vocabulary },
    { operation: 'create contacts', count: Math.ceil(create / perCreate) },
    { operation: 're-check before update', count: Math.ceil(update / Math.max(1, to.fetchMax)) },
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

/** Ids per bulk call that adds members to a group. */
export const JOINS_PER_CALL = 200
