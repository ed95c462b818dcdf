/** `ferry undo RUN`: a plan that takes back what a run wrote; written by `ferry apply`, like any other. */
import type { Command } from 'commander'
import { planUndo, releaseUndone } from '../../app/undo.ts'
import { mayApply } from '../../plan/plan.ts'
import { inlineRunner } from '../../runner/inline.ts'
import type { Act } from '../act.ts'
import { confirm } from '../confirm.ts'
import { EXIT } from '../exit.ts'
import { CONCURRENCY } from '../limits.ts'
import { showPlan } from './plan.ts'

export function registerUndo(program: Command, act: Act): void {
  program
    .command('undo <run>')
    .description('make the plan that takes back what a run wrote, and show it; writes nothing')
    .option('--release', 'let people whom the undo removed be created again', false)
    .addHelpText('after', '\nExample:\n  ferry undo run-20261121094500-a1b2')
    .action(
      act(async (context, id: string, options: { release: boolean }) => {
        const app = await context.app({ mayWrite: false })
        try {
          if (options.release) {
            const question = `Let the people whom the undo of ${id} removed be created again?`
            if (!(await confirm(context, [], question))) return EXIT.interrupted
            const released = await releaseUndone(app, id)
            context.answer({ run: id, released }, [
              `${released} people may be created again by the next plan`,
            ])
            return EXIT.done
          }
          const runner = inlineRunner(app.env, { concurrency: CONCURRENCY })
          const plan = await planUndo(app, id, runner, context.signal)
          showPlan(context, plan)
          return mayApply(plan) ? EXIT.done : EXIT.guard
        } finally {
          await app.close()
        }
      }),
    )
}
