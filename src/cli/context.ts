/** What every command is given: global flags, streams, an app when it needs one, and the way to end. */
import { loadConfig } from '../app/config.ts'
import { type App, type AppOptions, openApp } from '../app/app.ts'
import type { Config } from '../app/config/settings.ts'
import { systemClock } from '../http/clock.ts'
import type { Mask } from '../report/mask.ts'
import { PLATFORMS } from '../../connectors/index.ts'
import { shownJson, shownLine } from './gate.ts'
import { makeLog } from './log.ts'
import { type Progress, progressOn } from './progress.ts'

export interface Flags {
  readonly config: string
  readonly json: boolean
  readonly ndjson: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
  readonly yes: boolean
  readonly mask: Mask
}

export interface Context {
  readonly flags: Flags
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly isTerminal: boolean
  /** Data: one JSON document with --json, else the lines. */
  answer(document: unknown, lines: readonly string[]): void
  /** Talk, to stderr; silent with --quiet. */
  say(line: string): void
  /** What must be told, even with --quiet. */
  complain(line: string): void
  config(): Promise<Config>
  /** Opens the app; the command closes it. */
  app(options: Pick<AppOptions, 'mayWrite' | 'sharesLimits' | 'http'>): Promise<App>
}

export function contextOf(flags: Flags, signal: AbortSignal): Context {
  const progress = progressOn(process.stderr, { isQuiet: flags.quiet, isEvents: flags.ndjson })
  const config = () => loadConfig(flags.config, { platforms: PLATFORMS })
  const complain = (line: string) => {
    progress.clear()
    process.stderr.write(`${shownLine(line, { colour: mayColour(flags, process.stderr) })}\n`)
  }
  return {
    flags,
    signal,
    progress,
    isTerminal: process.stdout.isTTY === true && process.stdin.isTTY === true,
    answer(document, lines) {
      progress.clear()
      const colour = mayColour(flags, process.stdout)
      const text = flags.json ? shownJson(document) : shownLine(lines.join('\n'), { colour })
      process.stdout.write(`${text}\n`)
    },
    say(line) {
      if (!flags.quiet) complain(line)
    },
    complain,
    config,
    async app(options) {
      const app = await openApp({
        config: await config(),
        clock: systemClock,
        log: await makeLog({ isVerbose: flags.verbose, isEvents: flags.ndjson, complain }),
        random: Math.random,
        progress: (event) => progress.show(event),
        ...options,
      })
      progress.watch(() => app.waitingFor())
      return app
    },
  }
}

/** Whether output to this stream may carry colours. */
export function mayColour(flags: Flags, stream: { readonly isTTY?: boolean }): boolean {
  return (
    flags.color &&
    stream.isTTY === true &&
    process.env['NO_COLOR'] === undefined &&
    process.env['TERM'] !== 'dumb'
  )
}
