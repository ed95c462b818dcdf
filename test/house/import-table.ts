/** Who may import whom: one map from folder to allowed folders, with the exceptions and why they are ones. */
import type { Import, Source } from './source.ts'

const UP_TO_STATE = ['src/model', 'src/connector', 'src/mapping', 'src/plan', 'src/state'] as const
const EVERY_SRC = [
  ...UP_TO_STATE,
  'src/http',
  'src/state/sql',
  'src/pipeline',
  'src/runner',
  'src/report',
  'src/simulation',
  'src/conformance',
]

/** Each may import from itself too. A platform stands as `connectors/<platform>`, its simulated twin as `connectors/<platform>/simulator`. */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  'src/connector': ['src/model'],
  'src/http': ['src/model', 'src/connector'],
  'src/mapping': ['src/model', 'src/connector'],
  'src/plan': ['src/model', 'src/connector', 'src/mapping'],
  'src/state': ['src/model', 'src/plan'],
  'src/state/sql': ['src/model', 'src/plan', 'src/state'],
  'src/pipeline': UP_TO_STATE,
  'src/runner': ['src/model', 'src/state', 'src/pipeline'],
  'src/report': ['src/model', 'src/plan'],
  'src/simulation': ['src/model', 'src/connector', 'src/http'],
  'src/conformance': ['src/model', 'src/connector', 'src/http'],
  'src/app': [
    ...EVERY_SRC,
    'connectors/index.ts',
    'connectors/operations.ts',
    'connectors/simulators.ts',
  ],
  'src/cli': ['src/app', 'src/report', 'src/model', 'src/plan', 'src/web'],
  'src/web': ['src/app', 'src/report', 'src/model', 'src/plan'],
  'connectors/index.ts': ['src/connector', 'connectors/<platform>'],
  'connectors/operations.ts': ['connectors/<platform>'],
  'connectors/simulators.ts': ['src/connector', 'connectors/<platform>/simulator'],
  'connectors/people': [],
  'connectors/<platform>': ['src/model', 'src/connector', 'src/http'],
  'connectors/<platform>/simulator': ['src/connector', 'connectors/people'],
}

interface Exception {
  /** Folder or file that imports. */
  readonly from: string
  /** Folder or file that is imported. */
  readonly to: string
  /** Only types may pass, which leave nothing behind in the running program. */
  readonly typesOnly: boolean
  readonly why: string
}

