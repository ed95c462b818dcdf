import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RATES } from '../../../connectors/infusionsoft/capabilities.ts'
import { OPERATIONS, type Operation } from '../../../connectors/infusionsoft/operations.ts'

const FOLDER = join(import.meta.dirname, '../../../connectors/infusionsoft')
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8')

function operationTable(): string {
  const lines = Object.entries<Operation>(OPERATIONS).map(([name, operation]) => {
    const optional = Object.keys(operation.optional)
    const more =
      optional.length === 0 ? [] : [`(${optional.map((one) => `\`${one}\``).join(', ')})`]
    const parameters = [...Object.keys(operation.parameters).map((one) => `\`${one}\``), ...more]
    const effect =
      operation.effect === 'read' ? 'read' : operation.isIdempotent ? 'write, repeatable' : 'write'
    return `| \`${name}\` | ${parameters.join(', ')} | ${operation.result} | ${effect} | ${operation.about} |`
  })
  return [
    '| operation | parameters | result | effect | about |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

describe('the README', () => {
  it('lists every operation as it is', () => {
    expect(README).toContain(operationTable())
  })

  it('tells the pace as it is', () => {
    for (const login of ['serviceKey', 'apiKey'] as const) {
      const { requestsPerSecond, concurrency } = RATES[login]
      expect(README).toMatch(
        new RegExp(`\\| \`${login}\` \\| ${requestsPerSecond}\\b.*\\| ${concurrency} \\|`),
      )
    }
  })

  it('explains every quirk that the code points to', () => {
    const files = readdirSync(FOLDER).filter(
      (name) => name.endsWith('.ts') && !name.startsWith('simulator'),
    )
    const code = files.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n')
    const cited = [...code.matchAll(/quirks? (\d+)(?: and (\d+))?/gi)].flatMap(([, a, b]) => [a, b])
    const numbers = new Set(cited.filter((number) => number !== undefined))
    expect(numbers.size).toBeGreaterThan(10)
    for (const number of numbers) expect(README).toMatch(new RegExp(`^${number}\\. \\*\\*`, 'm'))
  })
})
