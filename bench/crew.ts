/** Several `ferry worker` processes on one world's queue. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { World } from './world.ts'

export interface Crew {
  /** Tells every worker to stop and waits for it. Throws where one had ended by itself. */
  stop(): Promise<void>
}
export interface CrewOptions {
  readonly workers: number
  /** Slices that each works at the same time. */
  readonly concurrency: number
}

/** Resolves when every worker listens. */
export async function startCrew(world: World, options: CrewOptions): Promise<Crew> {
  const crew = Array.from({ length: options.workers }, () => startWorker(world, options))
  await Promise.all(crew.map(listening))
  return {
    async stop() {
      for (const child of crew) {
        if (child.exitCode !== null) throw new Error(`a worker ended with ${child.exitCode}`)
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
    },
  }
}

function startWorker(world: World, options: CrewOptions): ChildProcess {
  const program = fileURLToPath(new URL('../bin/ferry.js', import.meta.url))
  return spawn(
    process.execPath,
    [program, '--config', world.config, 'worker', '--concurrency', String(options.concurrency)],
    { env: { ...world.env }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
}

/** It says so on stderr, which is read to its end so that it never blocks. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < SAID_CHARS_MAX) said += text
      if (said.includes(' listens')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`a worker ended with ${code}: ${said}`)))
  })
}
const SAID_CHARS_MAX = 100_000
