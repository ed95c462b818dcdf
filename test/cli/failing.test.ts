/** What stops the real program, what it says then, and that the same command ends whole once the cause is mended. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccountsOptions, type Meddle, twins } from './accounts.ts'
import { shape } from '../app/shape.ts'
import type { Ended } from './ferry.ts'
import { keys } from './keys.ts'
import { type Served, served } from './served.ts'

/** Each test has accounts of its own, so that they run beside each other. */
const open: Served[] = []
async function made(options: AccountsOptions & { latencyMs?: number } = {}): Promise<Served> {
  const one = await served(options)
  open.push(one)
  return one
}
afterAll(async () => {
  for (const one of open) await one.close()
})

const MIGRATE = ['migrate', 'move', '--yes'] as const
let undisturbed: readonly string[] = []
beforeAll(async () => {
  const calm = await served()
  expect((await calm.ferry(...MIGRATE)).code).toBe(6)
  undisturbed = shape(calm.to.simulator)
  await calm.close()
})

/** The same command now moves everybody, once. */
async function expectWhole(one: Served): Promise<void> {
  const ended = await one.ferry(...MIGRATE, '--json', '--quiet')
  expect([ended.code, ended.stderr]).toEqual([6, ''])
  expect(ended.json()).toMatchObject({ status: 'done', balanced: true })
  expect(shape(one.to.simulator)).toEqual(undisturbed)
  expect(twins(one.to)).toEqual([])
}

/** The message and the next step, on stderr and, with --json, as the one document on stdout. */
function expectFailure(
  ended: Ended,
  wanted: {
    readonly code: number
    readonly kind: string
    readonly says: RegExp
    readonly hint: RegExp
  },
): void {
  expect([ended.code, keys(ended.json())], ended.stderr).toEqual([wanted.code, ['error']])
  expect(ended.json()['error']).toEqual({
    code: wanted.code,
    kind: wanted.kind,
    message: expect.stringMatching(wanted.says),
    hint: expect.stringMatching(wanted.hint),
  })
  expect(ended.stderr).toMatch(wanted.says)
  expect(ended.stderr).toMatch(wanted.hint)
}

describe.concurrent('an account', () => {
  it('that cannot be reached: 9, and doctor says so; reached again, the same command ends whole', async () => {
    const one = await made()
    await one.to.shut()
    const [ended, doctor] = await Promise.all([
      one.ferry(...MIGRATE, '--json'),
      one.ferry('doctor', '--json'),
    ])
    expectFailure(ended, {
      code: 9,
      kind: 'unreachable',
      says: /target: .*ECONNREFUSED/,
      hint: /Check the url[\s\S]*same command again/,
    })
    expect([doctor.code, doctor.json()['ok']]).toEqual([9, false])
    expect(doctor.json()['findings']).toContainEqual(
      expect.objectContaining({ level: 'fail', kind: 'reach', subject: 'target' }),
    )
    await one.to.open()
    await expectWhole(one)
  })

  it.each([
    {
      side: 'source',
      key: 'SOURCE_SERVICEKEY',
      kind: 'login',
      hint: /Check the key[\s\S]*ferry doctor/,
    },
    { side: 'target', key: 'TARGET_PASSWORD', kind: 'login', hint: /password[\s\S]*ferry doctor/ },
  ])(
    'with a wrong key: 3; with the right one, the same command ends whole ($side)',
    async ({ side, key, kind, hint }) => {
      const one = await made()
      const right = one.env[key] ?? ''
      one.env[key] = `${right}-mistyped`
      expectFailure(await one.ferry(...MIGRATE, '--json'), {
        code: 3,
        kind,
        says: new RegExp(`^(ferry: )?${side}: .*401`, 'm'),
        hint,
      })
      expect(one.to.simulator.counts.write).toBe(0)
      one.env[key] = right
      await expectWhole(one)
    },
  )

  it('whose key is revoked in the midst of writing: 3; given back, the same command ends whole', async () => {
    const one = await made()
    let batches = 0
    const revoked: Meddle = ({ url }) => {
      if (url.includes('/contacts/batch')) batches += 1
      return batches < 2 ? null : { status: 401, headers: {}, body: '{"errors":[{"code":401}]}' }
    }
    one.to.meddle = revoked
    const ended = await one.ferry(...MIGRATE, '--json')
    expectFailure(ended, {
      code: 3,
      kind: 'login',
      says: /target: /,
      hint: /confirmed before is on record/,
    })
    one.to.meddle = null
    await expectWhole(one)
  })

  it('at a wrong path of the right host is told from one that is down', async () => {
    const one = await made()
    one.configure(one.configText.replace(one.to.url, `${one.to.url}/v9`))
    expectFailure(await one.ferry(...MIGRATE, '--json'), {
      code: 2,
      kind: 'unsupported',
      says: /target: .*404/,
      hint: /check that url ends in \/api/,
    })
    one.configure(one.configText.replace(one.from.url, `${one.from.url}x`))
    expectFailure(await one.ferry(...MIGRATE, '--json'), {
      code: 9,
      kind: 'protocol',
      says: /source: .*404/,
      hint: /Check the url/,
    })
    one.configure(one.configText)
    await expectWhole(one)
  })
})

