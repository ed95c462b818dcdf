/** Starts other processes on a state. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

/** Runs a job to its end and answers the lines it said; throws what it died of. */
export async function runJob(job: string, place: string, name: string): Promise<string[]> {
  const child = start(job, place, name)
  const ended = once(child, 'close')
  const [said, complaints] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  const [code] = await ended
  if (code !== 0) throw new Error(`${job} of ${name} ended with ${code}: ${complaints}`)
  return said.trim().split('\n')
}

/** Kills a job without warning after it said so many lines; answers the last one. */
export async function killJob(job: string, place: string, lines: number): Promise<string> {
  const child = start(job, place, 'victim')
  const ended = once(child, 'close')
  const complaints = textOf(child.stderr)
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (said.split('\n').length > lines) child.kill('SIGKILL')
  }
  const [, signal] = await ended
  if (signal !== 'SIGKILL') throw new Error(`${job} ended by itself: ${await complaints}`)
  return said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1) ?? ''
}

type Child = ChildProcessByStdio<null, Readable, Readable>

function start(job: string, place: string, name: string): Child {
  return spawn(process.execPath, [CHILD, job, place, name], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
