/** What every command prints: one JSON document with --json, plain lines without, on one account that is planned, migrated and looked at. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keys } from './keys.ts'
import { type Served, served } from './served.ts'

let one: Served
let plan = ''
let run = ''
beforeAll(async () => {
  one = await served()
})
afterAll(() => one.close())

const writes = () => one.from.simulator.counts.write + one.to.simulator.counts.write

describe('before anything is written', () => {
  it('looking sends nothing that changes anything, and says nothing but what was asked', async () => {
    const looks = [
      [['doctor'], 0],
      [['catalog', 'source'], 0],
      [['catalog', 'target'], 0],
      [['map', 'check', 'move'], 0],
      [['plan', 'move', '--exit-code'], 10],
    ] as const
    const all = await Promise.all(looks.map(([words]) => one.ferry(...words)))
    for (const [place, { code, stdout, stderr }] of all.entries()) {
      expect([code, stderr], looks[place]?.join(' ')).toEqual([looks[place]?.[1], ''])
      expect(stdout.length).toBeGreaterThan(40)
    }
    // It holds the sync, as a plan does.
    expect((await one.ferry('verify', 'move')).code).toBe(11)
    expect(writes()).toBe(0)
  })

  it('doctor --json lists what it looked at', async () => {
    const ended = await one.ferry('doctor', '--json')
    const document = ended.json()
    expect([ended.code, keys(document), document['ok']]).toEqual([0, ['findings', 'ok'], true])
    const subjects = (document['findings'] as unknown as { subject: string }[]).map(
      ({ subject }) => subject,
    )
    expect(new Set(subjects)).toEqual(new Set(['state', 'source', 'target', 'move']))
  })

  it('catalog --json has fields, tags, groups and owners', async () => {
    const document = (await one.ferry('catalog', 'source', '--json')).json()
    expect(keys(document)).toEqual(['fields', 'groups', 'owners', 'tags'])
  })

  it('map check --json says whether the mapping is sound', async () => {
    const document = (await one.ferry('map', 'check', 'move', '--json')).json()
    expect([keys(document), document['ok']]).toEqual([['findings', 'ok', 'rules'], true])
  })

  it('plan --json has the keys of the contract, and its buckets add up', async () => {
    const ended = await one.ferry('plan', 'move', '--json')
    const document = ended.json()
    expect(ended.code).toBe(0)
    expect(keys(document)).toEqual(
      expect.arrayContaining(
        'plan sync hash read counts vocabulary losses guards cost expiresAt'.split(' '),
      ),
    )
    expect(keys(document['read'])).toEqual(['from', 'to'])
    expect(keys(document['vocabulary'])).toEqual(['fields', 'groups', 'options', 'tags'])
    const buckets = 'blocked create delete excluded hold link reject unchanged update'.split(' ')
    expect(keys(document['counts'])).toEqual(buckets)
    const sum = Object.values(document['counts'] as object).reduce((a, b) => a + b, 0)
    expect([sum, document['read']?.['from']]).toEqual([40, 40])
    for (const loss of document['losses'] as unknown as object[])
      expect(keys(loss)).toEqual(['cause', 'count', 'field', 'sample'])
    plan = String(document['plan'])
    expect(writes()).toBe(0)
  })

  it('show PLAN shows the whole, buckets of it, and one record', async () => {
    expect((await one.ferry('show', plan, '--json')).json()['plan']).toBe(plan)
    const text = await one.ferry('show', plan)
    expect([text.code, text.stdout]).toEqual([0, expect.stringContaining(`plan ${plan}`)])
    const holds = (await one.ferry('show', plan, '--only', 'hold', '--json')).json()
    expect(holds).toHaveLength(2)
    expect([holds[0]?.['bucket'], holds[1]?.['bucket']]).toEqual(['hold', 'hold'])
    const id = String(holds[0]?.['fromId'])
    const record = await one.ferry('show', plan, '--record', id)
    expect(record.stdout).toContain('2 contacts at the source share one e-mail')
    expect((await one.ferry('show', plan, '--record', '999999')).stdout).toBe('nothing\n')
    const wrong = await one.ferry('show', plan, '--only', 'holds')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('Known: create,')])
    const lost = await one.ferry('show', 'plan-lost', '--json')
    expect([lost.code, lost.json()['error']?.['kind']]).toEqual([2, 'usage'])
  })
})

describe('once it is migrated', () => {
  const RUN =
    'balanced counts excluded kind plan reason requests run schema seconds status sync verify'
  const COUNTS = 'applied drifted held rejected unchanged unknown'

  it('apply --json, migrate --json and sync --json have the keys of the contract', async () => {
    for (const [words, code] of [
      [['apply', plan], 6],
      [['migrate', 'move'], 6],
      [['sync', 'move'], 6],
    ] as const) {
      const ended = await one.ferry(...words, '--yes', '--json')
      expect(ended.code, ended.stderr).toBe(code)
      const document = ended.json()
      // Only where the account has companies that were not looked at before.
      const told = keys(document).filter((key) => key !== 'companies')
      expect(told).toEqual(RUN.split(' '))
      expect(keys(document['counts'])).toEqual(COUNTS.split(' '))
      expect(document['balanced']).toBe(true)
      expect(keys(document['requests'])).toEqual(['source', 'target'])
      expect(keys(document['requests']?.['target'])).toEqual(['read', 'write'])
      run = String(document['run'])
    }
    expect(one.to.simulator.snapshot()).toHaveLength(38)
  })

  it('verify --json has the keys of the contract', async () => {
    const ended = await one.ferry('verify', 'move', '--json')
    expect(ended.code).toBe(0)
    expect(keys(ended.json())).toEqual(
      expect.arrayContaining('checked differing equal extra missing normalised ok'.split(' ')),
    )
    expect(ended.json()['ok']).toBe(true)
  })

  it('holds --json and rejects --json are arrays of records with cause and hint', async () => {
    const holds = (await one.ferry('holds', 'list', '--json')).json()
    expect(holds).toHaveLength(2)
    expect(keys(holds[0])).toEqual(
      expect.arrayContaining('cause fields hint id kind record sync'.split(' ')),
    )
    expect((await one.ferry('rejects', 'list', 'move', '--json')).json()).toEqual([])
    expect((await one.ferry('holds')).stdout).toMatch(/share one e-mail\n {4}Merge them/)
  })

  it('runs list and runs show tell how each ended', async () => {
    const runs = (await one.ferry('runs', 'list', '--json')).json()
    expect(runs[0]).toMatchObject({ kind: 'verify', status: 'done' })
    const shown = (await one.ferry('runs', 'show', run, '--json')).json()
    expect(shown).toMatchObject({ run, kind: 'sync', status: 'done', balanced: true })
    expect((await one.ferry('runs')).stdout).toContain(run)
    const lost = await one.ferry('runs', 'show', 'run-lost')
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('ferry runs list')])
  })

  it('verify finds who is missing at the target: 11, by name', async () => {
    const [victim] = one.to.simulator.snapshot()
    const { username = '', password = '' } = one.to.simulator.auth
    await fetch(`${one.to.url}/contacts/${victim?.id}/delete`, {
      method: 'DELETE',
      headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
    })
    const ended = await one.ferry('verify', 'move')
    expect([ended.code, ended.stdout]).toEqual([
      11,
      expect.stringMatching(/FOUND DIFFERENCES[\s\S]*missing/),
    ])
    expect(ended.stdout).toContain(victim?.fields['ferry_key']?.replace('source:', ' '))
    const document = (await one.ferry('verify', 'move', '--json')).json()
    expect(document).toMatchObject({ ok: false, missing: 1 })
  })
})
