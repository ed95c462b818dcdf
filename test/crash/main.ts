/**
 * `npm run simulate:crashes` cuts every scenario off at every place there is, and the small ones at every place of each recovery too. `-- --seconds N`:
 * at N places of each recovery, of all scenarios. `--family NAME`, `--scenario NAME`: only those. `--shard 2/5`: the second fifth of the work.
 * `--workers N`: so many processes. Exit code 1 when anything ended otherwise than without a crash.
 */
import { parseArgs } from 'node:util'
import { type Asked, enumerateAll, type Told } from './crew.ts'
import { FAMILIES } from './families.ts'
import type { Scenario } from './scenario.ts'

const PARTS = 6
/** A recovery has fewer places. */
const EVERY = 100_000

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    family: { type: 'string' },
    scenario: { type: 'string' },
    shard: { type: 'string', default: '1/1' },
    workers: { type: 'string', default: '2' },
  },
})

const [shard = 1, shards = 1] = values.shard.split('/').map(Number)
const asked = Object.entries(FAMILIES)
  .filter(([family]) => values.family === undefined || family === values.family)
  .flatMap(([, scenarios]) => scenarios)
  .filter(({ name }) => values.scenario === undefined || name === values.scenario)
  .flatMap(partsOf)
  .filter((_, place) => place % shards === shard - 1)
if (asked.length === 0) throw new Error('there is no such scenario')

const began = performance.now()
const sums = { parts: 0, points: 0, failures: 0, cpuMs: 0 }
const failed = new Map<string, number>()
await enumerateAll(asked, Number(values.workers), heard)
for (const [scenario, count] of failed) say(`${scenario}: ${count} differences`)
say(
  `${new Set(asked.map(({ scenario }) => scenario)).size} scenarios, ${sums.points} places, ${sums.failures} differences; ${minutes(elapsedMs())}, ` +
    `${(sums.cpuMs / sums.points).toFixed(1)} ms of processor a place`,
)
if (sums.failures > 0) process.exitCode = 1

function partsOf({ name, isDouble }: Scenario): readonly Asked[] {
  const seconds =
    values.seconds === undefined ? (isDouble === true ? EVERY : 0) : Number(values.seconds)
  const parts = seconds === 0 ? 1 : PARTS
  return Array.from({ length: parts }, (_, from) => ({
    scenario: name,
    part: { from, step: parts },
    seconds,
  }))
}

function heard({ asked: { scenario, part }, points, failures, cpuMs }: Told): void {
  sums.parts += 1
  sums.points += points
  sums.failures += failures.length
  sums.cpuMs += cpuMs
  const left = ((asked.length - sums.parts) * elapsedMs()) / sums.parts
  say(
    `${sums.parts} of ${asked.length} parts, about ${minutes(left)} left: ${scenario} (${part.from + 1} of ${part.step}), ${points} places, ` +
      `${failures.length} differences, ${Math.round(cpuMs)} ms of processor`,
  )
  if (failures.length === 0) return
  failed.set(scenario, (failed.get(scenario) ?? 0) + failures.length)
  const [first] = failures
  say(`${first}`)
}

function elapsedMs(): number {
  return performance.now() - began
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
