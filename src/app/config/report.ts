/** Gathers problems while a document is read, so that all of them are told at once. */
import { type Locate, type Place, type Problem, placeText } from '../../mapping/problem.ts'

export interface Report {
  readonly problems: readonly Problem[]
  count(): number
  add(place: Place, message: string, hint: string, part?: 'key' | 'value'): void
  take(problems: readonly Problem[]): void
}

export function reportOn(locate: Locate): Report {
  const problems: Problem[] = []
  return {
    problems,
    count: () => problems.length,
    add(place, message, hint, part = 'value') {
      problems.push({ path: placeText(place), line: locate(place, part), message, hint })
    },
    take(more) {
      problems.push(...more)
    },
  }
}
