/** A run as JSON and as text: the outside contract of `apply`, `sync`, `migrate` and `verify`. Keys are only ever added. */
import type { Books } from '../plan/books.ts'
import type { RunFacts, StartSum } from '../plan/run-facts.ts'
import { safeText } from './safe-text.ts'
import { recordLines } from './verified.ts'

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

export type Sums = Omit<Books, 'plan' | 'read' | 'again'>

/** One sum over the plans of a run, each record once: a migration's second plan sees some people again. */
export function summed(books: readonly Books[]): Sums {
  const sums = {
    applied: 0,
    drifted: 0,
    rejected: 0,
    unknown: 0,
    held: 0,
    unchanged: 0,
    excluded: 0,
    balanced: true,
  }
  for (const [place, book] of books.entries()) {
    for (const ending of [
      'applied',
      'drifted',
      'rejected',
      'unknown',
      'held',
      'excluded',
    ] as const) {
      sums[ending] += book[ending] - book.again[ending]
    }
    // Who is unchanged in a later plan was counted in the first one.
    if (place === 0) sums.unchanged = book.unchanged
    sums.balanced = sums.balanced && book.balanced
  }
  return sums
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
    ...(report.facts.companies === undefined ? {} : { companies: report.facts.companies }),
    ...(report.facts.notes === undefined ? {} : { notes: report.facts.notes }),
    ...(report.facts.notesUndone === undefined ? {} : { notesUndone: report.facts.notesUndone }),
    ...(report.facts.starts === undefined ? {} : { sequences: report.facts.starts }),
  }
}

export function runText(report: RunReport): readonly string[] {
  const books = report.facts.books ?? []
  const { applied, drifted, rejected, unknown, held, unchanged, balanced } = summed(books)
  const { verify } = report.facts
  const lines = [
    `run ${report.run}  ${report.sync}, ${report.kind}: ${report.status}${report.reason === null ? '' : ` (${safeText(report.reason, 400)})`}`,
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
      ...recordLines(verify),
    )
  }
  for (const { sequence, target, state, count } of report.facts.starts ?? [])
    lines.push(`  sequence ${sequence} -> ${target}: ${count} ${STARTED[state]}`)
  const created = report.facts.companies?.created ?? 0
  const { updated = 0, kept = 0 } = report.facts.companies ?? {}
  if (created + updated + kept > 0)
    lines.push(
      `  companies: ${created} created${updated + kept === 0 ? '' : `, ${updated} written over, ${kept} edited at the target and left`}`,
    )
  lines.push(...noteLines(report.facts))
  const requests = Object.entries(report.requests).map(
    ([name, { read, write }]) => `${name} ${read} reads, ${write} writes`,
  )
  lines.push(`  requests ${requests.join('; ')}  ${report.seconds} s`)
  if (held > 0) lines.push('Next  ferry holds list')
  if (rejected > 0) lines.push('Next  ferry rejects list')
  return lines
}

function noteLines({ notes, notesUndone }: RunFacts): readonly string[] {
  const undone =
    notesUndone === undefined
      ? []
      : [
          `  notes: ${notesUndone.removed} taken away, ${notesUndone.restored ?? 0} put back, ${notesUndone.edited} edited since and left`,
        ]
  if (notes === undefined) return undone
  const { added, refused, waiting, checked, differing, missing, edited = 0, kept = 0 } = notes
  const over =
    edited + kept === 0 ? '' : `, ${edited} written over, ${kept} edited at the target and left`
  const bad = differing + missing
  return [
    ...undone,
    `  notes: ${added} added${over}, ${refused} refused, ${waiting} wait for their contact; ${checked} read back, ${bad === 0 ? 'all as written' : `${differing} DIFFERING, ${missing} MISSING`}`,
  ]
}

const STARTED: Readonly<Record<StartSum['state'], string>> = {
  sent: 'without an answer yet',
  done: 'in it',
  unknown: 'without an answer (ferry holds list)',
  refused: 'not started (opted out, or refused there)',
}
