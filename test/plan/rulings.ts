/** A decision of a person, for tests of the planner. */
import { remoteId } from '../../src/model/id.ts'
import type { Choice, Ruling } from '../../src/plan/ruling.ts'

const NOON = Date.parse('2026-11-29T12:00:00Z')

export function ruling(question: string | undefined, choice: Choice, field: string | null): Ruling {
  return {
    id: `r ${field}`,
    side: 'from',
    record: remoteId('s1'),
    field,
    question: question ?? '',
    choice,
    who: 'anna',
    at: NOON,
  }
}
