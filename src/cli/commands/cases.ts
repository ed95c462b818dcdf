/** `ferry holds list` and `ferry rejects list`: what waits for a person, and what the target refuses. */
import type { Command } from 'commander'
import { masked } from '../../report/mask.ts'
import { safeText } from '../../report/safe-text.ts'
import type { Case } from '../../state/store.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'

const LIST_MAX = 100_000

export function registerCases(program: Command, act: Act): void {
  program
    .command('holds')
    .description('questions that wait for a decision')
    .command('list [sync]', { isDefault: true })
    .action(act((context, sync: string | undefined) => list(context, 'hold', sync ?? null)))
  program
    .command('rejects')
    .description('records that the target refuses, with cause and what to do')
    .command('list [sync]', { isDefault: true })
    .action(act((context, sync: string | undefined) => list(context, 'reject', sync ?? null)))
}

async function list(
  context: Context,
  kind: 'hold' | 'reject',
  sync: string | null,
): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    const cases = await app.store.cases.list({ sync, kind, limit: LIST_MAX })
    context.answer(
      cases.map((each) => documentOf(each, context)),
      cases.length === 0 ? ['none'] : cases.map((each) => lineOf(each, context)),
    )
    return EXIT.done
  } finally {
    await app.close()
  }
}

function documentOf(each: Case, { flags }: Context): Readonly<Record<string, unknown>> {
  const { id, sync, record, side, kind, cause, hint, fields, candidates, run, label } = each
  return {
    id,
    sync,
    record,
    side,
    kind,
    cause,
    hint,
    fields,
    candidates,
    label: masked(label, flags.mask),
    run,
  }
}

function lineOf(each: Case, { flags }: Context): string {
  const fields = each.fields.length === 0 ? '' : `  [${each.fields.join(', ')}]`
  return `${each.sync}  ${each.record}  ${safeText(masked(each.label, flags.mask), 50)}  ${safeText(each.cause, 140)}${fields}\n    ${safeText(each.hint, 200)}`
}
