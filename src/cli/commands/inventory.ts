/** `ferry inventory CONNECTION`: what exists there but cannot move, so that nobody finds out afterwards. */
import type { Command } from 'commander'
import { inventoryOf } from '../../app/inventory.ts'
import { safeText } from '../../report/safe-text.ts'
import { number, table } from '../../report/table.ts'
import type { Act } from '../act.ts'
import { EXIT } from '../exit.ts'

export function registerInventory(program: Command, act: Act): void {
  program
    .command('inventory <connection>')
    .description('what an account holds that no sync moves, with counts; changes nothing')
    .action(
      act(async (context, connection: string) => {
        const app = await context.app({ mayWrite: false })
        try {
          const items = await inventoryOf(app, connection, context.signal)
          const rows = items.map(({ kind, name, count }) => [
            `  ${safeText(kind, 30)}`,
            count === null ? 'not told' : number(count),
            safeText(name, 80),
          ])
          context.answer(
            items,
            items.length === 0
              ? ['nothing but what syncs move']
              : table(rows, ['left', 'right', 'left']),
          )
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}
