/** A queue for one test file: Redis at REDIS_URL, else a private one from PATH, else BullMQ's own queue on a Postgres from node_modules. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { runSql, startPostgres } from '../state/postgres-server.ts'

export interface QueueServer {
  readonly kind: 'redis' | 'postgres'
  readonly connection: string
  /** Loses everything that the queue under this prefix holds. */
  lose(prefix: string): Promise<void>
  stop(): Promise<void>
}

/** Throws an error that names what was tried. */
export function startQueueServer(): Promise<QueueServer> {
  return firstOf(WAYS)
}

/** The same for what only Redis does. Throws an error that names what was tried. */
export function startRedisServer(): Promise<QueueServer> {
  return firstOf(REDIS_WAYS)
}

async function firstOf(
  ways: Readonly<Record<string, () => Promise<QueueServer>>>,
): Promise<QueueServer> {
  const reasons: string[] = []
  for (const [name, start] of Object.entries(ways)) {
    try {
      return await start()
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(`no queue to test on; ${reasons.join('; ')}`)
}

const REDIS_WAYS = { REDIS_URL: useGiven, 'redis-server on PATH': startRedis }
const WAYS = {
  ...REDIS_WAYS,
  'Postgres as queue': startPostgresQueue,
}

async function useGiven(): Promise<QueueServer> {
  const url = process.env['REDIS_URL']
  if (!url) throw new Error('not set')
  await onRedis(url, (redis) => redis.ping())
  return redisAt(url, async () => undefined)
}

async function startRedis(): Promise<QueueServer> {
  const port = await freePort()
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn('redis-server', flags, { stdio: 'ignore' })
  await once(server, 'spawn')
  const url = `redis://127.0.0.1:${port}`
  await answering(url, server)
  return redisAt(url, async () => {
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  })
}

export async function startPostgresQueue(): Promise<QueueServer> {
  const server = await startPostgres()
  const connection = await server.newDatabase()
  return {
    kind: 'postgres',
    connection,
    lose: (prefix) => runSql(connection, `delete from "${prefix}".job`),
    stop: () => server.stop(),
  }
}

function redisAt(connection: string, stop: () => Promise<void>): QueueServer {
  return {
    kind: 'redis',
    connection,
    lose: (prefix) =>
      onRedis(connection, async (redis) => {
        const keys = await redis.keys(`${prefix}:*`)
        if (keys.length > 0) await redis.del(...keys)
      }),
    stop,
  }
}

async function onRedis(url: string, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await work(redis)
  } finally {
    redis.disconnect()
  }
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && server.exitCode === null; tries += 1) {
    try {
      return await onRedis(url, (redis) => redis.ping())
    } catch {
      await setTimeout(20)
    }
  }
  server.kill()
  throw new Error('it did not answer')
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
