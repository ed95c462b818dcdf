/** Looks at everything a run needs: configuration, mappings, state, and each connection with a real call. */
import { ConnectorError } from '../connector/error.ts'
import type { App } from './app.ts'
import { ConfigError } from './config/error.ts'

export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly kind: 'state' | 'configuration' | 'login' | 'reach'
  readonly subject: string
  readonly message: string
  readonly hint: string
}

export async function diagnose(app: App, signal: AbortSignal): Promise<readonly Finding[]> {
  const findings: Finding[] = [
    { level: 'ok', kind: 'state', subject: 'state', message: app.store.place, hint: '' },
  ]
  for (const name of Object.keys(app.config.connections))
    findings.push(...(await examine(app, name, signal)))
  for (const name of Object.keys(app.config.syncs)) {
    try {
      const settings = await app.use(name)
      findings.push({
        level: 'ok',
        kind: 'configuration',
        subject: name,
        message: `sync from ${settings.from} to ${settings.to}, mapping ${settings.mapping.name}`,
        hint: '',
      })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      findings.push({
        level: 'fail',
        kind: 'configuration',
        subject: name,
        message: error.message,
        hint: '',
      })
    }
  }
  return findings
}

async function examine(app: App, name: string, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    const reader = await app.reader(name)
    const report = await reader.check(signal)
    const server = report.server === null ? '' : `, ${report.server}`
    const contacts = report.contacts === null ? '' : `, ${report.contacts} contacts`
    return [
      {
        level: 'ok',
        kind: 'reach',
        subject: name,
        message: `login works: ${report.account}${server}${contacts}`,
        hint: '',
      },
      ...report.warnings.map(
        ({ message, hint }): Finding => ({
          level: 'warn',
          kind: 'reach',
          subject: name,
          message,
          hint,
        }),
      ),
    ]
  } catch (error) {
    if (error instanceof ConfigError)
      return [
        { level: 'fail', kind: 'configuration', subject: name, message: error.message, hint: '' },
      ]
    if (!(error instanceof ConnectorError)) throw error
    const isLogin = error.kind === 'login' || error.kind === 'permission'
    return [
      {
        level: 'fail',
        kind: isLogin ? 'login' : 'reach',
        subject: name,
        message: error.message,
        hint: error.hint ?? '',
      },
    ]
  }
}
