/** Shows lines as a table for people and as JSON for programs. */
import { judge, type Line, type Unit } from './benchmark.ts'

export function textOf(lines: readonly Line[]): string {
  const rows = [HEAD, ...lines.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function jsonOf(lines: readonly Line[]): unknown {
  return lines.map((line) => ({ ...line, verdict: judge(line) }))
}

export function amount(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}

const HEAD = ['what', 'measured', 'against', 'value', 'bar', 'verdict']

function cellsOf(line: Line): string[] {
  return [
    line.what,
    line.measured,
    line.reference,
    figureOf(line.value, line.unit),
    barOf(line),
    verdictOf(line),
  ]
}

function figureOf(value: number, unit: Unit): string {
  switch (unit) {
    case 'x':
      return `${value.toFixed(value < 2 ? 3 : value < 100 ? 2 : 0)} x`
    case '%':
      return `${value.toFixed(1)} %`
    case 's':
    case 'µs':
      return `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`
    case 'MB':
    case 'requests':
      return `${amount(value)} ${unit}`
  }
}

function barOf({ bar, unit }: Line): string {
  if (bar === null) return '-'
  const [sign, limit] = 'atMost' in bar ? ['<=', bar.atMost] : ['>=', bar.atLeast]
  return `${sign} ${limit.toLocaleString('en-US')} ${unit}`
}

function verdictOf(line: Line): string {
  const verdict = judge(line)
  if (verdict === null) return '-'
  const percent = verdict.share * 100
  const share = `${percent.toFixed(percent < 10 ? 1 : 0)} %`
  return verdict.isMet ? `met, ${share} to spare` : `MISSED by ${share}`
}
