/** `ferry map check SYNC`: a mapping against both live catalogues. */
import type { Command } from 'commander'
import { checkMapping } from '../../app/map-check.ts'
import { safeText } from '../../report/safe-text.ts'
import type { Act } from '../act.ts'
import { EXIT } from '../exit.ts'

export function registerMap(program: Command, act: Act): void {
  program
    .command('map')
    .description('mappings')
    .command('check <sync>')
    .description('lint the mapping of a sync against both live catalogues; writes nothing')
    .action(
      act(async (context, sync: string) => {
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
      }),
    )
}
