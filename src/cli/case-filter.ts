/** Which holds or rejects a command is about: named by id, or taken by a filter that somebody wrote down. */
import type { Command } from 'commander'
import { UsageError } from './exit.ts'

export interface CaseFilter {
  readonly sync?: string
  readonly cause?: string
  readonly all?: boolean
}

export function withFilter(command: Command): Command {
  return command
    .option('--sync <sync>', 'of this sync')
    .option('--cause <text>', 'whose cause has this text in it')
    .option('--all', 'all that the filter lets through')
}

/** Throws UsageError where an id is not open, or nothing says which ones. */
export function chosen<
  T extends {
    readonly case: { readonly id: string; readonly sync: string; readonly cause: string }
  },
>(open: readonly T[], ids: readonly string[], filter: CaseFilter): readonly T[] {
  if (ids.length === 0 && filter.all !== true)
    throw new UsageError('nothing says which ones', 'Give ids, or a filter and --all.')
  const known = new Set(open.map((one) => one.case.id))
  const strangers = ids.filter((id) => !known.has(id))
  if (strangers.length > 0)
    throw new UsageError(
      `not open, or not among those that the filter lets through: ${strangers.join(', ')}`,
      'The ids stand first in each line of the list.',
    )
  const { sync, cause } = filter
  return open.filter(
    (one) =>
      (ids.length === 0 || ids.includes(one.case.id)) &&
      (sync === undefined || one.case.sync === sync) &&
      (cause === undefined || one.case.cause.includes(cause)),
  )
}
