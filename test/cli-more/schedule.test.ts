import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/http/clock.ts'
import { openStore } from '../../src/state/sql/open.ts'
import { type Served, served } from '../cli/served.ts'
import { PATIENT } from '../patient.ts'
import { type QueueServer, startRedisServer } from '../runner/queue-server.ts'

/** A text: why there is none. */
const server = await startRedisServer().catch((error: unknown) => String(error))

describe('ferry schedule', () => {
  let two: Served
  beforeAll(async () => {
    two = await served({ contacts: 8 })
  })
  afterAll(async () => {
    await two.close()
    if (typeof server !== 'string') await server.stop()
  })

  const scheduled = () =>
    two.configure(two.configText.replace(/^( +)move:\n/m, '$&$1  schedule: "0 3 1 1 *"\n'))

  it('without a schedule in ferry.yaml, or with a zone that does not exist, ends with 2', async () => {
    two.configure(two.configText)
    expect(await two.ferry('schedule')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no sync of ferry.yaml has a schedule'),
    })
    scheduled()
    expect(await two.ferry('schedule', '--time-zone', 'Mars/Base')).toMatchObject({ code: 2 })
  })

  it('makes up for a missed tick once, tells it as events, and ends with 0 when told to stop', async () => {
    scheduled()
    expect((await two.ferry('state', 'migrate')).code).toBe(0)
    const store = await openStore(`sqlite:${join(two.folder, '.ferry/state.db')}`, {
      clock: systemClock,
    })
    try {
      await store.meta.set('schedule move', String(Date.parse('2020-01-01T00:00:00Z')))
      const running = two.start(['--json', '--ndjson', 'schedule', '--time-zone', 'UTC'])
      await vi.waitFor(
        async () =>
          expect((await store.runs.list({ sync: 'move', limit: 9 }))[0]?.status).toBe('done'),
        PATIENT,
      )
      await vi.waitFor(async () => expect(await store.leases.list()).toEqual([]), PATIENT)
      running.interrupt()
      const ended = await running.ended
      expect(ended.code).toBe(0)
      expect(ended.json()).toEqual({ ended: 1, skipped: 0, missed: 1, interrupted: [] })
      const events = ended.stderr
        .split('\n')
        .filter((line) => line.includes('"event":"schedule"'))
        .map((line) => JSON.parse(line) as { kind: string; sync: string; code?: number })
      expect(events.map(({ kind, sync }) => `${sync} ${kind}`)).toEqual([
        'move missed',
        'move started',
        'move ended',
      ])
      expect(await store.runs.list({ sync: 'move', limit: 9 })).toHaveLength(1)
    } finally {
      await store.close()
    }
  })

  it.skipIf(typeof server === 'string')(
    'hands a tick of the queue to a worker, once for however many schedulers there are',
    async () => {
      const { connection } = server as QueueServer
      scheduled()
      const text = readFileSync(join(two.folder, 'ferry.yaml'), 'utf8')
      two.configure(text.replace('connections:', `queue: ${connection}\nconnections:`))
      const processes = [
        two.start(['worker']),
        ...[1, 2].map(() => two.start(['--json', 'schedule', '--time-zone', 'UTC'])),
      ]
      const store = await openStore(`sqlite:${join(two.folder, '.ferry/state.db')}`, {
        clock: systemClock,
      })
      const ticks = new Queue('schedule', { prefix: 'ferry', connection: { url: connection } })
      try {
        const before = (await store.runs.list({ sync: 'move', limit: 99 })).length
        await vi.waitFor(async () => expect(await ticks.getWorkersCount()).toBe(2), PATIENT)
        // A scheduler listens first and enters its syncs then.
        await vi.waitFor(async () => {
          const entered = (await ticks.getJobSchedulers()).map(({ key, tz }) => [key, tz])
          expect(entered).toEqual([['move', 'UTC']])
        }, PATIENT)
        await ticks.add('move', {})
        await vi.waitFor(async () => {
          const runs = await store.runs.list({ sync: 'move', limit: 99 })
          expect([runs.length - before, runs[0]?.status]).toEqual([1, 'done'])
          expect(await store.leases.list()).toEqual([])
        }, PATIENT)
        await vi.waitFor(async () => expect(await ticks.getActiveCount()).toBe(0), PATIENT)
        for (const each of processes) each.interrupt()
        const [worker, ...schedulers] = await Promise.all(processes.map(({ ended }) => ended))
        expect([worker?.code, ...schedulers.map(({ code }) => code)]).toEqual([0, 0, 0])
        const ran = schedulers.map((each) => Number(each.json()['ended']))
        expect(ran.toSorted()).toEqual([0, 1])
      } finally {
        for (const each of processes) each.interrupt()
        await ticks.close()
        await store.close()
      }
    },
  )
})
