/** Lints the mapping of a sync against what both accounts really have. */
import { check } from '../mapping/check.ts'
import { compile } from '../mapping/compile.ts'
import type { MappingFinding } from '../mapping/mapping.ts'
import { sequenceProblems } from '../plan/starts.ts'
import type { App } from './app.ts'

export interface MappingCheck {
  readonly rules: readonly {
    readonly from: readonly string[]
    readonly to: string
    readonly title: string
  }[]
  readonly findings: readonly MappingFinding[]
}

export async function checkMapping(
  app: App,
  sync: string,
  signal: AbortSignal,
): Promise<MappingCheck> {
  const settings = await app.use(sync)
  const accounts = app.env.accounts(sync)
  const side = async (which: 'from' | 'to') => {
    const reader = accounts.reader(which)
    const catalog = await reader.catalog(signal)
    return {
      catalog,
      capabilities: reader.capabilities,
      rules: reader.rules,
      title: settings[which],
    }
  }
  const input = {
    mapping: settings.mapping,
    from: await side('from'),
    to: await side('to'),
    direction: settings.direction,
  }
  const compiled = compile(input)
  const there = await sequencesOf(app, sync, signal)
  return {
    rules: compiled.rules.map(({ from, to, title }) => ({ from, to, title })),
    findings: [...there, ...check(input)],
  }
}

/** What the mapping says of sequences, against those that are there. A platform without them is found where the mapping is compiled. */
async function sequencesOf(
  app: App,
  sync: string,
  signal: AbortSignal,
): Promise<readonly MappingFinding[]> {
  const settings = app.env.settings(sync)
  const { sequences: wanted } = settings.mapping
  const accounts = app.env.accounts(sync)
  const [from, to] = [accounts.reader('from').sequences, accounts.reader('to').sequences]
  if (Object.keys(wanted).length === 0 || from === undefined || to === undefined) return []
  return sequenceProblems(
    wanted,
    { name: settings.from, sequences: await from.list(signal) },
    { name: settings.to, sequences: await to.list(signal) },
  )
}
