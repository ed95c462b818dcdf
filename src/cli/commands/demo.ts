/** `ferry demo`: the main job on invented people, with no account and no server of anybody's. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { openApp } from '../../app/app.ts'
import { MACHINE, readConfig } from '../../app/config.ts'
import { endOf, work } from '../../app/run.ts'
import { reportOf } from '../../app/run-report.ts'
import { PLATFORMS } from '../../../connectors/index.ts'
import { systemClock } from '../../http/clock.ts'
import { planDocument } from '../../report/plan-document.ts'
import { planText } from '../../report/plan-text.ts'
import { runDocument, runText } from '../../report/run-document.ts'
import { inlineRunner } from '../../runner/inline.ts'
import type { RunFacts } from '../../plan/run-facts.ts'
import type { RunKind } from '../../state/runs.ts'
import type { SimulationServer } from '../../simulation/server.ts'
import type { Act } from '../act.ts'
import { type Context, mayColour } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { CONCURRENCY } from '../limits.ts'
import { makeLog } from '../log.ts'
import { whole } from '../whole.ts'

export function registerDemo(program: Command, act: Act): void {
  program
    .command('demo')
    .description(
      'simulated Infusionsoft and Adaptix: dry run, migration, verification, a second sync that writes nothing',
    )
    .option('--contacts <n>', 'how many people', '500')
    .option('--seed <n>', 'which people', '7')
    .option('--out <folder>', 'where state and report go (default: a new temporary folder)')
    .action(act(demo))
}

interface DemoOptions {
  readonly contacts: string
  readonly seed: string
  readonly out?: string
}

async function demo(context: Context, options: DemoOptions): Promise<ExitCode> {
  const folder = options.out ?? (await mkdtemp(join(tmpdir(), 'ferry-demo-')))
  await mkdir(folder, { recursive: true })
  const simulated = { port: 0, quirks: {}, faults: null, latencyMs: 0 }
  const { startSimulator } = await import('../../app/simulate.ts')
  const keap = await startSimulator({
    ...simulated,
    platform: 'infusionsoft',
    contacts: whole(options.contacts, '--contacts'),
    seed: whole(options.seed, '--seed'),
  })
  const adaptix = await startSimulator({
    ...simulated,
    platform: 'adaptix',
    contacts: 0,
    seed: whole(options.seed, '--seed'),
  })
  try {
    const path = join(folder, 'ferry.yaml')
    const text = configText(keap, adaptix)
    await writeFile(path, text, { mode: 0o600 })
    const shared = {
      config: readConfig(text, path, PLATFORMS),
      clock: systemClock,
      log: await makeLog({
        isVerbose: context.flags.verbose,
        isEvents: context.flags.ndjson,
        complain: context.complain,
      }),
      random: Math.random,
      progress: context.progress.show,
      surroundings: { env: secretsOf(keap, adaptix), readFile: MACHINE.readFile },
    }
    return await play(context, folder, shared)
  } finally {
    await keap.close()
    await adaptix.close()
  }
}

async function play(
  context: Context,
  folder: string,
  shared: Omit<Parameters<typeof openApp>[0], 'mayWrite'>,
): Promise<ExitCode> {
  const shown: Record<string, unknown> = {}
  const lines: string[] = []
  const act = async (title: string, kind: Exclude<RunKind, 'undo' | 'apply'>) => {
    const app = await openApp({ ...shared, mayWrite: kind !== 'plan' && kind !== 'verify' })
    try {
      const run = await work(
        app,
        { sync: 'move', kind, isFull: false, plan: null },
        inlineRunner(app.env, { concurrency: CONCURRENCY }),
        context.signal,
      )
      const plan = run.plan === null ? null : await app.store.plans.header(run.plan)
      const end = await endOf(app, run)
      return { run, plan, end, report: await reportOf(app, run), title }
    } finally {
      await app.close()
    }
  }
  const tell = (title: string, text: readonly string[]) => {
    if (context.flags.json) return
    context.answer(null, ['', `== ${title}`, ...text])
  }

  const planned = await act('plan', 'plan')
  if (planned.plan === null)
    throw new Error(`the demo made no plan: ${planned.run.reason ?? planned.run.status}`)
  shown['plan'] = planDocument(planned.plan, context.flags.mask)
  tell(
    '1. Dry run: what would change (over connections that cannot write)',
    planText(planned.plan, {
      mask: context.flags.mask,
      colour: mayColour(context.flags, process.stdout),
    }),
  )

  const migrated = await act('migrate', 'migrate')
  shown['migrate'] = runDocument(migrated.report)
  tell('2. Migration: plan applied, then read back', runText(migrated.report))

  const verified = await act('verify', 'verify')
  const result = (verified.run.facts as RunFacts).verify
  shown['verify'] = result
  tell('3. Verification of both whole accounts', runText(verified.report))

  const again = await act('sync', 'sync')
  const writes = Object.values(again.report.requests).reduce((sum, { write }) => sum + write, 0)
  shown['again'] = runDocument(again.report)
  tell('4. A second sync', [...runText(again.report), `  ${writes} writes`])

  const reportPath = join(folder, 'report.json')
  await writeFile(reportPath, `${JSON.stringify(shown, null, 2)}\n`, { mode: 0o600 })
  lines.push(
    '',
    `State   ${join(folder, '.ferry/state.db')}`,
    `Config  ${join(folder, 'ferry.yaml')}`,
    `Report  ${reportPath}`,
  )
  context.answer({ ...shown, folder, report: reportPath }, lines)

  const isGood =
    ['done', 'rejected', 'decisions'].includes(migrated.end) && result?.ok === true && writes === 0
  if (!isGood) context.say('ferry demo: something did not end as it should; see the report above')
  return isGood ? EXIT.done : EXIT.unexpected
}

function configText(keap: SimulationServer, adaptix: SimulationServer): string {
  const auth = (name: string, server: SimulationServer) =>
    Object.keys(server.simulator.auth)
      .map((key) => `${key}: env:${secretName(name, key)}`)
      .join(', ')
  return `# Written by "ferry demo". The two servers it names live only as long as the demo runs.
version: 1
state: sqlite:./.ferry/state.db
connections:
  keap: { platform: infusionsoft, url: "${keap.url}", auth: { ${auth('keap', keap)} }, limits: { requestsPerSecond: 1000 } }
  adaptix: { platform: adaptix, url: "${adaptix.url}", auth: { ${auth('adaptix', adaptix)} }, limits: { requestsPerSecond: 1000 } }
syncs:
  move: { from: keap, to: adaptix }
`
}

function secretsOf(
  keap: SimulationServer,
  adaptix: SimulationServer,
): Readonly<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const [name, server] of [
    ['keap', keap],
    ['adaptix', adaptix],
  ] as const) {
    for (const [key, value] of Object.entries(server.simulator.auth))
      all[secretName(name, key)] = value
  }
  return all
}

function secretName(name: string, key: string): string {
  return `DEMO_${name}_${key}`.toUpperCase()
}
