/** Starts another process on the state, to be killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type { JOB } from './child.ts'

export interface Victim {
  /** SIGKILL. Throws with what it complained of when it had ended by itself. */
  kill(): Promise<void>
}

export function startProcess(job: z.infer<typeof JOB>): Victim {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  const ended = once(child, 'close')
  return {
    async kill() {
      child.kill('SIGKILL')
      const [, signal] = await ended
      if (signal !== 'SIGKILL') throw new Error(`it ended by itself: ${complaints}`)
    },
  }
}
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
