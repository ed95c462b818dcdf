/** `ferry map check SYNC`: a mapping against both live catalogues. `ferry map suggest SYNC`: rules for what does not map itself. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { checkMapping } from '../../app/map-check.ts'
import { suggestMapping } from '../../app/map-suggest.ts'
import { safeText } from '../../report/safe-text.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode, UsageError } from '../exit.ts'

export function registerMap(program: Command, act: Act): void {
  const map = program.command('map').description('mappings')
  map
    .command('check <sync>')
    .description('lint the mapping of a sync against both live catalogues; writes nothing')
    .action(act(check))
  map
    .command('suggest <sync>')
    .description('propose rules for custom fields, with the evidence, from a page of both accounts')
    .option('--out <file>', 'write the mapping there instead of to stdout')
    .action(act(suggest))
}

async function check(context: Context, sync: string): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    const { rules, findings } = await checkMapping(app, sync, context.signal)
    const isSound = findings.every((finding) => finding.level !== 'error')
    context.answer({ ok: isSound, rules, findings }, [
      ...rules.map((rule) => `  ${safeText(rule.title, 110)}`),
      ...findings.map(
        ({ level, path, message, hint }) =>
          `${level.padEnd(8)} ${path}: ${safeText(message, 200)}${hint === '' ? '' : `\n         ${safeText(hint, 200)}`}`,
      ),
      isSound ? `${rules.length} rules, sound` : 'the mapping has errors',
    ])
    return isSound ? EXIT.done : EXIT.usage
  } finally {
    await app.close()
  }
}

async function suggest(
  context: Context,
  sync: string,
  options: { readonly out?: string },
): Promise<ExitCode> {
  const app = await context.app({ mayWrite: false })
  try {
    const { yaml, proposals, read, pairs } = await suggestMapping(app, sync, context.signal)
    const { out } = options
    // A mapping is somebody's work: an existing file is never overwritten.
    if (out !== undefined) await write(out, yaml)
    const told = proposals.map(({ from, to, score, evidence, values }) => ({
      from: from.path,
      to: to?.path ?? null,
      score,
      evidence,
      values,
    }))
    context.answer(
      { read, pairs, proposals: told, yaml, file: out ?? null },
      out === undefined
        ? yaml
            .trimEnd()
            .split('\n')
            .map((line) => safeText(line, LINE_MAX))
        : [`${told.filter(({ to }) => to !== null).length} rules proposed in ${out}`],
    )
    return EXIT.done
  } finally {
    await app.close()
  }
}
const LINE_MAX = 10_000

/** Throws UsageError. */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError(
      code === 'EEXIST' ? `${path} exists already` : `${path} cannot be written (${code})`,
      'Name another file with --out.',
    )
  }
}
