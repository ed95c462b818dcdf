/** `ferry plan SYNC`: what would change, decided over connections that cannot write. */
import type { Command } from 'commander'
import { work } from '../../app/run.ts'
import { hasChanges } from '../../plan/changes.ts'
import { mayApply, type PlanHeader } from '../../plan/plan.ts'
import { planDocument } from '../../report/plan-document.ts'
import { planText } from '../../report/plan-text.ts'
import { inlineRunner } from '../../runner/inline.ts'
import type { Act } from '../act.ts'
import { type Context, mayColour } from '../context.ts'
import { EXIT } from '../exit.ts'
import { CONCURRENCY } from '../limits.ts'

export function registerPlan(program: Command, act: Act): void {
  program
    .command('plan <sync>')
    .description('make a plan and show it; writes nothing')
    .option('--full', 'read both sides whole', false)
    .option('--exit-code', 'end with 10 when there are changes', false)
    .addHelpText('after', '\nExample:\n  ferry plan move --json > plan.json')
    .action(
      act(async (context, sync: string, options: { full: boolean; exitCode: boolean }) => {
        const app = await context.app({ mayWrite: false })
        try {
          const runner = inlineRunner(app.env, { concurrency: CONCURRENCY })
          const run = await work(
            app,
            { sync, kind: 'plan', isFull: options.full, plan: null },
            runner,
            context.signal,
          )
          const plan = run.plan === null ? null : await app.store.plans.header(run.plan)
          if (plan === null)
            throw new Error(`run ${run.id} ended without a plan: ${run.reason ?? run.status}`)
          showPlan(context, plan)
          if (!mayApply(plan)) return EXIT.guard
          return options.exitCode && hasChanges(plan) ? EXIT.changes : EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}

export function showPlan(context: Context, plan: PlanHeader): void {
  const { mask } = context.flags
  context.answer(
    planDocument(plan, mask),
    planText(plan, { mask, colour: mayColour(context.flags, process.stdout) }),
  )
}