describe.concurrent('doctor names what is wrong with each account, and what to do', () => {
  it('with a wrong key: 3', async () => {
    const one = await made()
    one.env['SOURCE_SERVICEKEY'] = 'KeapAK-test-wrong'
    const ended = await one.ferry('doctor')
    expect([ended.code, ended.stdout]).toEqual([
      3,
      expect.stringMatching(/fail {2}source .*401[\s\S]* fix: .*key[\s\S]*ok {4}target/),
    ])
  })

  it('with a variable that is not set, and a mapping that is not there: 2', async () => {
    const one = await made({ sync: '    mapping: lost-mapping\n' })
    delete one.env['TARGET_PASSWORD']
    const ended = await one.ferry('doctor')
    expect(ended.code).toBe(2)
    expect(ended.stdout).toMatch(
      /TARGET_PASSWORD is not set[\s\S]*there is no mapping "lost-mapping"/,
    )
  })
})

describe.concurrent('the state', () => {
  it.each([
    { kib: 100, when: 'at once' },
    { kib: 700, when: 'in the midst' },
  ])(
    'on a disk that fills $when: 1, nothing lost; with space, the same command ends whole',
    async ({ kib }) => {
      const one = await made()
      const ended = await one.start([...MIGRATE, '--json'], { fileKibMax: kib }).ended
      expectFailure(ended, {
        code: 1,
        kind: 'state full',
        says: /no space left for the state database; nothing of this transaction was kept/,
        hint: /Free some space.*it goes on where it was/,
      })
      await expectWhole(one)
    },
  )

  it('of a newer version is left alone: 2', async () => {
    const one = await made()
    await one.ferry('plan', 'move')
    const path = join(one.folder, '.ferry', 'state.db')
    const database = new DatabaseSync(path)
    database.exec(`insert into ferry_migration values ('999-from-the-future', '2027-01-01')`)
    database.close()
    expectFailure(await one.ferry(...MIGRATE, '--json'), {
      code: 2,
      kind: 'state newer',
      says: /version 999-from-the-future; this ferry knows versions up to/,
      hint: /Update ferry/,
    })
    expect(one.to.simulator.counts.write).toBe(0)
    const mended = new DatabaseSync(path)
    mended.exec(`delete from ferry_migration where name = '999-from-the-future'`)
    mended.close()
    await expectWhole(one)
  })

  it('that is no database: 1, and it is not touched', async () => {
    const one = await made({ state: 'sqlite:./notes.txt' })
    const path = join(one.folder, 'notes.txt')
    writeFileSync(path, 'Dear diary, '.repeat(500))
    expectFailure(await one.ferry('plan', 'move', '--json'), {
      code: 1,
      kind: 'state broken',
      says: /not a database/,
      hint: /place of the state/,
    })
    expect(readFileSync(path, 'utf8')).toBe('Dear diary, '.repeat(500))
  })
})

