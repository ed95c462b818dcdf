/** The table of scenarios itself, and the requests that can be cut in their midst. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cutsOf } from './cuts.ts'
import { FAMILIES } from './families.ts'

const SCENARIOS_MIN = 60
const all = Object.values(FAMILIES).flat()

it(`holds ${SCENARIOS_MIN} scenarios and more, each under a name of its own`, () => {
  expect(all.length).toBeGreaterThanOrEqual(SCENARIOS_MIN)
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

it('is gone through whole: each family has its test', () => {
  const tests = globSync('*.test.ts', { cwd: import.meta.dirname })
  const run = tests.flatMap((file) =>
    [
      ...readFileSync(`${import.meta.dirname}/${file}`, 'utf8').matchAll(/^runFamily\('(\w+)'\)/gm),
    ].map(([, family]) => family),
  )
  expect(run.sort()).toEqual(Object.keys(FAMILIES).sort())
})

const asked = { method: 'POST', url: '/', headers: {} }
const form = (xml: string) => new URLSearchParams({ email: 'a@example.com', xml }).toString()
const items = (body: string) => cutsOf({ ...asked, body }).map((cut) => cut.request.body)

it('cuts a list of records, the members of a segment and a document of contacts at every place', () => {
  expect(items('[{"a":1},{"a":2},{"a":3}]')).toEqual(['[{"a":1}]', '[{"a":1},{"a":2}]'])
  expect(items('{"ids":[4,5]}')).toEqual(['{"ids":[4]}'])
  const one = '<Contact request_id="1"><Firstname>$&amp;</Firstname></Contact>'
  const two = '<Contact contact_id="2"/>'
  const around = (inner: string) => form(`<R><Contacts>${inner}</Contacts></R>`)
  expect(items(around(`${one}${two}`))).toEqual([around(one)])
})

it('leaves alone what is no batch', () => {
  for (const body of [
    '',
    '{"a":1}',
    '[{"a":1}]',
    '<?xml version="1.0"?><methodCall/>',
    form('<R/>'),
  ])
    expect(items(body)).toEqual([])
})
