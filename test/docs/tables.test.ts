import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PLATFORMS } from '../../connectors/index.ts'
import { EXIT, failureOf } from '../../src/cli/exit.ts'
import type { ConnectionSettings, Platform } from '../../src/connector/connector.ts'
import { CAUSES, ConnectorError } from '../../src/connector/error.ts'
import type { Kit } from '../../src/connector/kit.ts'
import { httpOver } from '../../src/http/channel.ts'
import { systemClock } from '../../src/http/clock.ts'
import { PROGRAMS } from '../../src/pipeline/advance.ts'
import { PIPELINE_LIMITS } from '../../src/pipeline/env.ts'
import { DEFAULT_GUARDS } from '../../src/plan/guard.ts'
import { BUCKETS, RISKS } from '../../src/plan/op.ts'
import { QueueError } from '../../src/runner/queued/failure.ts'
import { OP_STATES } from '../../src/state/plans.ts'
import { StoreError } from '../../src/state/store.ts'
import { codesIn, page, ROOT, tableOf } from './pages.ts'

const README = page('README.md')
const TROUBLE = page('docs/guides/when-something-goes-wrong.md')
const PLAN = page('docs/guides/reading-a-plan.md')
const SETTINGS = page('docs/guides/configuration.md')
const HOUSE = page('docs/architecture.md')

function first(row: readonly string[]): string {
  return codesIn(row[0] ?? '')[0] ?? row[0] ?? ''
}

describe('exit codes', () => {
  const codes = Object.values(EXIT).toSorted((a, b) => a - b)

  it('stand in the README, all of them and no other', () => {
    expect(tableOf(README, 'Code', 'Meaning').map((row) => Number(row[0]))).toEqual(codes)
  })

  it('have the meaning that the program itself tells', () => {
    const main = readFileSync(join(ROOT, 'src/cli/main.ts'), 'utf8')
    const help = main.slice(main.indexOf('Exit codes:')).replace(/\s+/g, ' ')
    const meanings: Readonly<Record<number, string>> = Object.fromEntries(
      tableOf(README, 'Code', 'Meaning').map((row) => [Number(row[0]), row[1] ?? '']),
    )
    for (const code of codes) {
      const [words = ''] = (meanings[code] ?? '').split(/[,;]/)
      expect(help, String(code)).toContain(`${code} ${words.replace(' or quota spent', '')}`)
    }
  })

  it('that tell of trouble are each explained', () => {
    const quiet: readonly number[] = [EXIT.done, EXIT.changes]
    const explained = tableOf(TROUBLE, 'Code', 'What was done').map((row) => Number(row[0]))
    expect(explained).toEqual(codes.filter((code) => !quiet.includes(code)))
  })
})

describe('errors', () => {
  const rows = tableOf(TROUBLE, 'Kind', 'What happened')

  it('of a platform are each explained', () => {
    expect(rows.map(first).toSorted()).toEqual(Object.keys(CAUSES).toSorted())
  })

  it.each(rows.map((row) => [first(row), Number(row[3])] as const))(
    '%s ends with %i',
    (kind, code) => {
      expect(failureOf(new ConnectorError(kind as keyof typeof CAUSES, 'x')).code).toBe(code)
    },
  )

  it('of the state are each explained', () => {
    const kinds = tableOf(TROUBLE, 'Kind', 'Meaning', 'Next step').map(first)
    const known = ['busy', 'full', 'newer', 'fenced', 'broken'] as const
    expect(kinds).toEqual(
      known.map((kind) => failureOf(new StoreError(kind, 'x', { hint: '' })).kind),
    )
  })
})

describe('errors of the queue', () => {
  const rows = tableOf(TROUBLE, 'Kind', 'Meaning', 'Exit code')
  it.each(rows.map((row) => [first(row), Number(row[2])] as const))(
    '%s ends with %i',
    (kind, code) => {
      const [, word = ''] = kind.split(' ')
      const failure = failureOf(new QueueError(word as QueueError['kind'], 'x', { hint: '' }))
      expect(failure).toMatchObject({ kind, code })
    },
  )
})

describe('plans', () => {
  it('have these buckets', () => {
    const buckets = tableOf(PLAN, 'Mark', 'Bucket').map((row) => codesIn(row[1] ?? '')[0])
    expect(buckets).toEqual([...BUCKETS])
  })

  it('have these risks', () => {
    const [sentence = ''] = /Risks, from harmless to grave:[\s\S]*?\n\n/.exec(PLAN.prose) ?? []
    expect(codesIn(sentence)).toEqual([...RISKS])
  })

  it('have ops in these states', () => {
    expect(tableOf(TROUBLE, 'State', 'Meaning').map(first)).toEqual(
      expect.arrayContaining([...OP_STATES]),
    )
    const [drawing = ''] = HOUSE.blocks
      .map(({ text }) => text)
      .filter((text) => text.includes('sent ──►'))
    for (const state of OP_STATES) expect(drawing).toContain(state)
  })

  it('last as long as the configuration says', () => {
    const [, days] = /how long a plan may be applied \| (\d+) days/.exec(SETTINGS.prose) ?? []
    expect(Number(days) * 86_400_000).toBe(PIPELINE_LIMITS.planLifeMs)
  })
})

