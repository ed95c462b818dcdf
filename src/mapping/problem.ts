/** One thing that is wrong with what somebody wrote, said so that they can mend it. */

export interface Problem {
  /** Dotted place in the document: `connections.crm.auth.serviceKey`, `fields[3].to`. '' for the document as a whole. */
  readonly path: string
  /** Line in the file, from 1; null where it is not known. */
  readonly line: number | null
  readonly message: string
  /** What to write instead; '' where the message says it all. */
  readonly hint: string
}

/** Finds the line of a place in a document: of its key, or of its value. */
export type Locate = (path: Place, part: 'key' | 'value') => number | null
export type Place = readonly (string | number)[]

export function placeText(place: Place): string {
  return place.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    const plain = /^[\w$ -]+$/.test(step) ? step : JSON.stringify(step)
    return text === '' ? plain : `${text}.${plain}`
  }, '')
}

/** One line per problem, with its hint below: what a terminal shows. */
export function formatProblems(title: string, problems: readonly Problem[]): string {
  const head = `${title}: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}`
  const rows = problems.map((problem) => {
    const where = [problem.line === null ? '' : `line ${problem.line}`, problem.path]
    const hint = problem.hint === '' ? '' : `\n      ${problem.hint}`
    const place = where.filter((part) => part !== '').join('  ')
    return `  ${place === '' ? '' : `${place}: `}${problem.message}${hint}`
  })
  return [head, ...rows].join('\n')
}

export function byLine(a: Problem, b: Problem): number {
  return (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER)
}
