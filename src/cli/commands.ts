/** The list of commands: one line per command. */
import type { Command } from 'commander'
import { registerCall } from './commands/call.ts'
import { registerCatalog } from './commands/catalog.ts'
import { registerCompletion } from './commands/completion.ts'
import { registerConnector } from './commands/connector.ts'
import { registerDemo } from './commands/demo.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerExplain } from './commands/explain.ts'
import { registerHolds } from './commands/holds.ts'
import { registerInit } from './commands/init.ts'
import { registerInventory } from './commands/inventory.ts'
import { registerLinks } from './commands/links.ts'
import { registerMap } from './commands/map.ts'
import { registerPlan } from './commands/plan.ts'
import { registerRejects } from './commands/rejects.ts'
import { registerReport } from './commands/report.ts'
import { registerRuns } from './commands/runs.ts'
import { registerSchedule } from './commands/schedule.ts'
import { registerSchema } from './commands/schema.ts'
import { registerServe } from './commands/serve.ts'
import { registerShow } from './commands/show.ts'
import { registerSimulate } from './commands/simulate.ts'
import { registerState } from './commands/state.ts'
import { registerSync } from './commands/sync.ts'
import { registerUndo } from './commands/undo.ts'
import { registerVerify } from './commands/verify.ts'
import { registerWorker } from './commands/worker.ts'
import type { Act } from './act.ts'

export const COMMANDS: readonly ((program: Command, act: Act) => void)[] = [
  registerDemo,
  registerInit,
  registerDoctor,
  registerCatalog,
  registerInventory,
  registerCall,
  registerMap,
  registerPlan,
  registerShow,
  registerReport,
  registerSync,
  registerVerify,
  registerUndo,
  registerExplain,
  registerHolds,
  registerRejects,
  registerConnector,
  registerLinks,
  registerRuns,
  registerServe,
  registerSimulate,
  registerSchema,
  registerWorker,
  registerSchedule,
  registerState,
  registerCompletion,
]