/** Lines that the table does not allow and that have a reason. An exception that nothing uses any more is a fault too. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    from: 'src/runner/queued',
    to: 'src/connector/error.ts',
    typesOnly: false,
    why: 'the cause of a failure, kept in its kind, says whether a ticket may be carried again',
  },
  {
    from: 'src/report/op-text.ts',
    to: 'src/state/plans.ts',
    typesOnly: true,
    why: 'a record of a plan is shown together with how it ended, and only the store knows both',
  },
  {
    from: 'src/cli/exit.ts',
    to: 'src/connector/error.ts',
    typesOnly: false,
    why: 'one table from every kind of error to its exit code',
  },
  {
    from: 'src/cli/exit.ts',
    to: 'src/state/store.ts',
    typesOnly: false,
    why: 'one table from every kind of error to its exit code',
  },
  {
    from: 'src/cli/exit.ts',
    to: 'src/runner/queued/failure.ts',
    typesOnly: false,
    why: 'one table from every kind of error to its exit code',
  },
  ...['runs', 'cases', 'plans', 'links'].map((family) => ({
    from: 'src/cli/commands',
    to: `src/state/${family}.ts`,
    typesOnly: true,
    why: 'commands show stored runs, cases, ops and links and filter by their kinds',
  })),
  {
    from: 'src/cli/log.ts',
    to: 'src/connector/kit.ts',
    typesOnly: true,
    why: 'the log of a terminal is one more form of the log that connectors are given',
  },
  {
    from: 'src/cli/progress.ts',
    to: 'src/pipeline/env.ts',
    typesOnly: true,
    why: 'progress is shown as the engine tells it',
  },
  {
    from: 'src/cli/commands/schema.ts',
    to: 'src/mapping/schema.ts',
    typesOnly: false,
    why: 'the command prints that schema and does nothing else',
  },
  ...['src/cli/context.ts', 'src/cli/commands/demo.ts'].flatMap((from) =>
    ['connectors/index.ts', 'src/http/clock.ts'].map((to) => ({
      from,
      to,
      typesOnly: false,
      why: 'where the program begins: the real clock and the register are handed in here, once',
    })),
  ),
  {
    from: 'src/cli/commands/init.ts',
    to: 'connectors/index.ts',
    typesOnly: false,
    why: 'it asks for a login before there is a configuration, and so before there is an app',
  },
  {
    from: 'src/cli/commands/init.ts',
    to: 'src/connector/connector.ts',
    typesOnly: true,
    why: 'it asks for a login before there is a configuration, and so before there is an app',
  },
  {
    from: 'src/cli',
    to: 'src/runner',
    typesOnly: false,
    why: 'where the program begins: the command line decides who carries the tickets',
  },
  {
    from: 'src/cli/commands/demo.ts',
    to: 'src/simulation/server.ts',
    typesOnly: true,
    why: 'the demo plays against simulated platforms that the app starts for it',
  },
]

/** The row of the table a file belongs to; null: none, which is a fault. */
export function roomOf(path: string): string | null {
  if (path === 'connectors/people.ts' || path.startsWith('connectors/people/')) {
    return 'connectors/people'
  }
  if (/^connectors\/[^/]+\/simulator(?:\/|\.ts$)/.test(path)) {
    return 'connectors/<platform>/simulator'
  }
  if (/^connectors\/[^/]+\//.test(path)) return 'connectors/<platform>'
  if (Object.hasOwn(IMPORT_TABLE, path)) return path
  const rows = Object.keys(IMPORT_TABLE).filter((row) => path.startsWith(`${row}/`))
  return rows.toSorted((a, b) => b.length - a.length)[0] ?? null
}

/** One text for each import line that the table forbids. */
export function importFaults({ path, imports }: Source): readonly string[] {
  const here = roomOf(path)
  if (here === null) return [`${path} stands in no row of the import table`]
  return imports
    .filter((line) => line.isOurs && !isAllowed(path, here, line) && !isException(path, line))
    .map((line) => `${path} imports ${line.to}`)
}

function isAllowed(path: string, here: string, { to }: Import): boolean {
  const there = roomOf(to)
  if (there === null) return false
  if (isPlatform(here) && isPlatform(there))
    return here === there && platformOf(path) === platformOf(to)
  if (here === there) return true
  // Whoever plays with people takes them at their door, not from their rooms.
  if (there === 'connectors/people' && to !== 'connectors/people.ts') return false
  if (here === 'connectors/index.ts' && isPlatform(there)) return /\/connector\.ts$/.test(to)
  if (here === 'connectors/operations.ts' && isPlatform(there)) return /\/operations\.ts$/.test(to)
  if (here === 'connectors/simulators.ts' && isPlatform(there)) return /\/simulator\.ts$/.test(to)
  return (IMPORT_TABLE[here] ?? []).includes(there)
}

function isPlatform(room: string): boolean {
  return room.startsWith('connectors/<platform>')
}
function platformOf(path: string): string | undefined {
  return path.split('/')[1]
}

function isException(path: string, line: Import): boolean {
  return EXCEPTIONS.some((exception) => covers(exception, path, line))
}
export function covers(exception: Exception, path: string, line: Import): boolean {
  return (
    isWithin(path, exception.from) &&
    isWithin(line.to, exception.to) &&
    (!exception.typesOnly || line.isType)
  )
}
function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}
