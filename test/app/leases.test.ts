/** The leases that a run holds as a whole: long enough for every write that leaves, and not asked for anew before each of many. */
import { expect, it, vi } from 'vitest'
import { TIMEOUT_MS } from '../../connectors/adaptix/client.ts'
import { work } from '../../src/app/run.ts'
import { inlineRunner } from '../../src/runner/inline.ts'
import { twoAccounts } from './two-accounts.ts'

it('outlast each write, and are prolonged once for many in a row', async () => {
  const accounts = twoAccounts({
    from: { platform: 'infusionsoft', contacts: 1_500 },
    to: { platform: 'adaptix', contacts: 0 },
  })
  const app = await accounts.open()
  const { leases } = app.store
  const renew = leases.renew
  const until = new Map<string, number>()
  let renewals = 0
  vi.spyOn(leases, 'renew').mockImplementation((fence, expiresAt) => {
    if (!fence.scope.startsWith('slice ')) {
      renewals += 1
      until.set(fence.scope, expiresAt)
    }
    return renew(fence, expiresAt)
  })
  const left: number[] = []
  const handle = accounts.to.handle.bind(accounts.to)
  vi.spyOn(accounts.to, 'handle').mockImplementation((request) => {
    if (request.method !== 'GET') left.push(Math.min(...until.values()) - accounts.clock.now())
    return handle(request)
  })
  try {
    const run = await work(
      app,
      { sync: 'move', kind: 'migrate', isFull: false, plan: null },
      inlineRunner(app.env, { concurrency: 4 }),
      new AbortController().signal,
    )
    expect(run.status).toBe('done')
    expect(left.length).toBeGreaterThan(20)
    expect(Math.min(...left)).toBeGreaterThanOrEqual(TIMEOUT_MS)
    expect(renewals).toBeLessThan(left.length)
  } finally {
    await app.close()
    accounts.close()
  }
})
