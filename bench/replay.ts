/** Runs the bare script on a recording, in a process of its own, against the servers of a world. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Replayed, Task } from './bare-script.ts'
import { runToEnd } from './engine.ts'
import type { Recording } from './recording.ts'
import type { World } from './world.ts'

export interface BareRun extends Replayed {
  /** From spawning the process to its end. */
  readonly wallMs: number
}

/** Throws where an answer had another status than the engine's: then it was not the same work. */
export async function replay(world: World, recording: Recording): Promise<BareRun> {
  const { from, to } = world.accounts
  const task: Task = { recording, origins: { from: from.origin, to: to.origin } }
  const file = join(world.folder, 'task.json')
  await writeFile(file, JSON.stringify(task))
  const begunMs = performance.now()
  const ended = await runToEnd(
    [fileURLToPath(new URL('bare-script.ts', import.meta.url)), file],
    {},
  )
  const wallMs = performance.now() - begunMs
  if (ended.exitCode !== 0)
    throw new Error(`the bare script ended with ${ended.exitCode}: ${ended.stderr}`)
  const replayed = JSON.parse(ended.stdout) as Replayed
  if (replayed.strayed > 0)
    throw new Error(`${replayed.strayed} answers of the replay had another status than recorded`)
  return { ...replayed, wallMs }
}
