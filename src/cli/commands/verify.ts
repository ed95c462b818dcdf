/** `ferry verify SYNC`: reads both sides and says whether the target shows what the source holds, under the mapping. */
import type { Command } from 'commander'
import { work } from '../../app/run.ts'
import type { RunFacts } from '../../plan/run-facts.ts'
import { verifiedDocument, verifiedText } from '../../report/verified.ts'
import { inlineRunner } from '../../runner/inline.ts'
import type { Act } from '../act.ts'
import { EXIT } from '../exit.ts'
import { CONCURRENCY } from '../limits.ts'

export function registerVerify(program: Command, act: Act): void {
  program
    .command('verify <sync>')
    .description('compare both accounts under the mapping; writes nothing')
    .action(
      act(async (context, sync: string) => {
        const app = await context.app({ mayWrite: false })
        try {
          const runner = inlineRunner(app.env, { concurrency: CONCURRENCY })
          const run = await work(
            app,
            { sync, kind: 'verify', isFull: true, plan: null },
            runner,
            context.signal,
          )
          const facts = run.facts as RunFacts
          const { verify } = facts
          if (verify === undefined)
            throw new Error(`run ${run.id} ended without a result: ${run.reason ?? run.status}`)
          const { mask } = context.flags
          const compared = { ...facts, verify }
          context.answer(verifiedDocument(compared, mask), verifiedText(compared, mask))
          return verify.ok ? EXIT.done : EXIT.differences
        } finally {
          await app.close()
        }
      }),
    )
}
