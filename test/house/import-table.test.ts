import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { covers, EXCEPTIONS, IMPORT_TABLE, importFaults, roomOf } from './import-table.ts'
import { drawerFaults, floorPlanFaults, MAY_NAME_PLATFORMS, RULES } from './rules.ts'
import { ROOT, sourceOf, sources } from './source.ts'

const house = sources()
const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '')

describe('the import table', () => {
  it('is kept by every import line of src and connectors', () => {
    expect(house.length).toBeGreaterThan(100)
    expect(house.flatMap(importFaults)).toEqual([])
  })

  it('has a row for every file', () => {
    expect(house.filter(({ path }) => roomOf(path) === null).map(({ path }) => path)).toEqual([])
  })

  it('allows nothing that leads in a circle', () => {
    const reach = (from: string, seen: ReadonlySet<string>): boolean =>
      (IMPORT_TABLE[from] ?? []).some(
        (to) => seen.has(to) || (to !== from && reach(to, new Set([...seen, from]))),
      )
    expect(Object.keys(IMPORT_TABLE).filter((row) => reach(row, new Set([row])))).toEqual([])
  })

  it.each(EXCEPTIONS)('excepts $from -> $to for a reason that still stands', (exception) => {
    const used = house.some(({ path, imports }) =>
      imports.some((line) => covers(exception, path, line)),
    )
    expect(used, `no line needs: ${exception.why}`).toBe(true)
  })
})

describe('every file of src and connectors', () => {
  it.each(RULES)('$name', ({ faults }) => {
    expect(house.flatMap(faults)).toEqual([])
  })

  it('is one of those that may name a platform only if it does', () => {
    const named = Object.keys(MAY_NAME_PLATFORMS).filter((allowed) => {
      const source = house.find(({ path }) => path === allowed)
      return source !== undefined && /infusionsoft|adaptix/i.test(source.code)
    })
    expect(named).toEqual(Object.keys(MAY_NAME_PLATFORMS))
  })
})

describe('the floor plan', () => {
  it('is the same in every connector', () => {
    expect(floorPlanFaults(paths.filter((path) => path.startsWith('connectors/')))).toEqual([])
  })

  it('has no drawers', () => {
    expect(drawerFaults(paths)).toEqual([])
  })
})

