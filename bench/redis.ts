/** A Redis for the benchmarks with workers: the one at REDIS_URL, else a private one from PATH. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'

export interface RedisServer {
  readonly url: string
  stop(): Promise<void>
}

/** Throws where there is none. */
export async function startRedis(): Promise<RedisServer> {
  const given = process.env['REDIS_URL']
  if (given) return { url: given, stop: async () => undefined }
  const port = await freePort()
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn('redis-server', flags, { stdio: 'ignore' })
  await once(server, 'spawn')
  await answering(port)
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
    },
  }
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (tries >= 100) throw error
      await setTimeout(20)
    } finally {
      socket.destroy()
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
