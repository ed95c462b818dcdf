/** A worker process of the enumeration: goes through the scenarios it is sent, one after the other. */
import type { Asked, Told } from './crew.ts'
import { type Enumerated, enumerate } from './enumerate.ts'
import { FAMILIES } from './families.ts'

process.on('message', (asked: Asked) => {
  void answer(asked)
})

async function answer(asked: Asked): Promise<void> {
  const started = process.cpuUsage()
  const enumerated = await found(asked)
  const { user, system } = process.cpuUsage(started)
  const told: Told = { asked, ...enumerated, cpuMs: (user + system) / 1000 }
  process.send?.(told)
}

async function found({ scenario, seconds }: Asked): Promise<Enumerated> {
  const known = Object.values(FAMILIES)
    .flat()
    .find(({ name }) => name === scenario)
  try {
    if (known === undefined) throw new Error('there is no such scenario')
    return await enumerate(known, { isWhole: true, seconds })
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { points: 0, alike: 0, failures: [`${scenario}: ${text}`] }
  }
}
