/** The list of commands: a line for each file. A file is loaded when one of its commands is given, since most commands need little of the program. */
import type { Command } from 'commander'
import type { Act } from './act.ts'

export type Register = (program: Command, act: Act) => void

interface CommandFile {
  /** The commands that it registers. */
  readonly names: readonly string[]
  load(): Promise<Register>
}

const FILES: readonly CommandFile[] = [
  { names: ['demo'], load: async () => (await import('./commands/demo.ts')).registerDemo },
  { names: ['init'], load: async () => (await import('./commands/init.ts')).registerInit },
  { names: ['doctor'], load: async () => (await import('./commands/doctor.ts')).registerDoctor },
  { names: ['catalog'], load: async () => (await import('./commands/catalog.ts')).registerCatalog },
  {
    names: ['inventory'],
    load: async () => (await import('./commands/inventory.ts')).registerInventory,
  },
  { names: ['call'], load: async () => (await import('./commands/call.ts')).registerCall },
  { names: ['map'], load: async () => (await import('./commands/map.ts')).registerMap },
  { names: ['plan'], load: async () => (await import('./commands/plan.ts')).registerPlan },
  { names: ['show'], load: async () => (await import('./commands/show.ts')).registerShow },
  { names: ['report'], load: async () => (await import('./commands/report.ts')).registerReport },
  {
    names: ['apply', 'sync', 'migrate'],
    load: async () => (await import('./commands/sync.ts')).registerSync,
  },
  { names: ['verify'], load: async () => (await import('./commands/verify.ts')).registerVerify },
  { names: ['undo'], load: async () => (await import('./commands/undo.ts')).registerUndo },
  { names: ['explain'], load: async () => (await import('./commands/explain.ts')).registerExplain },
  { names: ['holds'], load: async () => (await import('./commands/holds.ts')).registerHolds },
  { names: ['rejects'], load: async () => (await import('./commands/rejects.ts')).registerRejects },
  {
    names: ['connector'],
    load: async () => (await import('./commands/connector.ts')).registerConnector,
  },
  { names: ['links'], load: async () => (await import('./commands/links.ts')).registerLinks },
  { names: ['runs'], load: async () => (await import('./commands/runs.ts')).registerRuns },
  { names: ['serve'], load: async () => (await import('./commands/serve.ts')).registerServe },
  {
    names: ['simulate'],
    load: async () => (await import('./commands/simulate.ts')).registerSimulate,
  },
  { names: ['schema'], load: async () => (await import('./commands/schema.ts')).registerSchema },
  { names: ['worker'], load: async () => (await import('./commands/worker.ts')).registerWorker },
  {
    names: ['schedule'],
    load: async () => (await import('./commands/schedule.ts')).registerSchedule,
  },
  { names: ['state'], load: async () => (await import('./commands/state.ts')).registerState },
  {
    names: ['completion'],
    load: async () => (await import('./commands/completion.ts')).registerCompletion,
  },
]

/** What registers the command of this line; all of them where it names none that there is, so that help and suggestions are whole. */
export async function registersFor(argv: readonly string[]): Promise<readonly Register[]> {
  const given = commandIn(argv)
  const chosen = FILES.filter(({ names }) => given !== null && names.includes(given))
  return chosen.length === 0 || given === WHOLE ? allRegisters() : registersOf(chosen)
}

export function allRegisters(): Promise<readonly Register[]> {
  return registersOf(FILES)
}

/** Tells a shell of all the others. */
const WHOLE = 'completion'
/** Global options that take the next word. */
const WITH_VALUE = ['-c', '--config', '--mask']

function registersOf(files: readonly CommandFile[]): Promise<readonly Register[]> {
  return Promise.all(files.map(({ load }) => load()))
}

function commandIn(argv: readonly string[]): string | null {
  const at = argv.findIndex(
    (word, place) => !word.startsWith('-') && !WITH_VALUE.includes(argv[place - 1] ?? ''),
  )
  return argv[at] ?? null
}
