/** Proves that the file can be read, and tells what a person would want to know before relying on it. */
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AccountReport } from '../../src/connector/connector.ts'
import type { Client, View } from './client.ts'

export async function checkFile(
  client: Client,
  more: { readonly mayWrite: boolean },
  signal: AbortSignal,
): Promise<AccountReport> {
  const view = await client.view(signal)
  const { path, format } = view.options
  if (more.mayWrite || view.base === null) {
    await access(dirname(path), more.mayWrite ? constants.W_OK : constants.F_OK)
  }
  return {
    account: `file:${path}`,
    server: format === 'csv' ? csvWords(view) : 'NDJSON',
    contacts: view.log.known.isEmpty ? view.survey.rows - view.survey.broken : null,
    warnings: warningsOf(view),
  }
}

function csvWords({ layout }: View): string {
  const name = layout.delimiter === '\t' ? 'tab' : `"${layout.delimiter}"`
  return `CSV, delimiter ${name}, ${layout.columns.length} columns`
}

function warningsOf(view: View): AccountReport['warnings'] {
  const { base, layout, survey, log, options } = view
  const warnings: { message: string; hint: string }[] = []
  if (base === null) {
    warnings.push({
      message: `${options.path} does not exist yet`,
      hint: 'As a target it will be made. As a source it is empty: check the path.',
    })
  }
  const hasId = layout.columns.some(({ role }) => role.kind === 'id')
  if (base !== null && options.format === 'csv' && !hasId) {
    warnings.push({
      message: 'there is no column "id"',
      hint: 'Rows are known by their first e-mail address, or by their content: a row that changes these counts as another person.',
    })
  }
  if (survey.broken > 0) {
    warnings.push({
      message: `${survey.broken} of ${survey.rows} rows cannot be read`,
      hint: 'A plan names each with its line.',
    })
  }
  if (!log.known.isEmpty) {
    warnings.push({
      message: `${log.path} holds writes of a run that was cut off`,
      hint: 'They are read with the file; the next run that writes puts them into it.',
    })
  }
  return warnings
}
