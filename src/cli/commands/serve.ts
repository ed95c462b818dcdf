/** `ferry serve`: the dashboard, on this machine, until interrupted. */
import { once } from 'node:events'
import type { Command } from 'commander'
import { personName } from '../../app/person-name.ts'
import type { Act } from '../act.ts'
import { EXIT, UsageError } from '../exit.ts'
import { whole } from '../whole.ts'

interface Options {
  readonly host: string
  readonly port: string
  readonly showValues: boolean
  readonly decide: boolean
  readonly by: string
}

export function registerServe(program: Command, act: Act): void {
  program
    .command('serve')
    .description(
      'a dashboard in the browser: runs, plans, holds, rejects, one person; on this machine only, until interrupted',
    )
    .option('--port <n>', 'port; 0 takes a free one', '7600')
    .option(
      '--host <name>',
      'address to listen on; another than this machine must be named',
      '127.0.0.1',
    )
    .option('--show-values', 'show personal data as it is; else it is masked', false)
    .option('--decide', 'let holds be decided there; else it only shows', false)
    .option('--by <name>', 'who decides', personName())
    .action(
      act(async (context, options: Options) => {
        // No other command needs it: they start without.
        const { serveDashboard } = await import('../../web/server.ts')
        const { flags } = context
        const hidden = flags.mask === 'none' ? 'partial' : flags.mask
        const app = await context.app({ mayWrite: false })
        try {
          const server = await serveDashboard({
            app,
            host: options.host,
            port: whole(options.port, '--port'),
            mask: options.showValues ? 'none' : hidden,
            decidesAs: options.decide ? options.by : null,
            onError: (error) =>
              context.complain(
                `a page failed: ${error instanceof Error ? error.message : String(error)}`,
              ),
          }).catch((error: unknown) => {
            if (error instanceof Error && 'code' in error)
              throw new UsageError(
                `cannot listen on ${options.host}:${options.port} (${String(error.code)})`,
                'Choose another --port, or --port 0 for a free one.',
              )
            throw error
          })
          if (!['127.0.0.1', 'localhost', '::1'].includes(options.host))
            context.complain(
              'Whoever reaches this address over the network can read along: the connection is not encrypted.',
            )
          context.answer({ url: server.url }, [
            `Dashboard at ${server.url}`,
            'The address lets in whoever has it; the next start prints another one. Stop with Ctrl-C.',
          ])
          if (!context.signal.aborted) await once(context.signal, 'abort')
          await server.close()
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}
