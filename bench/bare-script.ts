/**
 * The yardstick: sends recorded requests with undici over connections that stay open and looks at nothing but the status. No engine, no
 * parsing, no state. Its one argument is a file with a `Task`; it answers with a `Replayed` as JSON on stdout.
 */
import { readFile } from 'node:fs/promises'
import { Agent } from 'undici'
import type { Side } from '../src/model/id.ts'
import type { Recording } from './recording.ts'

export interface Task {
  readonly recording: Recording
  readonly origins: Readonly<Record<Side, string>>
}
export interface Replayed {
  /** From the first request to the last answer. */
  readonly ms: number
  /** Processor time of the whole process. */
  readonly cpuMs: number
  readonly requests: number
  readonly bytes: number
  /** Answers whose status differs from the recorded one. */
  readonly strayed: number
}

const { recording, origins } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as Task
const agents = {
  from: new Agent({ connections: recording.peak.from, pipelining: 1 }),
  to: new Agent({ connections: recording.peak.to, pipelining: 1 }),
}
let bytes = 0
let strayed = 0
const begunMs = performance.now()
const answered: Promise<void>[] = []
for (const [place, step] of recording.steps.entries()) {
  answered[place] = Promise.all(step.after.map((before) => answered[before])).then(async () => {
    const { statusCode, body } = await agents[step.side].request({
      origin: origins[step.side],
      path: step.path,
      method: step.method as 'GET',
      headers: [...step.headers],
      body: step.body === '' ? null : step.body,
    })
    if (statusCode !== step.status) strayed += 1
    for await (const chunk of body) bytes += (chunk as Buffer).length
  })
}
await Promise.all(answered)
const ms = performance.now() - begunMs
await Promise.all([agents.from.close(), agents.to.close()])
const { user, system } = process.cpuUsage()
const cpuMs = (user + system) / 1000
const result: Replayed = { ms, cpuMs, requests: recording.steps.length, bytes, strayed }
process.stdout.write(JSON.stringify(result))
