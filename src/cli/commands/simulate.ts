/** `ferry simulate PLATFORM`: serves a platform on loopback, to try things on. */
import type { Command } from 'commander'
import { once } from 'node:events'
import type { Act } from '../act.ts'
import { EXIT, UsageError } from '../exit.ts'
import { whole } from '../whole.ts'

export function registerSimulate(program: Command, act: Act): void {
  program
    .command('simulate <platform>')
    .description(
      'serve infusionsoft, xml-spec or adaptix on loopback, filled with invented people, until interrupted',
    )
    .option('--port <n>', 'port; 0 takes a free one', '0')
    .option('--contacts <n>', 'how many people', '1000')
    .option('--seed <n>', 'which people', '1')
    .option(
      '--quirk <name=value...>',
      'switch a quirk of the platform (its README lists them)',
      collect,
      [],
    )
    .option('--faults <rates>', 'network faults, as lostAnswer=0.02,throttled=0.05')
    .option('--latency <ms>', 'added to every answer', '0')
    .action(
      act(
        async (
          context,
          platform: string,
          options: {
            port: string
            contacts: string
            seed: string
            quirk: string[]
            faults?: string
            latency: string
          },
        ) => {
          const { startSimulator } = await import('../../app/simulate.ts')
          const server = await startSimulator({
            platform,
            port: whole(options.port, '--port'),
            contacts: whole(options.contacts, '--contacts'),
            seed: whole(options.seed, '--seed'),
            quirks: Object.fromEntries(options.quirk.map(quirkOf)),
            faults:
              options.faults === undefined
                ? null
                : Object.fromEntries(options.faults.split(',').map(rateOf)),
            latencyMs: whole(options.latency, '--latency'),
          })
          const { simulator, url } = server
          context.answer({ platform: simulator.platform, url, auth: simulator.auth }, [
            `${simulator.platform} simulator at ${url}`,
            "A connection for ferry.yaml (the keys are the simulator's own; give them by environment variable):",
            `  ${simulator.platform}: { platform: ${simulator.platform}, url: "${url}", auth: { ${Object.keys(
              simulator.auth,
            )
              .map((key) => `${key}: env:SIMULATOR_${key.toUpperCase()}`)
              .join(', ')} } }`,
            ...Object.entries(simulator.auth).map(
              ([key, value]) => `  export SIMULATOR_${key.toUpperCase()}='${value}'`,
            ),
            'Counts: GET /__simulator/counts · truth: GET /__simulator/snapshot · stop with Ctrl-C',
          ])
          if (!context.signal.aborted) await once(context.signal, 'abort')
          await server.close()
          return EXIT.done
        },
      ),
    )
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value]
}

function quirkOf(text: string): [string, unknown] {
  const [name = '', ...rest] = text.split('=')
  const value = rest.join('=')
  try {
    return [name, JSON.parse(value)]
  } catch (error) {
    if (error instanceof SyntaxError) return [name, value]
    throw error
  }
}

function rateOf(text: string): [string, number] {
  const [name = '', value = ''] = text.split('=')
  const rate = Number(value)
  if (name === '' || !(rate >= 0 && rate <= 1))
    throw new UsageError(`"${text}" is no fault rate`, 'Write name=share, as lostAnswer=0.02.')
  return [name.trim(), rate]
}
