import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { work } from '../../src/app/run.ts'
import { bullmqRunner, startWorker } from '../../src/runner/bullmq.ts'
import { bellOn, wayTo } from '../../src/runner/bullmq-queue.ts'
import { openSlices } from '../../src/runner/queued/settle.ts'
import { QUEUE_TIMING } from '../../src/runner/queued/timing.ts'
import { PATIENT } from '../patient.ts'
import { type Bench, openAt, openBench, SYNC } from './bench.ts'
import { newQueue, openSockets, openSubmitter, openWorker } from './queue-bench.ts'
import { freePort, type QueueServer, startPostgresQueue, startQueueServer } from './queue-server.ts'
import { NEVER } from './runner-contract.ts'

describe('a queue with workers', () => {
  let server: QueueServer
  let bench: Bench
  const toClose: (() => Promise<void>)[] = []
  beforeAll(async () => {
    server = await startQueueServer()
  })
  beforeEach(async () => {
    bench = await openBench()
  })
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
    await bench.close()
  })
  afterAll(async () => {
    await server.stop()
    await vi.waitFor(() => expect(openSockets()).toEqual([]), PATIENT)
  })

  async function submitter(queue = newQueue(server.connection), options = {}) {
    const opened = await openSubmitter(queue, { place: bench.place, ...options })
    toClose.push(
      () => opened.app.close(),
      () => opened.runner.close(),
    )
    return { queue, ...opened }
  }
  async function worker(queue: ReturnType<typeof newQueue>, name: string, place = bench.place) {
    const opened = await openWorker(queue, { place, name })
    toClose.push(() => opened.stop())
    return opened
  }

  test('that is lost with everything in it loses nothing of the run', async () => {
    const { app, runner, queue } = await submitter()
    await worker(queue, 'worker')
    const ended = work(app, SYNC, runner, NEVER)
    for (const count of [5, 15, 30]) {
      await bench.reached(count)
      await server.lose(queue.prefix)
    }
    expect(await ended).toMatchObject({ status: 'done' })
  })

  test('waits for the first worker to come', async () => {
    const { app, runner, queue } = await submitter()
    const ended = work(app, SYNC, runner, NEVER)
    await worker(queue, 'late')
    expect(await ended).toMatchObject({ status: 'done' })
  })

  test('goes on with another worker when one is told to stop, without waiting for it to be missed', async () => {
    const { app, runner, queue } = await submitter()
    const first = await worker(queue, 'first')
    const ended = work(app, SYNC, runner, NEVER)
    await bench.reached(20)
    await first.worker.close()
    const before = bench.arrived
    expect(await app.store.leases.list()).not.toContainEqual(
      expect.objectContaining({ owner: 'first' }),
    )
    await worker(queue, 'second')
    expect(await ended).toMatchObject({ status: 'done' })
    expect(bench.arrived).toBeGreaterThan(before)
  })

  test('leaves a run alone that nobody waits for, whatever the queue says', async () => {
    const { app, runner, queue } = await submitter()
    await worker(queue, 'worker')
    const interrupt = new AbortController()
    const ended = work(app, SYNC, runner, interrupt.signal).catch(() => 'interrupted')
    await bench.reached(10)
    interrupt.abort()
    expect(await ended).toBe('interrupted')
    const before = bench.arrived
    const run = await app.store.runs.resumable(SYNC.sync)
    const tickets = await openSlices(app.env, run)
    expect(tickets.length).toBeGreaterThan(0)
    const way = wayTo(queue, app.env, QUEUE_TIMING)
    toClose.push(way.close)
    const jobs = way.queue()
    await bellOn(queue, jobs, null).ring(tickets)
    await vi.waitFor(
      async () => expect(await jobs.getJobCountByTypes('waiting', 'active', 'delayed')).toBe(0),
      PATIENT,
    )
    expect(bench.arrived).toBe(before)
    expect(await work(app, SYNC, runner, NEVER)).toMatchObject({ id: run?.id, status: 'done' })
  })

  test('tells the command that waits what its workers are doing', async () => {
    const texts: string[] = []
    const { app, runner, queue } = await submitter(undefined, {
      progress: (event: { text: string }) => texts.push(event.text),
    })
    await worker(queue, 'worker')
    await work(app, SYNC, runner, NEVER)
    expect(texts.join()).toContain('source')
  })

  test('a worker with another configuration does not touch the run, and the command is told which one', async () => {
    const { app, runner, queue } = await submitter()
    const config = `${bench.place.config}    match: [link]\n`
    await worker(queue, 'outdated', { ...bench.place, config })
    await expect(work(app, SYNC, runner, NEVER)).rejects.toMatchObject({
      name: 'QueueError',
      kind: 'setup',
      message: expect.stringMatching(/outdated .*another configuration of "move"/),
    })
    expect(bench.arrived).toBe(0)
  })

  test('a worker that lacks a secret says so to the command', async () => {
    const { app, runner, queue } = await submitter()
    await worker(queue, 'poor', { ...bench.place, secrets: {} })
    await expect(work(app, SYNC, runner, NEVER)).rejects.toMatchObject({
      kind: 'setup',
      message: expect.stringMatching(/^worker poor: /),
    })
  })

  test('works on Postgres as well', async () => {
    const postgres = await startPostgresQueue()
    toClose.push(() => postgres.stop())
    const { app, runner, queue } = await submitter(newQueue(postgres.connection))
    await worker(queue, 'worker')
    const ended = work(app, SYNC, runner, NEVER)
    await bench.reached(20)
    await postgres.lose(queue.prefix)
    expect(await ended).toMatchObject({ status: 'done' })
  })

  test('that does not answer is said by address, without the password', async () => {
    const port = await freePort()
    const queue = {
      connection: `redis://:hush-hush@127.0.0.1:${port}`,
      timing: { readyMs: 150 },
    }
    const app = await openAt({ place: bench.place })
    toClose.push(() => app.close())
    const runner = bullmqRunner(app.env, queue)
    const failed: unknown = await work(app, SYNC, runner, NEVER).catch((error: unknown) => error)
    await runner.close()
    expect(failed).toMatchObject({
      name: 'QueueError',
      kind: 'unreachable',
      message: expect.stringContaining(`redis://127.0.0.1:${port}`),
    })
    expect(`${failed}`).not.toContain('hush')
    const idle = startWorker(app.env, { ...queue, concurrency: 1, prepare: async () => {} })
    await expect(idle.run(NEVER)).rejects.toMatchObject({ kind: 'unreachable' })
    await idle.close().catch(() => undefined)
  })
})
