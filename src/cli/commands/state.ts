/** `ferry state unlock`: ends the holds of processes that died on another machine. */
import type { Command } from 'commander'
import type { Act } from '../act.ts'
import { confirm } from '../confirm.ts'
import { EXIT } from '../exit.ts'

export function registerState(program: Command, act: Act): void {
  program
    .command('state')
    .description('the state store')
    .command('unlock')
    .description('end every hold on syncs and targets; only when no ferry works on them')
    .action(
      act(async (context) => {
        const app = await context.app({ mayWrite: false })
        try {
          const held = await app.store.leases.list()
          const lines = held.map(
            ({ scope, owner, expiresAt }) =>
              `${scope}  ${owner}  until ${new Date(expiresAt).toISOString()}`,
          )
          if (held.length > 0 && !(await confirm(context, lines, 'End these holds?')))
            return EXIT.interrupted
          for (const { scope, epoch } of held) await app.store.leases.release({ scope, epoch })
          context.answer(
            { ended: held },
            held.length === 0 ? ['nothing is held'] : [`${held.length} ended`, ...lines],
          )
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}
