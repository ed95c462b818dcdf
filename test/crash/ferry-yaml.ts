/** The configuration of a world. */
import type { Account, AccountSpec } from './account.ts'
import type { FileSpec } from './files.ts'
import type { Side, WorldSpec } from './world.ts'

export const ORIGINS = { from: 'http://127.0.0.1:7001', to: 'http://127.0.0.1:7002' } as const

/** The text of ferry.yaml, and the environment that its references are read from. */
export function configOf(
  spec: WorldSpec,
  accounts: Readonly<Record<Side, Account>>,
): { readonly text: string; readonly env: Readonly<Record<string, string>> } {
  const env: Record<string, string> = {}
  const connection = (name: string, side: Side): string => {
    const wanted = spec[side]
    if (wanted.platform === 'file')
      return `  ${name}: { platform: file, path: ./${(wanted as FileSpec).path} }`
    const { simulator } = accounts[side]
    const { more = '', limits = '' } = wanted as AccountSpec
    const auth = Object.entries(simulator.auth).map(([key, value]) => {
      const variable = `${name}_${key}`.toUpperCase()
      env[variable] = value
      return `${key}: env:${variable}`
    })
    return `  ${name}: { platform: ${wanted.platform}, url: "${ORIGINS[side]}${simulator.basePath}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 100000${limits} }${more} }`
  }
  const text = `version: 1
connections:
${connection('source', 'from')}
${connection('target', 'to')}
syncs:
  move:
    from: source
    to: target
${spec.sync ?? ''}`
  return { text, env }
}
