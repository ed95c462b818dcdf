/** What is wrong with the command line or with ferry.yaml: all of it at once, by name and line, with code 2 and before anything is sent. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { parse } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allRegisters } from '../../src/cli/commands.ts'
import { keys } from './keys.ts'
import { type Served, served } from './served.ts'

const REGISTERS = await allRegisters()

let one: Served
beforeAll(async () => {
  one = await served({ contacts: 5 })
})
afterAll(() => one.close())

const requests = () => {
  const { from, to } = one
  return [from, to].map(({ simulator: { counts } }) => counts.read + counts.write)
}

describe.concurrent('the command line', () => {
  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['plna', 'move'], /unknown command 'plna'[\s\S]*Did you mean plan\?/],
    [['plan', 'move', '--fulll'], /unknown option '--fulll'[\s\S]*Did you mean --full\?/],
    [['plan'], /missing required argument 'sync'/],
    [['plan', 'move', 'more'], /too many arguments/],
    [['plan', 'mov'], /there is no sync "mov"[\s\S]*did you mean "move"\?/],
    [['catalog', 'sorce'], /there is no connection "sorce"[\s\S]*did you mean "source"\?/],
    [['apply', 'plan-lost', '--yes'], /there is no plan plan-lost[\s\S]*ferry plan SYNC/],
    [['migrate', 'move'], /no terminal to ask on[\s\S]*Add --yes/],
    [['runs', 'list', '--limit', 'many'], /--limit must be a whole number, not "many"/],
    [['simulate', 'mailchimp'], /there is no simulator of "mailchimp"[\s\S]*known here: /],
    [['simulate', 'adaptix', '--port', '-1'], /--port must be a whole number/],
    [['--mask', 'some', 'plan', 'move'], /Allowed choices are none, partial, full/],
    [
      ['-c', 'elsewhere.yaml', 'plan', 'move'],
      /elsewhere\.yaml[\s\S]*there is no such file[\s\S]*ferry init/,
    ],
  ] as const)('ferry %j is refused', async (words, says) => {
    const ended = await one.ferry(...words, '--json')
    expect([ended.code, keys(ended.json())]).toEqual([2, ['error']])
    expect(ended.json()['error']).toMatchObject({
      code: 2,
      message: expect.stringMatching(/\w+/),
      hint: expect.toSatisfy((hint) => hint === null || /\w+/.test(String(hint))),
    })
    expect(ended.stderr).toMatch(says)
    expect(requests()).toEqual([0, 0])
  })

  it('an error is told even with --quiet', async () => {
    const ended = await one.ferry('plan', 'mov', '--quiet')
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain('did you mean "move"?')
  })

  it('--help lists every command, and each has a help of its own', async () => {
    const { code, stdout } = await one.ferry('--help')
    expect([code, stdout]).toEqual([0, expect.stringContaining('Exit codes:')])
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[| |<)/gm)].map(([, name]) => name ?? '')
    const registered = commands().map((command) => command.name())
    expect(listed.filter((name) => name !== 'help')).toEqual(registered)
    expect(registered).toEqual(
      expect.arrayContaining(
        'demo doctor catalog map plan show apply sync migrate verify holds rejects runs simulate schema'.split(
          ' ',
        ),
      ),
    )
    const plan = await one.ferry('plan', '--help')
    expect([plan.code, plan.stderr]).toEqual([0, ''])
    expect(plan.stdout).toMatch(
      /^Usage: ferry plan .*<sync>[\s\S]*--exit-code[\s\S]*ferry plan move/,
    )
    for (const command of commands()) {
      expect(command.description(), command.name()).not.toBe('')
      expect(command.helpInformation()).toContain(`Usage: ferry ${command.name()}`)
    }
  })
})

/** As the program registers them, over handlers that do nothing. */
function commands(): readonly Command[] {
  const program = new Command('ferry')
  for (const register of REGISTERS) register(program, () => async () => {})
  return program.commands
}

