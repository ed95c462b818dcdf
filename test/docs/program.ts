/** Starts the program as a user does, in a folder of its own. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './pages.ts'

export interface Ended {
  readonly code: number | null
  /** Both streams, as they came. */
  readonly out: string
}

export function ferry(
  words: readonly string[],
  at: { readonly folder: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/ferry.js'), ...words], {
      cwd: at.folder,
      env: { ...process.env, ...at.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    const hear = (chunk: Buffer) => {
      out += chunk.toString('utf8')
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out }))
  })
}
