/**
 * The file as it is with its log, whoever changed it meanwhile: every question first looks whether one of the two moved, and reads again what
 * did. There is no server; this is where one would be asked.
 */
import type { Kit } from '../../src/connector/kit.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { type Base, openBase } from './base.ts'
import {
  declarationsPath,
  listPaths,
  NO_DECLARATIONS,
  readDeclarations,
  withLog,
} from './declarations.ts'
import { Keys } from './keys.ts'
import { Log } from './log.ts'
import { type Layout, newLayout } from './layout.ts'
import type { FileOptions } from './options.ts'
import type { Declarations } from './schema.ts'
import { type FileStamp, stampOf } from './stamp.ts'
import { emptySurvey, type Survey, survey } from './survey.ts'

/** One state of the file. Good until the next question. */
export interface View {
  readonly options: FileOptions
  readonly stamp: FileStamp | null
  /** Names this state of the file and its log. */
  readonly text: string
  /** null: the file does not exist yet. */
  readonly base: Base | null
  readonly layout: Layout
  readonly survey: Survey
  readonly log: Log
  readonly keys: Keys
  readonly declarations: Declarations
}

export interface Client {
  readonly options: FileOptions
  readonly kit: Kit
  /** Throws ConnectorError `scan` where the file and its log do not belong together. */
  view(signal: AbortSignal): Promise<View>
  close(): Promise<void>
}

interface Whole {
  readonly stamp: FileStamp | null
  readonly declared: string
  readonly base: Base | null
  readonly survey: Survey
  readonly declarations: Declarations
}

export function openClient(options: FileOptions, kit: Kit): Client {
  const log = new Log(logPath(options.path))
  const fresh = (): Whole => ({
    stamp: null,
    declared: '',
    base: null,
    survey: emptySurvey(),
    declarations: NO_DECLARATIONS,
  })
  let whole = fresh()
  let keys = new Keys()
  log.watch((entry) => keys.addEntry(entry))
  return {
    options,
    kit,
    async view(signal) {
      const stamp = await stampOf(options.path)
      const declared = (await stampOf(declarationsPath(options.path)))?.identity ?? ''
      const isMoved = stamp?.identity !== whole.stamp?.identity || declared !== whole.declared
      if (isMoved) {
        const { base } = whole
        whole = fresh()
        await base?.close()
        whole = await readWhole(options, { stamp, declared }, signal)
      }
      const logIs = await log.refresh(signal)
      if (isMoved || logIs === 'replaced') keys = new Keys()
      return viewOf(options, whole, log, keys)
    },
    async close() {
      await whole.base?.close()
      whole = fresh()
      await log.close()
    },
  }
}

export function logPath(path: string): string {
  return `${path}.ferry-log`
}

async function readWhole(
  options: FileOptions,
  seen: { readonly stamp: FileStamp | null; readonly declared: string },
  signal: AbortSignal,
): Promise<Whole> {
  const declarations = await readDeclarations(options.path)
  const { stamp } = seen
  if (stamp === null) {
    return { ...seen, base: null, survey: emptySurvey(), declarations }
  }
  const base = await openBase(options, { stamp, lists: listPaths(declarations) }, signal)
  try {
    return { ...seen, base, survey: await survey(base, signal), declarations }
  } catch (error) {
    await base.close()
    throw error
  }
}

function viewOf(options: FileOptions, whole: Whole, log: Log, keys: Keys): View {
  const { stamp, base, survey: read, declarations } = whole
  const { base: began, isEmpty } = log.known
  if (!isEmpty && !isSpent(log, stamp) && began !== (stamp?.content ?? null)) {
    throw new ConnectorError(
      'scan',
      `${options.path} was changed while writes of an earlier run waited in ${log.path}`,
      {
        hint: 'Put the file back as it was, or delete the log to give those writes up. The next run then reads both sides anew.',
      },
    )
  }
  return {
    options,
    stamp,
    text: `${stamp?.identity ?? 'none'} ${log.identity}`,
    base,
    layout: base?.layout ?? newLayout(options),
    survey: read,
    log,
    keys,
    declarations: withLog(declarations, log),
  }
}

/** All that the log holds is in the file: only its removal was cut off. */
export function isSpent(log: Log, stamp: FileStamp | null): boolean {
  return stamp !== null && log.known.mergedInto === stamp.content
}