describe('a planted fault is found', () => {
  const all = (path: string, text: string) => {
    const source = sourceOf(path, text)
    return [...importFaults(source), ...RULES.flatMap(({ faults }) => faults(source))]
  }

  it.each([
    ['src/plan/x.ts', "import { systemClock } from '../http/clock.ts'"],
    ['src/plan/x.ts', "import type { Kit } from '../http/clock.ts'"],
    ['src/model/x.ts', "export type { Sync } from '../mapping/mapping.ts'"],
    ['src/model/x.ts', "export const load = () => import('../state/store.ts')"],
    ['src/model/x.ts', "type Store = import('../state/store.ts').StateStore"],
    ['src/state/store.ts', "import { open } from './sql/open.ts'"],
    ['src/pipeline/x.ts', "import { open } from '../state/sql/open.ts'"],
    ['src/pipeline/x.ts', "import { PLATFORMS } from '../../connectors/index.ts'"],
    ['src/app/x.ts', "import { run } from '../cli/main.ts'"],
    ['src/runner/x.ts', "import {\n  a,\n  b,\n} from '../app/app.ts'"],
    ['src/report/op-text.ts', "import { OP_STATES } from '../state/plans.ts'"],
    ['src/simulation/x.ts', "import { advance } from '../pipeline/advance.ts'"],
    ['src/elsewhere/x.ts', 'export const one = 1'],
    ['connectors/index.ts', "import { codec } from './infusionsoft/codec.ts'"],
    ['connectors/adaptix/x.ts', "import { stamp } from '../infusionsoft/stamps.ts'"],
    ['connectors/adaptix/x.ts', "import { people } from '../people.ts'"],
    ['connectors/adaptix/x.ts', "import { compile } from '../../src/mapping/compile.ts'"],
    ['connectors/adaptix/x.ts', "import { account } from './simulator/account.ts'"],
    ['connectors/adaptix/simulator/x.ts', "import { schema } from '../schema.ts'"],
    ['connectors/adaptix/simulator/x.ts', "import { norm } from '../../../src/model/norm.ts'"],
    ['connectors/adaptix/simulator/x.ts', "import { dice } from '../../people/dice.ts'"],
    ['connectors/adaptix/simulator.ts', "import { log } from '../infusionsoft/simulator.ts'"],
  ])('in what %s imports: %s', (path, text) => {
    expect(importFaults(sourceOf(path, text))).toHaveLength(1)
  })

  const hole = (inside: string) => ['`a ${', inside, '} b`'].join('')
  it.each([
    ['src/plan/x.ts', "export const name = 'Infusionsoft'"],
    ['src/plan/x.ts', `export const title = ${hole('kind')} + "Keap"`],
    ['src/plan/keap.ts', ''],
    ['src/plan/x.ts', 'const isMautic = true'],
    ['src/plan/x.ts', "const url = 'https://example.com' // a\nconst name = 'xml-spec'"],
    ['src/app/x.ts', "import { Kysely } from 'kysely'"],
    ['src/app/x.ts', "import { Migrator } from 'kysely/migration'"],
    ['src/runner/inline.ts', "import { Queue } from 'bullmq'"],
    ['src/http/channel.ts', "import { request } from 'undici'"],
    ['src/app/app.ts', 'const home = process.env.HOME'],
    ['src/cli/context.ts', "const home = process.env['HOME']"],
    ['src/pipeline/x.ts', 'const now = Date.now()'],
    ['src/pipeline/x.ts', 'const now = new Date()'],
    ['src/pipeline/x.ts', 'setTimeout(() => go(), 10)'],
    ['src/pipeline/x.ts', `const text = ${hole('Date.now()')}`],
    ['connectors/adaptix/x.ts', 'const key = Math.random()'],
    ['src/report/x.ts', "console.log('x')"],
    ['src/pipeline/x.ts', "const answer = await fetch('https://example.com')"],
    ['src/plan/x.ts', "import { readFileSync } from 'node:fs'"],
    ['connectors/adaptix/codec.ts', "import { client } from './client.ts'"],
    ['src/plan/x.ts', 'export default 1'],
    ['src/plan/x.ts', 'export enum Bucket { Create }'],
    ['src/plan/x.ts', 'const enum Bucket { Create }'],
    ['src/plan/index.ts', 'export const one = 1'],
    ['src/plan/x.ts', "export * from './plan.ts'"],
    ['src/plan/x.ts', 'export class PlanManager {}'],
    ['src/plan/x.ts', 'interface IPlan {}'],
    ['src/plan/x.ts', 'export class BasePlan {}'],
  ])('in what %s says: %s', (path, text) => {
    expect(all(path, text).length).toBeGreaterThan(0)
  })

  it.each([
    ['src/plan/x.ts', '/** Keap does this. */\n// so does Mautic\nexport const one = 1'],
    ['src/plan/x.ts', "const text = 'call Date.now() or console.log()'"],
    ['src/plan/x.ts', 'const slash = /[/*"]/\nconst text = "process.env" // Keap'],
    ['src/cli/context.ts', "const isPlain = process.env['NO_COLOR'] !== undefined"],
    ['src/connector/x.ts', 'export interface Reader {\n  fetch(ids: readonly string[]): void\n}'],
    ['src/plan/x.ts', 'interface BaseRow {}'],
    ['connectors/index.ts', "import { adaptix } from './adaptix/connector.ts'"],
    ['connectors/adaptix/simulator/x.ts', "import { people } from '../../people.ts'"],
    ['connectors/adaptix/x.ts', "import { codec } from './codec.ts'"],
  ])('and nothing is found where nothing is wrong: %s: %s', (path, text) => {
    expect(all(path, text)).toEqual([])
  })

  it('in the names of folders and files', () => {
    const bad = [
      'src/utils/a.ts',
      'src/plan/date-helpers.ts',
      'connectors/a/lib/b.ts',
      'test/Misc.ts',
    ]
    expect(drawerFaults([...bad, 'src/plan/library.ts', 'src/app/uncommon.ts'])).toEqual(bad)
  })

  it('in the floor plan of a connector', () => {
    expect(
      floorPlanFaults([
        'connectors/a/README.md',
        'connectors/a/connector.ts',
        'connectors/a/client.ts',
        'connectors/a/schema.ts',
        'connectors/a/codec.ts',
        'connectors/people/dice.ts',
      ]),
    ).toEqual(['connectors/a has no simulator.ts', 'connectors/a has no fixtures/'])
  })
})