describe.concurrent('a run', () => {
  it('interrupted with Ctrl-C: 130 and the command to go on with, which ends whole', async () => {
    const one = await made({ latencyMs: 5 })
    let batches = 0
    const running = one.start([...MIGRATE])
    one.to.meddle = ({ url }) => {
      if (url.includes('/contacts/batch') && ++batches === 2) running.interrupt()
      return null
    }
    const ended = await running.ended
    expect([ended.code, ended.stdout]).toEqual([130, ''])
    expect(ended.stderr).toMatch(
      /^Stopped\. What was confirmed is on record\. Go on with: {2}ferry migrate move --yes$/m,
    )
    one.to.meddle = null
    await expectWhole(one)
  })

  it('interrupted with --json: the one document holds the command to go on with', async () => {
    const one = await made()
    const running = one.start(['plan', 'move', '--json'])
    let asked = 0
    one.from.meddle = () => {
      // Once: another one, while it is about to end, would end it in the middle of a word.
      if (++asked === 1) running.interrupt()
      return null
    }
    const ended = await running.ended
    expect([ended.code, ended.json()['error']]).toMatchObject([
      130,
      { kind: 'interrupted', resume: 'ferry plan move --json' },
    ])
  })

  it('beside another one: 8, and only one writes', async () => {
    const one = await made({ latencyMs: 20 })
    const both = await Promise.all([
      one.ferry('sync', 'move', '--json'),
      one.ferry('sync', 'move', '--json'),
    ])
    expect(both.map(({ code }) => code).sort()).toEqual([6, 8])
    const [late] = both.filter(({ code }) => code === 8)
    if (late === undefined) throw new Error('none of them was late')
    expectFailure(late, {
      code: 8,
      kind: 'busy',
      says: /another run holds/,
      hint: /Wait for it to end/,
    })
    expect(shape(one.to.simulator)).toEqual(undisturbed)
    expect(twins(one.to)).toEqual([])
  })

  it('of a plan made under another configuration: 7, nothing written, and what to do', async () => {
    const one = await made()
    const plan = String((await one.ferry('plan', 'move', '--json')).json()['plan'])
    one.configure(`${one.configText}    conflicts: to\n`)
    const ended = await one.ferry('apply', plan, '--yes', '--json')
    expect(ended.code).toBe(7)
    expect(ended.json()).toMatchObject({
      status: 'failed',
      reason: 'stale plan: the configuration or the mapping changed since the plan was made',
      counts: { applied: 0 },
    })
    expect(ended.stderr).toMatch(/Nothing of this plan was written\.[\s\S]*ferry plan move/)
    expect(one.to.simulator.counts.write).toBe(0)
    one.configure(one.configText)
    expect((await one.ferry('apply', plan, '--yes')).code).toBe(6)
    expect(shape(one.to.simulator)).toEqual(undisturbed)
  })

  it('that a guard stops: 4, the guard and the limit, nothing written', async () => {
    const one = await made({ contacts: 0, from: { quirks: { emptyStart: true } } })
    for (const words of [['plan', 'move'], MIGRATE, ['sync', 'move']]) {
      const ended = await one.ferry(...words)
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([
        4,
        expect.stringMatching(
          /Stopped by guard empty-source: the source shows no contact at all[\s\S]*ferry doctor/,
        ),
      ])
    }
    const document = (await one.ferry('sync', 'move', '--json')).json()
    expect(document).toMatchObject({ status: 'blocked', counts: { applied: 0 } })
    expect(one.to.simulator.counts.write).toBe(0)
  })

  it('whose first records the target refuses all: 12, the reason and what to do; mended, it goes on', async () => {
    const one = await made()
    one.to.meddle = ({ url, method, body }, honest) => {
      if (method !== 'POST' || !url.includes('/contacts/')) return honest()
      const items = url.includes('batch') ? Object.keys(JSON.parse(body) as object) : ['0']
      const refusal = { code: 400, message: 'firstname: This value is not welcome.', details: {} }
      const errors = Object.fromEntries(items.map((key) => [key, refusal]))
      return {
        status: url.includes('batch') ? 201 : 400,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(
          url.includes('batch') ? { contacts: [], errors, statusCodes: {} } : { errors: [refusal] },
        ),
      }
    }
    const ended = await one.ferry(...MIGRATE)
    expect([ended.code, ended.stdout]).toEqual([
      12,
      expect.stringMatching(/refused all of the first \d+ records/),
    ])
    expect(ended.stderr).toMatch(/give the same command again/)
    expect(one.to.simulator.snapshot()).toEqual([])
    one.to.meddle = null
    await expectWhole(one)
  })
})
