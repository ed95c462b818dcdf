/** One `ferry` command in a process of its own, timed from outside, with its peak memory and processor time. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Usage } from './probe.ts'
import type { World } from './world.ts'

export interface EngineRun extends Usage {
  /** From spawning the process to its end. */
  readonly wallMs: number
  readonly exitCode: number
  /** The `--json` document. */
  readonly document: RunDocument
}
/** The part of the document that is looked at here. */
export interface RunDocument {
  readonly status: string
  readonly reason: string | null
  readonly counts: Readonly<Record<string, number>>
  readonly companies?: { readonly created: number }
  readonly requests: Readonly<Record<string, { readonly read: number; readonly write: number }>>
  readonly seconds: number
  readonly balanced: boolean
}
export interface EngineOptions {
  /** File to write every request to. */
  readonly recording?: string
  /** Folder for a processor profile. */
  readonly profile?: string
}

/** Ended as it should: nothing left over, some records rejected, or decisions waiting. */
const GOOD_EXITS = [0, 5, 6]

/** `command`: `['migrate', 'move']`. Throws where the run did not end well or its books do not balance. */
export async function runEngine(
  world: Pick<World, 'folder' | 'config' | 'env'>,
  command: readonly string[],
  options: EngineOptions = {},
): Promise<EngineRun> {
  const usageFile = join(world.folder, 'usage.json')
  const probe = new URL('probe.ts', import.meta.url)
  probe.searchParams.set('usage', usageFile)
  if (options.recording !== undefined) probe.searchParams.set('recording', options.recording)
  const profiling =
    options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const begunMs = performance.now()
  const { exitCode, stdout, stderr } = await runToEnd(
    [
      ...profiling,
      `--import=${probe.href}`,
      fileURLToPath(new URL('../bin/ferry.js', import.meta.url)),
      ...['--config', world.config, '--json', '--quiet', '--yes'],
      ...command,
    ],
    // The probe itself is then compiled as little as the program, which keeps its compiled code in the same place.
    { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...world.env },
  )
  const wallMs = performance.now() - begunMs
  if (!GOOD_EXITS.includes(exitCode))
    throw new Error(`ferry ${command.join(' ')} ended with ${exitCode}: ${stdout}${stderr}`)
  const document = JSON.parse(stdout) as RunDocument
  if (document.balanced === false) throw new Error(`the books do not balance: ${stdout}`)
  const usage = JSON.parse(await readFile(usageFile, 'utf8')) as Usage
  return { ...usage, wallMs, exitCode, document }
}

/** Runs Node.js on these arguments with nothing but these variables. */
export function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ exitCode: code ?? -1, stdout, stderr }))
  })
}
