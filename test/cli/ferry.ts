/** Starts the real program and hands back everything it said, after checking what must hold of every command: no secret leaks, plain lines. */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What `--json` printed: exactly one document, or this throws. */
  json(): Json
}
/** A document of unknown depth that answers undefined for what it lacks. */
export interface Json {
  readonly [key: string]: Json
  readonly [index: number]: Json
}
export interface Running {
  readonly ended: Promise<Ended>
  interrupt(): void
  /** Resolves when stdout holds the text. */
  says(text: string): Promise<void>
  /** What stdout holds so far. */
  printed(): string
}
export interface FerryOptions {
  readonly env: Readonly<Record<string, string>>
  /** Texts that must never be printed. */
  readonly secrets: readonly string[]
  readonly cwd: string
  /** No file of the program may grow beyond so many KiB: a disk that fills. */
  readonly fileKibMax?: number
}

export function startFerry(args: readonly string[], options: FerryOptions): Running {
  const { env, secrets, cwd, fileKibMax } = options
  const words = [PROGRAM, ...args]
  const limited = ['-c', `ulimit -f ${fileKibMax}; exec "$0" "$@"`, process.execPath, ...words]
  const [file, given] =
    fileKibMax === undefined ? [process.execPath, words] : ['/bin/bash', limited]
  const child = spawn(file, given, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      for (const listener of listeners) listener()
      resolve({ code, stdout, stderr, json: () => documentOf(stdout) })
    })
  })
  return {
    ended: ended.then((end) => {
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret)
      expect(stdout + stderr).not.toMatch(UNSAFE)
      return end
    }),
    printed: () => stdout,
    interrupt: () => {
      child.kill('SIGINT')
    },
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stdout.includes(text)) resolve()
          else if (child.exitCode !== null)
            reject(new Error(`it ended without "${text}": ${stderr}`))
          else return
          listeners.delete(look)
        }
        listeners.add(look)
        look()
      }),
  }
}

const PROGRAM = fileURLToPath(new URL('../../bin/ferry.js', import.meta.url))
/** Halves the start of the program from the second time on. */
const COMPILED = join(tmpdir(), 'ferry-test-compiled')
/** Whatever moves a cursor, colours, rings or changes the direction of writing. Line ends and tabs are fine. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

function documentOf(stdout: string): Json {
  expect(stdout.endsWith('\n') && stdout.trimEnd().split('\n').length, stdout).toBe(1)
  return JSON.parse(stdout) as Json
}
