import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compile, errorsOf } from '../../src/mapping/compile.ts'
import type { CompiledMapping } from '../../src/mapping/mapping.ts'
import { parseMapping, readMapping } from '../../src/mapping/parse.ts'
import { mappingJsonSchema } from '../../src/mapping/schema.ts'
import type { MappingSide } from '../../src/mapping/side.ts'
import { adaptix, field, group, infusionsoft, xmlSpec } from './sides.ts'

const FOLDER = new URL('../../mappings/', import.meta.url)
const SIDES: Readonly<Record<string, () => MappingSide>> = {
  infusionsoft: () => infusionsoft([field('custom._Region', { label: 'Region' })]),
  adaptix: () => adaptix([field('custom.score_reason', { label: 'Score reason' })]),
  'xml-spec': () => xmlSpec([], { groups: [group('g1', 'Buyers')] }),
}

async function load(name: string) {
  const { value, problems } = parseMapping(
    await readFile(new URL(`${name}.yaml`, FOLDER), 'utf8'),
    name,
  )
  expect(problems).toEqual([])
  if (value === null) throw new Error(`${name} cannot be read`)
  return value
}

async function compiled(from: string, to: string): Promise<CompiledMapping> {
  const [source, target] = [SIDES[from]?.(), SIDES[to]?.()]
  if (source === undefined || target === undefined) throw new Error('no such side')
  const mapping = await load(`${from}-to-${to}`)
  return compile({ mapping, from: source, to: target, direction: 'one-way' })
}

function arrived(mapping: CompiledMapping, source: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    mapping.rules.flatMap((rule) => {
      const there = rule.project(source)
      return there.kind === 'value' ? [[rule.definition.label, there.value]] : []
    }),
  )
}

describe('the default mappings', () => {
  const pairs = Object.keys(SIDES).flatMap((from) =>
    Object.keys(SIDES).flatMap((to) => (from === to ? [] : [[from, to] as const])),
  )
  it.each(pairs)(
    '%s to %s compiles without an error and writes no target twice',
    async (from, to) => {
      const mapping = await compiled(from, to)
      expect(errorsOf(mapping)).toEqual([])
      const paths = mapping.rules.map((rule) => rule.to)
      expect(new Set(paths).size).toBe(paths.length)
      expect(mapping.isMarkerDrafted).toBe(true)
    },
  )

  it.each(pairs)('%s to %s leaves nothing behind', async (from, to) => {
    const mapping = await compiled(from, to)
    const said = (await load(`${from}-to-${to}`)).fields.filter((rule) => rule.to === null)
    const never = new Set(said.flatMap((rule) => rule.from))
    const read = new Set(mapping.rules.flatMap((rule) => rule.from))
    const left = SIDES[from]?.().catalog.fields.filter(
      ({ path }) => !read.has(path) && !never.has(path),
    )
    expect(left?.map(({ path }) => path)).toEqual([])
  })

  it('one file for each of the six directions, one into files and a generic one', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml'))
    const both = pairs.map(([from, to]) => `${from}-to-${to}.yaml`)
    const wanted = [...both, 'any-to-file.yaml', 'generic.yaml']
    expect(files.sort()).toEqual(wanted.sort())
  })

  it('the generic file says what a sync does without any file', async () => {
    expect(await load('generic')).toEqual(readMapping({}, 'generic').value)
  })

  it('into a file everybody travels, whatever they share', async () => {
    const kept = readMapping({ duplicates: 'keep' }, 'any-to-file').value
    expect(await load('any-to-file')).toEqual(kept)
  })

  it('the committed schema is what the validator accepts', async () => {
    const text = await readFile(new URL('schema.json', FOLDER), 'utf8')
    expect(text).toBe(`${JSON.stringify(mappingJsonSchema(), null, 2)}\n`)
  })
})

describe('Infusionsoft to Adaptix', () => {
  it('gives the general number the first filled one, and keeps the others in fields of their own', async () => {
    const mapping = await compiled('infusionsoft', 'adaptix')
    expect(arrived(mapping, { 'phones.work': '555 1', 'phones.work.extension': '12' })).toEqual({
      Phone: '555 1 x12',
    })
    const both = { 'phones.main': '555 0', 'phones.work': '555 1', 'phones.work.extension': '12' }
    expect(arrived(mapping, both)).toEqual({ Phone: '555 0', 'Work phone': '555 1 x12' })
    const work = mapping.fieldDrafts.find(({ draft }) => draft.label === 'Work phone')
    expect(work).toMatchObject({ onlyIfUsed: true, draft: { name: 'work_phone', type: 'phone' } })
  })

  it('writes the country by its English name and notes to a long text field', async () => {
    const mapping = await compiled('infusionsoft', 'adaptix')
    const there = arrived(mapping, { 'addresses.main.country': 'Deutschland', notes: 'a\nb' })
    expect(there).toEqual({ Country: 'Germany', Notes: 'a\nb' })
    const notes = mapping.fieldDrafts.find(({ draft }) => draft.label === 'Notes')
    expect(notes).toMatchObject({ onlyIfUsed: false, draft: { type: 'longtext' } })
  })

  it('puts prefix, language, second e-mail, shipping address and date of creation where they can be found', async () => {
    const mapping = await compiled('infusionsoft', 'adaptix')
    const there = arrived(mapping, {
      prefix: 'Dr.',
      language: 'en_US',
      'emails.2': 'b@x.test',
      'addresses.shipping.city': 'Oslo',
      createdAt: '2019-01-02T03:04:05Z',
      'custom.Username': 'gone',
    })
    expect(there).toEqual({
      'Name prefix': 'Dr.',
      Language: 'en_US',
      'Email 2': 'b@x.test',
      'Shipping city': 'Oslo',
      'Created in Infusionsoft': '2019-01-02T03:04:05Z',
    })
    const prefix = mapping.rules.find((rule) => rule.title === 'Title -> title')
    expect(prefix?.to).toBe('prefix')
  })
})

describe('to a platform without groups', () => {
  it('groups become tags', async () => {
    const mapping = await compiled('xml-spec', 'infusionsoft')
    expect(mapping.groupTarget(group('g1', 'Buyers'))).toEqual({ kind: 'tag', name: 'Buyers' })
  })
})
