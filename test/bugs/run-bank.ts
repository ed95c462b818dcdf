/**
 * A process of its own: tries the checks on the program with each bug that is named by number in the arguments, and without any (`-`).
 * One line of JSON for each.
 */
import { CHECKS as SOUND, type Check } from './checks.ts'
import { installBugs } from './hook.ts'
import { MUTANTS } from './mutants.ts'

export interface Verdict {
  readonly bug: string
  /** null: it survived. */
  readonly killedBy: string | null
  readonly seeds: number
  readonly message: string
  readonly ms: number
}

const SEEDS = 3

installBugs()
for (const argument of process.argv.slice(2)) {
  const from = performance.now()
  const verdict =
    argument === '-' ? await judge('(none)', SOUND, null) : await judgeBug(Number(argument))
  process.stdout.write(
    `${JSON.stringify({ ...verdict, ms: Math.round(performance.now() - from) })}\n`,
  )
}

async function judgeBug(number: number): Promise<Omit<Verdict, 'ms'>> {
  const mutant = MUTANTS[number]
  if (mutant === undefined) throw new Error(`there is no bug ${number}`)
  const { CHECKS } = (await import(`./checks.ts?bug=${number}`)) as typeof import('./checks.ts')
  if (!(mutant.likely in CHECKS)) throw new Error(`there is no check "${mutant.likely}"`)
  return judge(mutant.name, CHECKS, mutant.likely)
}

async function judge(
  bug: string,
  checks: Readonly<Record<string, Check>>,
  likely: string | null,
): Promise<Omit<Verdict, 'ms'>> {
  const first = likely === null ? [] : [likely]
  const names = [...first, ...Object.keys(checks).filter((name) => name !== likely)]
  for (const name of names) {
    for (let seed = 1; seed <= (bug === '(none)' ? 1 : SEEDS); seed += 1) {
      try {
        await checks[name]?.(seed)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return { bug, killedBy: name, seeds: seed, message: message.slice(0, 300) }
      }
    }
  }
  return { bug, killedBy: null, seeds: SEEDS, message: '' }
}
