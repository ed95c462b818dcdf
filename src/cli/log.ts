/** The program's log: JSON lines on stderr, warnings by default, everything with -v. Personal data never reaches it unmasked. */
import { pino } from 'pino'
import type { Log } from '../connector/kit.ts'
import { masked } from '../report/mask.ts'

export function makeLog(options: { readonly isVerbose: boolean }): Log {
  const logger = pino(
    {
      level: options.isVerbose ? 'debug' : 'warn',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        '*.password',
        '*.accessToken',
        '*.refreshToken',
        '*.serviceKey',
        '*.apiKey',
        '*.token',
        '*.clientSecret',
      ],
    },
    pino.destination({ dest: 2, sync: true }),
  )
  const write =
    (level: 'debug' | 'info' | 'warn') =>
    (message: string, data?: Readonly<Record<string, unknown>>) => {
      logger[level](data ?? {}, hideAddresses(message))
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn') }
}

function hideAddresses(text: string): string {
  return text.replace(/[^\s<>"'@]+@[^\s<>"'@]+\.[^\s<>"'@]+/g, (address) =>
    masked(address, 'partial'),
  )
}
