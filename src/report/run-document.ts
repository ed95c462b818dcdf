/** A run as JSON and as text: the outside contract of `apply`, `sync`, `migrate` and `verify`. Keys are only ever added. */
import type { Books } from '../plan/books.ts'
import type { RunFacts } from '../plan/run-facts.ts'

export interface RunReport {
  readonly run: string
  readonly sync: string
  readonly kind: string
  readonly status: string
  readonly reason: string | null
  readonly plan: string | null
  readonly facts: RunFacts
  readonly requests: Readonly<Record<string, { readonly read: number; readonly write: number }>>
  readonly seconds: number
}

/** One sum over the plans of a run: a migration's second plan adds what it wrote, but not the people it only saw again. */
export function summed(books: readonly Books[]): Omit<Books, 'plan' | 'read'> {
  const [first, ...others] = books
  const sum = {
    applied: 0,
    drifted: 0,
    rejected: 0,
    unknown: 0,
    held: 0,
    unchanged: 0,
    excluded: 0,
    balanced: true,
  }
  if (first === undefined) return sum
  Object.assign(sum, { ...first })
  for (const book of others) {
    sum.applied += book.applied
    sum.drifted = book.drifted
    sum.unknown = book.unknown
    sum.rejected += book.rejected
    sum.held += book.held
    sum.balanced = sum.balanced && book.balanced
  }
  const { applied, drifted, rejected, unknown, held, unchanged, excluded, balanced } = sum
  return { applied, drifted, rejected, unknown, held, unchanged, excluded, balanced }
}

export function runDocument(report: RunReport): Readonly<Record<string, unknown>> {
  const { balanced, excluded, ...counts } = summed(report.facts.books ?? [])
  return {
    schema: 1,
    run: report.run,
    sync: report.sync,
    kind: report.kind,
    status: report.status,
    reason: report.reason,
    plan: report.plan,
    counts,
    excluded,
    requests: report.requests,
    seconds: report.seconds,
    balanced,
    verify: report.facts.verify ?? null,
  }
}

export function runText(report: RunReport): readonly string[] {
  const books = report.facts.books ?? []
  const { applied, drifted, rejected, unknown, held, unchanged, balanced } = summed(books)
  const { verify } = report.facts
  const lines = [
    `run ${report.run}  ${report.sync}, ${report.kind}: ${report.status}${report.reason === null ? '' : ` (${report.reason})`}`,
  ]
  if (books.length > 0) {
    lines.push(
      `  applied ${applied} · unchanged ${unchanged} · held ${held} · rejected ${rejected} · drifted ${drifted} · unknown ${unknown}`,
      `  books ${balanced ? 'balanced' : 'DO NOT BALANCE'}`,
    )
  }
  if (verify !== undefined) {
    lines.push(
      `  verify ${verify.ok ? 'ok' : 'FOUND DIFFERENCES'}: ${verify.checked} checked, ${verify.equal} equal, ${verify.normalised} rewritten by the target, ${verify.differing} differing, ${verify.missing} missing`,
    )
  }
  const requests = Object.entries(report.requests).map(
    ([name, { read, write }]) => `${name} ${read} reads, ${write} writes`,
  )
  lines.push(`  requests ${requests.join('; ')}  ${report.seconds} s`)
  if (held > 0) lines.push('Next  ferry holds list')
  if (rejected > 0) lines.push('Next  ferry rejects list')
  return lines
}
