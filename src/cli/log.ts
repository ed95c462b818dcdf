/**
 * The program's log, on stderr: warnings as plain lines; with -v everything, and with --ndjson the warnings, as JSON lines. Personal data
 * never reaches it unmasked, nor anything that a terminal would obey.
 */
import type { Log } from '../connector/kit.ts'
import { masked } from '../report/mask.ts'
import { shownJson } from './gate.ts'

export interface LogOptions {
  readonly isVerbose: boolean
  readonly isEvents: boolean
  /** Takes a plain line. */
  readonly complain: (line: string) => void
}

type Data = Readonly<Record<string, unknown>>

export async function makeLog(options: LogOptions): Promise<Log> {
  if (!options.isVerbose && !options.isEvents) return plain(options.complain)
  const { pino } = await import('pino')
  const destination = pino.destination({ dest: 2, sync: true })
  const logger = pino(
    {
      level: options.isVerbose ? 'debug' : 'warn',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: SECRET_KEYS.map((key) => `*.${key}`),
    },
    { write: (line: string) => destination.write(`${shownJson(JSON.parse(line))}\n`) },
  )
  const write = (level: 'debug' | 'info' | 'warn') => (message: string, data?: Data) => {
    logger[level](hidden(data ?? {}), hideAddresses(message))
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn') }
}

const SECRET_KEYS = [
  'password',
  'accessToken',
  'refreshToken',
  'serviceKey',
  'apiKey',
  'token',
  'clientSecret',
]

function plain(complain: (line: string) => void): Log {
  return {
    debug: () => {},
    info: () => {},
    warn(message, data) {
      const details = Object.values(data ?? {})
        .filter((value) => typeof value === 'string' || typeof value === 'number')
        .join('; ')
      complain(`note: ${hideAddresses(details === '' ? message : `${message} (${details})`)}`)
    },
  }
}

/** The same with every text in it masked, however deep. */
function hidden(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? hideAddresses(each) : each,
  ) as object
}

function hideAddresses(text: string): string {
  return text.replace(/[^\s<>"'@]+@[^\s<>"'@]+\.[^\s<>"'@]+/g, (address) =>
    masked(address, 'partial'),
  )
}
