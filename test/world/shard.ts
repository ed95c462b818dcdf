/** A worker process of the simulation: plays the seeds it is sent, one after the other. */
import type { SeedAsked } from './crew.ts'
import { play } from './play.ts'
import type { Told } from './told.ts'

process.on('message', (asked: SeedAsked) => {
  void answer(asked)
})

async function answer(asked: SeedAsked): Promise<void> {
  const started = process.cpuUsage()
  let told: Told
  try {
    const { struck, trace: _trace, ...rest } = await play(asked)
    told = { ...rest, struck: [...struck], cpuMs: 0 }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    told = {
      seed: asked.seed,
      pair: '',
      violations: [{ invariant: 'simulation', text }],
      steps: 0,
      runs: 0,
      faults: 0,
      edits: 0,
      struck: [],
      cpuMs: 0,
    }
  }
  const { user, system } = process.cpuUsage(started)
  process.send?.({ ...told, cpuMs: (user + system) / 1000 })
}
