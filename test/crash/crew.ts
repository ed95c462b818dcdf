/** Goes through the places of many scenarios on several processes. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Enumerated } from './enumerate.ts'

export interface Asked {
  readonly scenario: string
  /** Places of a second crash, of each first one. */
  readonly seconds: number | 'all'
}
export interface Told extends Enumerated {
  readonly asked: Asked
  readonly cpuMs: number
}

export async function enumerateAll(
  asked: readonly Asked[],
  workers: number,
  heard: (told: Told) => void,
): Promise<void> {
  const waiting = [...asked]
  const count = Math.min(workers, asked.length)
  await Promise.all(Array.from({ length: count }, () => employ(waiting, heard)))
}

const SHARD = fileURLToPath(new URL('./shard.ts', import.meta.url))
/** A world dies young: with room for one, little of it is ever copied. */
const NEW_SPACE = '--max-semi-space-size=64'

function employ(waiting: Asked[], heard: (told: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(SHARD, { stdio: 'inherit', execArgv: [...process.execArgv, NEW_SPACE] })
    const next = () => {
      const asked = waiting.shift()
      if (asked === undefined) child.disconnect()
      else child.send(asked)
    }
    child.on('message', (told) => {
      heard(told as Told)
      next()
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a worker of the enumeration ended with code ${code}`))
    })
    next()
  })
}
