/** What a command that was cut off and given again left otherwise than one that was not. */
import { isDeepStrictEqual } from 'node:util'
import { type Outcome, twinsIn } from './outcome.ts'
import type { CrashPoint } from './places.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

export interface Recorded {
  readonly world: World
  readonly outcome: Outcome
  readonly points: readonly CrashPoint[]
  /** The crash came after the run was over: the same command was a second run. */
  readonly wasOver: boolean
  readonly problem: string | null
}

export function differences(
  scenario: Scenario,
  point: Pick<CrashPoint, 'name' | 'after'>,
  { calm, again }: { readonly calm: Outcome; readonly again: Recorded },
): readonly string[] {
  const say = (what: string) => line(scenario, point, what)
  if (again.problem !== null) return [say(again.problem)]
  const found: string[] = []
  const twins = twinsIn(again.world)
  if (twins.length > 0 && !isDeepStrictEqual(again.outcome.target, calm.target))
    found.push(say(`twins: ${twins.join(', ')}`))
  if (again.outcome.breaches.length > 0) found.push(say(again.outcome.breaches.join('; ')))
  const outcome = withoutUnsureStarts(calm, again.outcome)
  for (const part of Object.keys(calm) as (keyof Outcome)[]) {
    if (again.wasOver && (isOfRun(part) || isOfAnother(scenario, part))) continue
    const [a, b] = [calm[part], outcome[part]]
    if (!isDeepStrictEqual(a, b)) found.push(say(`${part}: ${shown(a, b)}`))
  }
  return found
}

/** What the run without a crash left that must not be. */
export function faultsOf(
  scenario: Scenario,
  { world, outcome, problem }: Recorded,
): readonly string[] {
  const say = (what: string) => line(scenario, null, what)
  if (problem !== null) return [say(problem)]
  const found = outcome.breaches.length === 0 ? [] : [say(outcome.breaches.join('; '))]
  try {
    scenario.expect?.(world)
  } catch (error) {
    found.push(say(error instanceof Error ? error.message : String(error)))
  }
  return found
}

/** Putting somebody into a sequence may mail them, so it is sent once, whatever becomes of it: who is not in it then stands in a question for a person. */
function withoutUnsureStarts(calm: Outcome, again: Outcome): Outcome {
  const missing = calm.sequences.filter((one) => !again.sequences.includes(one))
  const asked = again.cases.filter((one) => UNSURE_START.test(one))
  if (missing.length !== asked.length) return again
  return {
    ...again,
    sequences: [...again.sequences, ...missing].sort(),
    cases: again.cases.filter((one) => !asked.includes(one)),
  }
}
const UNSURE_START = /^hold to .*: sequence .*: no answer when it was started, and no trace of it/

function isOfRun(part: keyof Outcome): boolean {
  return part === 'books' || part === 'beside'
}

function isOfAnother({ isRestless }: Scenario, part: keyof Outcome): boolean {
  return isRestless === true && (part === 'links' || part === 'cursors')
}

/** Of two lists only what one of them lacks. */
function shown(calm: unknown, crashed: unknown): string {
  if (!Array.isArray(calm) || !Array.isArray(crashed))
    return `${JSON.stringify(calm)} without the crash, ${JSON.stringify(crashed)} with it`
  const only = (a: unknown[], b: unknown[]) => a.filter((each) => !b.includes(each)).join('\n    ')
  return `only without the crash:\n    ${only(calm, crashed)}\n  only with it:\n    ${only(crashed, calm)}`
}

function line(
  { name }: Scenario,
  point: Pick<CrashPoint, 'name' | 'after'> | null,
  what: string,
): string {
  const where = point === null ? 'no crash' : `crash ${point.name}, after ${point.after}`
  const place = point === null ? '' : `@${point.name}`
  return `${name}, ${where}: ${what}\n  again: FERRY_CRASH='${name}${place}' npx vitest run test/crash`
}
