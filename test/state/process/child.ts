/** What other processes do to a state in the tests: `child.ts JOB PLACE NAME`. */
import { setImmediate } from 'node:timers/promises'
import { openStore } from '../../../src/state/sql/open.ts'
import type { StateStore } from '../../../src/state/store.ts'
import { COUNTS, LINKS_EACH, link } from '../examples.ts'

const JOBS: Readonly<Record<string, (store: StateStore, name: string) => Promise<void>>> = {
  /** Opening is all: the tables are made by whoever comes first. */
  open: async (store) => say(await store.meta.hashKey()),
  /** Counts under a lease that others want too, reading before it writes. */
  count: async (store, owner) => {
    for (let done = 0; done < COUNTS; ) {
      const claim = { scope: 'counting', owner, now: 0, expiresAt: 1, mayTakeOver: () => false }
      const lease = await store.leases.acquire(claim)
      if (lease.kind === 'busy') await setImmediate()
      else {
        await store.transaction([lease.fence], async (inner) => {
          const count = Number((await inner.meta.get('count')) ?? '0')
          await inner.meta.set('count', String(count + 1))
        })
        await store.leases.release(lease.fence)
        done += 1
      }
    }
    say('counted')
  },
  /** Takes one lease, keeps it, and says whether it was first. */
  claim: async (store, owner) => {
    const claim = { scope: 'once', owner, now: 0, expiresAt: 1, mayTakeOver: () => false }
    say((await store.leases.acquire(claim)).kind)
  },
  /** Writes for ever; each transaction has a count and as many links. */
  write: async (store) => {
    const first = Number((await store.meta.get('written')) ?? '0')
    for (let count = first + 1; ; count += 1) {
      await store.transaction([], async (inner) => {
        await inner.meta.set('written', String(count))
        for (let at = 0; at < LINKS_EACH; at += 1)
          await inner.links.save([link(`${count}.${at}`, `${count}.${at}`)])
      })
      say(String(count))
    }
  },
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const [job = '', place = '', name = ''] = process.argv.slice(2)
const run = JOBS[job]
if (run !== undefined) {
  const store = await openStore(place, { clock: { now: () => 0 } })
  await run(store, name)
  await store.close()
}
