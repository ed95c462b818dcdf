import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { PLATFORMS } from '../../connectors/index.ts'
import { readConfig } from '../../src/app/config.ts'
import { parseMapping } from '../../src/mapping/parse.ts'
import { TRANSFORM_NAMES } from '../../src/mapping/transform-text.ts'
import { isCanonical } from '../../src/mapping/names.ts'
import { ADDRESS_KINDS, ADDRESS_PARTS, STANDARD_FIELDS } from '../../src/model/field.ts'
import { codesIn, page, pages, tableOf } from './pages.ts'

const examples = pages().flatMap((each) =>
  each.blocks
    .filter(({ language }) => language === 'yaml')
    .map(({ text, line }) => ({ text, at: `${each.path}:${line}` })),
)

describe('every YAML example', () => {
  it('is one of many', () => {
    expect(examples.length).toBeGreaterThan(12)
  })

  it.each(examples.map(({ at, text }) => [at, text] as const))(
    '%s is read without a problem',
    (at, text) => {
      const value = parse(text) as Readonly<Record<string, unknown>>
      if ('version' in value) {
        const config = readConfig(text, at, PLATFORMS)
        expect(Object.keys(config.syncs).length).toBeGreaterThan(0)
      } else {
        const { value: mapping, problems } = parseMapping(text, at)
        expect(problems).toEqual([])
        expect(mapping).not.toBeNull()
      }
    },
  )

  it('would be noticed if it were wrong', () => {
    expect(
      parseMapping('fields:\n  - { from: points, too: never }\n', 'wrong').problems,
    ).not.toEqual([])
    expect(() => readConfig('version: 1\nconections: {}\n', 'wrong', PLATFORMS)).toThrow(
      'conections',
    )
  })
})

describe('the guide to mappings', () => {
  const guide = page('docs/guides/mappings.md')

  it('lists every transform, and no other', () => {
    const listed = tableOf(guide, 'Transform', 'Does').flatMap(([name = '']) => codesIn(name))
    expect(listed.toSorted()).toEqual(TRANSFORM_NAMES.toSorted())
  })

  it('names every standard field', () => {
    const [paragraph = ''] = guide.prose.match(/^Canonical paths:[\s\S]*?\n\n/m) ?? []
    const named = new Set(codesIn(paragraph))
    const missing = Object.keys(STANDARD_FIELDS).filter(
      (path) => !path.includes('.') && !named.has(path),
    )
    expect(missing).toEqual([])
    const strange = [...named].filter(
      (path) =>
        !path.includes('<') &&
        !isCanonical(path) &&
        ![...ADDRESS_KINDS, ...ADDRESS_PARTS].includes(path as never),
    )
    expect(strange).toEqual([])
  })
})
