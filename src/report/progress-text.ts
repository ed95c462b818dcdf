/** Where a run stands, as one line. */
import { number } from './table.ts'

export interface ShownProgress {
  readonly run: string
  readonly status: string
  readonly step: string | null
  readonly stages: { readonly done: number; readonly of: number }
  readonly read: { readonly from: number; readonly to: number }
  readonly states: Readonly<Record<string, number>>
  readonly ended: number
  readonly total: number
}

export function progressLine(progress: ShownProgress): string {
  return `${progress.run}  ${progressText(progress)}`
}

/** The same without the name of the run. */
export function progressText(progress: ShownProgress): string {
  const { status, step, stages, read, states, ended, total } = progress
  if (step === null) return total === 0 ? status : `${status}  ${sums(states)}`
  const place = `step ${stages.done + 1} of ${stages.of}`
  const what =
    total > 0 && step !== 'pull'
      ? `${number(ended)} of ${number(total)} records  ${sums(states)}`
      : `read ${number(read.from)} + ${number(read.to)} contacts`
  return `${step}, ${place}  ${what}`
}

function sums(states: Readonly<Record<string, number>>): string {
  return Object.entries(states)
    .filter(([state, count]) => count > 0 && state !== 'planned' && state !== 'skipped')
    .map(([state, count]) => `${state} ${number(count)}`)
    .join(' · ')
}
