import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { capabilitiesOf } from '../../../connectors/file/capabilities.ts'
import { decodeLine } from '../../../connectors/file/codec.ts'
import { file } from '../../../connectors/file/connector.ts'
import { columnsOf, keyOf } from '../../../connectors/file/header-names.ts'
import { readOptions } from '../../../connectors/file/options.ts'
import { CONSENTS, DECLARATIONS, OPTIONS } from '../../../connectors/file/schema.ts'
import { settingsOf } from './bare.ts'

const FOLDER = join(import.meta.dirname, '../../../connectors/file')
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8')

describe('the README', () => {
  it('names the platform, its aliases and every option', () => {
    expect(README).toContain(`\`platform: ${file.name}\``)
    for (const name of [...file.aliases, ...Object.keys(OPTIONS.shape)]) {
      expect(README).toContain(`\`${name}\``)
    }
  })

  it('tells sizes as they are', () => {
    const { create, update, fetchMax, streams } = capabilitiesOf(
      readOptions(settingsOf('/x/a.csv')),
    )
    expect([create, update]).toMatchObject([{ batchMax: 500 }, { batchMax: 500 }])
    expect([fetchMax, streams.contacts?.pageSizeMax]).toEqual([1_000, 1_000])
    for (const text of ['1,000 a page', '500 a batch', '1,000 ids a question']) {
      expect(README).toContain(text)
    }
  })

  it('shows lines, cells and declarations that are read', () => {
    const [line = '', declarations = ''] = [...README.matchAll(/```json\n(.+)\n```/g)].map(
      (match) => match[1] ?? '',
    )
    expect(decodeLine(line)).toMatchObject({ kind: 'contact', id: '1' })
    expect(DECLARATIONS.parse(JSON.parse(declarations)).fields['custom.Plan']?.type).toBe('choice')
    const cell = /as compact JSON: `(.+?)`/.exec(README)?.[1] ?? ''
    expect(CONSENTS.parse(JSON.parse(cell))[0]?.state).toBe('refused')
    const known = ['First Name', 'E-Mail', 'Zip', 'Shipping city', 'Vorname', 'PLZ', 'Contact Id']
    for (const { role } of known.flatMap((name) => columnsOf([name])))
      expect(keyOf(role)).not.toContain('custom')
    for (const name of known) expect(README).toContain(`\`${name}\``)
  })

  it('explains everything that the code points to', () => {
    const code = readdirSync(FOLDER)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
      .join('\n')
    const cited = [...code.matchAll(/\(README, "([^"]+)"\)/g)].map((match) => match[1] ?? '')
    expect(cited.length).toBeGreaterThan(1)
    for (const name of cited) expect(README.toLowerCase()).toContain(`**${name}`)
  })
})