describe('settings', () => {
  it('of guards have these defaults', () => {
    const rows = tableOf(SETTINGS, 'In `guards`', 'Default')
    expect(Object.fromEntries(rows.map((row) => [first(row), Number(row[1])]))).toEqual(
      DEFAULT_GUARDS,
    )
  })

  it('of guards are the ones that a plan names', () => {
    const named = tableOf(PLAN, 'Guard', 'Stops when').flatMap((row) => codesIn(row[2] ?? ''))
    expect(named.toSorted()).toEqual(Object.keys(DEFAULT_GUARDS).toSorted())
  })
})

describe('runs', () => {
  it('go through these steps', () => {
    const rows = tableOf(HOUSE, 'Kind', 'Program')
    const told = Object.fromEntries(rows.map((row) => [first(row), codesIn(row[1] ?? '')]))
    expect(told).toEqual(PROGRAMS)
  })
})

describe('the state', () => {
  it('has these tables', () => {
    const source = readFileSync(join(ROOT, 'src/state/sql/migrations.ts'), 'utf8')
    const tables = [...source.matchAll(/create table (\w+)/g)].map((match) => match[1] ?? '')
    const told = tableOf(HOUSE, 'Table', 'Holds').flatMap((row) => codesIn(row[0] ?? ''))
    expect(told.toSorted()).toEqual(tables.toSorted())
  })
})

describe('platforms', () => {
  const headings = columnsOfReadme().map((heading) => codesIn(heading))
  const rows = tableOf(README, '', ...columnsOfReadme())
  const cell = (title: string, place: number): string => {
    const found = rows.find(([name]) => name === title)?.[place + 1]
    if (found === undefined) throw new Error(`the README tells no "${title}"`)
    return found
  }

  it('of the register stand in the README under all their names', () => {
    const names = PLATFORMS.flatMap(({ name, aliases }) => [name, ...aliases])
    expect(headings.flat()).toEqual(expect.arrayContaining(names))
  })

  it('can be used when the README says yes, and not when it says "not yet"', () => {
    const known = new Set<string>(PLATFORMS.map(({ name }) => name))
    const told = headings.map(([name = ''], place) => [
      name,
      !cell('Can be source and target', place).startsWith('not yet'),
    ])
    expect(told).toEqual(headings.map(([name = '']) => [name, known.has(name)]))
  })

  const usable = headings.flatMap(([name], place) => {
    const platform = PLATFORMS.find((each) => each.name === name)
    return platform === undefined ? [] : [[platform.title, platform, place] as const]
  })

  it.each(usable)('%s reads, writes and waits as the README tells', async (_, platform, place) => {
    const reader = platform.open(settingsFor(platform), kit)
    const { streams, create, rate, find, groups, tags, consent } = reader.capabilities
    await reader.close()
    const number = (title: string) => Number(/\d+/.exec(cell(title, place))?.[0])
    const words = cell('Finds people by', place).replace('e-mail', 'email').split(', ')
    expect(number('Contacts a page')).toBe(streams.contacts?.pageSizeMax)
    expect(number('Contacts a write')).toBe(create === false ? null : create.batchMax)
    expect(number('Permitted rate used')).toBe(rate.requestsPerSecond)
    expect(words).toEqual(find)
    expect(cell('Groups', place).startsWith('none')).toBe(groups.write === false)
    expect(cell('Tags', place).includes('remove')).toBe(tags.remove)
    expect(cell('Opt-outs', place).includes('cannot be taken back')).toBe(!consent.optOutReversible)
    expect(cell('Opt-outs', place)).toContain(consent.holder === 'contact' ? 'person' : 'address')
  })
})

function columnsOfReadme(): readonly string[] {
  const [heading = ''] = README.prose.match(/^\| \| `infusionsoft`.*$/m) ?? []
  return heading
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

const kit: Kit = {
  clock: systemClock,
  log: { debug: () => {}, info: () => {}, warn: () => {} },
  random: () => 0.5,
  http: httpOver({
    clock: systemClock,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    random: () => 0.5,
  }),
  vault: { load: async () => null, save: async () => {} },
}

/** The first login of the platform, with keys that are never sent. */
function settingsFor(platform: Platform): ConnectionSettings {
  return {
    name: 'documents',
    url: 'https://crm.example.com/api',
    auth: Object.fromEntries((platform.logins[0] ?? []).map((key) => [key, 'x'])),
    account: '1',
    timeZone: null,
    path: '/nowhere/people.csv',
    options: {},
    limits: {},
  }
}
