/** A worker process of the enumeration: goes through the parts it is sent, one after the other. */
import type { Asked, Told } from './crew.ts'
import { enumerate } from './enumerate.ts'
import { FAMILIES } from './families.ts'

process.on('message', (asked: Asked) => {
  void answer(asked)
})

async function answer(asked: Asked): Promise<void> {
  const started = process.cpuUsage()
  const { points, failures } = await found(asked)
  const { user, system } = process.cpuUsage(started)
  const told: Told = { asked, points, failures, cpuMs: (user + system) / 1000 }
  process.send?.(told)
}

async function found({ scenario, part, seconds }: Asked) {
  const known = Object.values(FAMILIES)
    .flat()
    .find(({ name }) => name === scenario)
  try {
    if (known === undefined) throw new Error('there is no such scenario')
    return await enumerate(known, { isWhole: true, seconds, part })
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { points: 0, failures: [`${scenario}: ${text}`] }
  }
}
