/** Plays many seeds on several processes. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Told } from './told.ts'

export interface SeedAsked {
  readonly seed: number
  readonly isPlain?: boolean
  readonly cells?: number
}

export async function playAll(
  seeds: readonly SeedAsked[],
  workers: number,
  heard: (told: Told) => void,
): Promise<readonly Told[]> {
  const waiting = [...seeds]
  const all: Told[] = []
  await Promise.all(
    Array.from({ length: Math.min(workers, seeds.length) }, () =>
      employ(waiting, (told) => {
        all.push(told)
        heard(told)
      }),
    ),
  )
  return all.toSorted((a, b) => a.seed - b.seed)
}

const SHARD = fileURLToPath(new URL('./shard.ts', import.meta.url))
/** A world dies young: with room for one, little of it is ever copied. */
const NEW_SPACE = '--max-semi-space-size=64'

function employ(waiting: SeedAsked[], heard: (told: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(SHARD, { stdio: 'inherit', execArgv: [...process.execArgv, NEW_SPACE] })
    const next = () => {
      const seed = waiting.shift()
      if (seed === undefined) child.disconnect()
      else child.send(seed)
    }
    child.on('message', (told) => {
      heard(told as Told)
      next()
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a worker of the simulation ended with code ${code}`))
    })
    next()
  })
}
