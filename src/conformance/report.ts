/** Shows what the probes found, as text. */
import type { Report, ReportLine } from './suite.ts'

/** One line a probe, differences with what was claimed and seen, then the sum. */
export function reportText(report: Report): readonly string[] {
  const width = Math.max(...report.lines.map(({ probe }) => probe.length))
  const sums = sumsOf(report)
  return [
    ...report.lines.flatMap((line) => textOf(line, width)),
    '',
    `${report.platform}: ${sums.holds} hold, ${sums.differs} differ, ${sums.skipped} skipped`,
    ...(report.left.length === 0 ? [] : [`could not be removed: ${report.left.join(', ')}`]),
  ]
}

export function sumsOf({ lines }: Report): Readonly<Record<ReportLine['verdict']['kind'], number>> {
  const sums = { holds: 0, differs: 0, skipped: 0 }
  for (const { verdict } of lines) sums[verdict.kind] += 1
  return sums
}

function textOf({ probe, verdict }: ReportLine, width: number): readonly string[] {
  const name = probe.padEnd(width)
  switch (verdict.kind) {
    case 'holds':
      return [`holds    ${name}  ${verdict.seen}`]
    case 'skipped':
      return [`skipped  ${name}  ${verdict.reason}`]
    case 'differs':
      return [
        `DIFFERS  ${name}  claimed: ${verdict.claimed}`,
        `         ${' '.repeat(width)}  seen: ${verdict.seen}`,
        `         ${' '.repeat(width)}  ${verdict.evidence}`,
      ]
  }
}
