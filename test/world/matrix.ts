/** The matrix of phases and faults: what struck where, and which cells stand empty. */
import { FAULTS } from './faults/table.ts'
import { PHASES } from './phase.ts'
import type { Told } from './told.ts'

export interface Matrix {
  readonly counts: ReadonlyMap<string, number>
  /** `phase name` of every possible cell that nothing hit. */
  readonly empty: readonly string[]
}

export function matrixOf(played: readonly Pick<Told, 'struck'>[]): Matrix {
  const counts = new Map<string, number>()
  for (const { struck } of played)
    for (const [cell, count] of struck) counts.set(cell, (counts.get(cell) ?? 0) + count)
  const empty = FAULTS.flatMap(({ name, phases }) =>
    phases.map((phase) => `${phase} ${name}`).filter((cell) => !counts.has(cell)),
  )
  return { counts, empty }
}

/** A dash: impossible, for the reason at the end of the line. */
export function matrixText({ counts }: Matrix): string {
  const width = Math.max(...FAULTS.map(({ name }) => name.length))
  const head = `${'fault'.padEnd(width)} ${PHASES.map((phase) => phase.padStart(7)).join('')}`
  const lines = FAULTS.map(({ name, phases, elsewhere }) => {
    const cells = PHASES.map((phase) =>
      (phases.includes(phase) ? String(counts.get(`${phase} ${name}`) ?? 0) : '-').padStart(7),
    )
    const reason = phases.length === PHASES.length ? '' : `  - ${elsewhere}`
    return `${name.padEnd(width)} ${cells.join('')}${reason}`
  })
  return [head, ...lines].join('\n')
}
