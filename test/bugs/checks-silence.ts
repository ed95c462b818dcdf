/** Accounts that ask for quiet, or answer nothing that is written. */
import assert from 'node:assert/strict'
import { httpOver } from '../../src/http/channel.ts'
import { withText } from '../../src/simulation/network.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { twoAccounts } from '../app/two-accounts.ts'
import { OPTIONS, remembering, WRITE } from '../http/scripted.ts'
import type { Check } from './checks.ts'

const NEVER = new AbortController().signal
/** More than a run takes for bad records when nobody else gets an answer. */
const CONTACTS = 12

export const SILENCE_CHECKS: Readonly<Record<string, Check>> = {
  'a place comes free when every worker knows of the quiet': async () => {
    const told: string[] = []
    const http = httpOver({
      clock: virtualClock(0),
      log: remembering(),
      random: () => 0.5,
      transport: () => ({
        exchange: async () =>
          withText(
            { status: 429, headers: { 'retry-after': '86400' }, dateMs: null, bytes: 0 },
            '',
          ),
        close: async () => {},
      }),
      pacer: () => ({
        enter: async () => () => told.push('place free'),
        quiet: async () => {
          await new Promise((resolve) => setImmediate(resolve))
          told.push('all know')
        },
        waitingFor: null,
        close: () => {},
      }),
    })
    const channel = http.channel({ ...OPTIONS, url: 'http://127.0.0.1:7009' })
    await assert.rejects(channel.send(WRITE, NEVER))
    await channel.close()
    assert.deepEqual(told, ['all know', 'place free'])
  },

  'an account that takes no write stops the run, and nobody is to blame': async () => {
    const world = twoAccounts({
      from: { platform: 'infusionsoft', contacts: CONTACTS },
      to: {
        platform: 'adaptix',
        contacts: 0,
        faults: { resetBefore: 1 },
        faultsOnly: (request) => world.to.isMutation(request) && /contacts/.test(request.url),
      },
      seed: 3,
    })
    try {
      const failed: unknown = await world.run('sync').catch((error: unknown) => error)
      assert.match(String(failed), /answered no write/)
      const app = await world.open({ mayWrite: false })
      const blamed = await app.store.cases.list({ sync: 'move', kind: 'reject', limit: 100 })
      await app.close()
      assert.deepEqual(blamed, [])
    } finally {
      world.close()
    }
  },
}
