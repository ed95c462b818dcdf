/** Hands out pieces of work to several processes, one piece at a time to each. */
import { fork } from 'node:child_process'

export interface Crew<Told> {
  /** The program of each process: is sent a piece, and answers with what came of it. */
  readonly program: string
  readonly workers: number
  /** What they are workers of, for a message. */
  readonly of: string
  readonly heard: (told: Told) => void
}

/** A world dies young: with room for one, little of it is ever copied. */
const NEW_SPACE = '--max-semi-space-size=64'

/** Throws where a process ends with another code than 0. */
export async function shareOut<Asked extends object, Told>(
  pieces: readonly Asked[],
  crew: Crew<Told>,
): Promise<void> {
  const waiting = [...pieces]
  const count = Math.min(crew.workers, pieces.length)
  await Promise.all(Array.from({ length: count }, () => employ(waiting, crew)))
}

function employ<Asked extends object, Told>(waiting: Asked[], crew: Crew<Told>): Promise<void> {
  return new Promise((resolve, reject) => {
    const execArgv = [...process.execArgv, NEW_SPACE]
    const child = fork(crew.program, { stdio: 'inherit', execArgv })
    const next = () => {
      const piece = waiting.shift()
      if (piece === undefined) child.disconnect()
      else child.send(piece)
    }
    child.on('message', (told) => {
      crew.heard(told as Told)
      next()
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a worker of ${crew.of} ended with code ${code}`))
    })
    next()
  })
}
