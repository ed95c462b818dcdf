/** The people of a simulated account by what they are, not by their numbers there nor when they were written. */
import type { SimulatedContact, Simulator } from '../../src/connector/simulator.ts'

export function shape(simulator: Pick<Simulator, 'snapshot'>): readonly string[] {
  return simulator.snapshot().map(portrait).sort()
}

const PASSING = ['date_added', 'date_modified', 'date_identified']

function portrait({ fields, tags, groups, optedOut }: SimulatedContact): string {
  const lasting = Object.entries(fields).filter(([name]) => !PASSING.includes(name))
  return JSON.stringify([
    lasting.sort(),
    [...tags].sort(),
    [...groups].sort(),
    [...optedOut].sort(),
  ])
}