describe('ferry.yaml', () => {
  const refusal = async (from: string | RegExp, to: string): Promise<string> => {
    one.configure(one.configText.replace(from, to))
    const ended = await one.ferry('plan', 'move', '--json')
    one.configure(one.configText)
    expect([ended.code, keys(ended.json())], ended.stderr).toEqual([2, ['error']])
    expect(ended.json()['error']).toMatchObject({ code: 2, kind: 'configuration' })
    expect(requests()).toEqual([0, 0])
    return ended.stderr
  }

  it('with unknown keys: each with its line and what was meant', async () => {
    const said = await refusal(
      '    to: target',
      '    to: target\n    conflict: hold\n    machtes: [email]',
    )
    expect(said).toMatch(/2 problems/)
    expect(said).toMatch(/line 9.*conflict[\s\S]*did you mean "conflicts"\?/)
    expect(said).toMatch(/line 10.*machtes/)
  })

  it('with a secret written literally: its place, the way to write it, and not the secret', async () => {
    const said = await refusal('env:SOURCE_SERVICEKEY', 'KeapAK-literal-secret')
    expect(said).toMatch(
      /connections\.source\.auth\.serviceKey: .*literally[\s\S]*env:SOURCE_SERVICE_KEY/,
    )
    expect(said).not.toContain('KeapAK-literal')
  })

  it('with a secret in the address', async () => {
    const said = await refusal(/url: "http:\/\/127/, 'url: "http://me:hunter2-secret@127')
    expect(said).toMatch(/the address holds a login/)
    expect(said).not.toContain('hunter2')
  })

  it('with http to another machine', async () => {
    const said = await refusal(/url: "http:\/\/127\.0\.0\.1:\d+/, 'url: "http://crm.example.com')
    expect(said).toMatch(
      /plain http to crm\.example\.com would send the login and every contact unencrypted[\s\S]*https:\/\//,
    )
  })

  it('with a variable that is not set', async () => {
    const said = await refusal('env:SOURCE_SERVICEKEY', 'env:KEY_THAT_IS_NOT_SET')
    expect(said).toMatch(/KEY_THAT_IS_NOT_SET is not set[\s\S]*export KEY_THAT_IS_NOT_SET=/)
  })

  it('that is no YAML', async () => {
    expect(await refusal('connections:', 'connections: [')).toMatch(/line \d+/)
  })

  it('with a mapping that is wrong: map check names field and remedy', async () => {
    one.configure(
      `${one.configText}    fields: [{ from: custom._Nowhere, to: city }, { from: company, to: compny }]\n`,
    )
    const ended = await one.ferry('map', 'check', 'move', '--json')
    const plain = await one.ferry('map', 'check', 'move')
    one.configure(one.configText)
    expect([ended.code, plain.code, ended.json()['ok']]).toEqual([2, 2, false])
    expect(plain.stdout).toMatch(/error .*_Nowhere/)
    expect(plain.stdout).toMatch(/error .*compny[\s\S]*did you mean "company"\?/)
    expect(plain.stdout).toContain('the mapping has errors')
    expect(one.from.simulator.counts.write + one.to.simulator.counts.write).toBe(0)
  })
})

describe('the schema', () => {
  it('knows every key of the sample of the documents, and of ferry.yaml as it runs here', async () => {
    const { stdout, code } = await one.ferry('schema')
    expect(code).toBe(0)
    const schema = JSON.parse(stdout) as SchemaPart
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const samples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)]
      .map(([, text = '']) => text)
      .filter((text) => text.includes('connections:'))
    expect(samples.length).toBeGreaterThan(0)
    for (const text of [...samples, one.configText])
      expect(complaints(schema, parse(text), '')).toEqual([])
    expect(
      complaints(schema, parse(one.configText.replace('version: 1', 'version: 2')), ''),
    ).toEqual(['.version: not the constant'])
    expect(complaints(schema, parse(one.configText.replace('syncs:', 'sinks:')), '')).toEqual([
      '.sinks: unknown',
    ])
  })

  it('of mappings is a document too', async () => {
    const document = (await one.ferry('schema', '--mapping', '--json')).json()
    expect(keys(document['properties'])).toEqual(
      expect.arrayContaining(['fields', 'tags', 'consent']),
    )
  })
})

/** The part of JSON Schema that these schemas use for keys and shapes. */
interface SchemaPart {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, SchemaPart>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | SchemaPart
  readonly items?: SchemaPart
  readonly anyOf?: readonly SchemaPart[]
  readonly $ref?: string
}

function complaints(schema: SchemaPart, value: unknown, path: string): readonly string[] {
  if (schema.const !== undefined) return value === schema.const ? [] : [`${path}: not the constant`]
  if (schema.enum !== undefined) return schema.enum.includes(value) ? [] : [`${path}: no option`]
  if (schema.anyOf !== undefined) {
    const all = schema.anyOf.map((part) => complaints(part, value, path))
    return all.find((found) => found.length === 0) ?? all[0] ?? []
  }
  if (schema.type === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [`${path}: no object`]
    const { properties = {}, additionalProperties = true, required = [] } = schema
    return [
      ...required.filter((key) => !(key in value)).map((key) => `${path}.${key}: missing`),
      ...Object.entries(value).flatMap(([key, inner]) => {
        const part = properties[key] ?? additionalProperties
        if (typeof part === 'boolean') return part ? [] : [`${path}.${key}: unknown`]
        return complaints(part, inner, `${path}.${key}`)
      }),
    ]
  }
  if (schema.type === 'array') return Array.isArray(value) ? [] : [`${path}: no list`]
  const isIt =
    schema.type === undefined || typeof value === schema.type.replace('integer', 'number')
  return isIt ? [] : [`${path}: no ${schema.type}`]
}

describe.concurrent('simulate', () => {
  it.each(['infusionsoft', 'xml-spec', 'adaptix'])(
    'serves %s until Ctrl-C, then ends with 0',
    async (platform) => {
      const running = one.start(['simulate', platform, '--contacts', '3', '--json'])
      await running.says('"url"')
      running.interrupt()
      const ended = await running.ended
      expect([ended.code, ended.stderr]).toEqual([0, ''])
      expect(ended.json()).toMatchObject({
        platform,
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+/),
      })
    },
  )
})
