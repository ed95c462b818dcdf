/** Lints the mapping of a sync against what both accounts really have. */
import { check } from '../mapping/check.ts'
import { compile } from '../mapping/compile.ts'
import type { MappingFinding } from '../mapping/mapping.ts'
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
  return {
    rules: compiled.rules.map(({ from, to, title }) => ({ from, to, title })),
    findings: check(input),
  }
}
