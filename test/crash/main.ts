/**
 * `npm run simulate:crashes` cuts every scenario off at every place there is, and of the small ones each recovery at every place of its own too. `--
 * --seconds all`: of all scenarios; `--seconds N`: at N places of each recovery. `--family NAME`, `--scenario NAME`: only those. `--shard 2/5`: the second
 * fifth of the work. `--workers N`: so many processes. Exit code 1 when anything ended otherwise than without a crash.
 */
import { parseArgs } from 'node:util'
import { type Asked, enumerateAll, type Told } from './crew.ts'
import { FAMILIES } from './families.ts'
import type { Scenario } from './scenario.ts'

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
  .filter((_, place) => place % shards === shard - 1)
  .map(askedOf)
if (asked.length === 0) throw new Error('there is no such scenario')

const began = performance.now()
const sums = { scenarios: 0, points: 0, alike: 0, failures: 0, cpuMs: 0 }
const failed = new Map<string, number>()
await enumerateAll(asked, Number(values.workers), heard)
for (const [scenario, count] of failed) say(`${scenario}: ${count} differences`)
say(
  `${asked.length} scenarios, ${sums.points} places and ${sums.alike} like one of them, ${sums.failures} differences; ${minutes(elapsedMs())}, ` +
    `${(sums.cpuMs / sums.points).toFixed(1)} ms of processor a place`,
)
if (sums.failures > 0) process.exitCode = 1

function askedOf({ name, isDouble }: Scenario): Asked {
  const { seconds = isDouble === true ? 'all' : '0' } = values
  return { scenario: name, seconds: seconds === 'all' ? 'all' : Number(seconds) }
}

function heard({ asked: { scenario }, points, alike, failures, cpuMs }: Told): void {
  sums.scenarios += 1
  sums.points += points
  sums.alike += alike
  sums.failures += failures.length
  sums.cpuMs += cpuMs
  const left = ((asked.length - sums.scenarios) * elapsedMs()) / sums.scenarios
  say(
    `${sums.scenarios} of ${asked.length}, about ${minutes(left)} left: ${scenario}, ${points} places and ${alike} like one of them, ` +
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
