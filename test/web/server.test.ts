/** The dashboard: who is let in, what its pages show, that contact data stays text, and deciding there. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunId } from '../../src/model/id.ts'
import { type Desk, HOSTILE, openDesk } from './desk.ts'
import { faults, words } from './markup.ts'

let desk: Desk
let paths: readonly string[]
beforeAll(async () => {
  desk = await openDesk({ decidesAs: 'anna' })
  const app = await desk.two.world.open({ mayWrite: false })
  const [run] = await app.store.runs.list({ sync: null, limit: 1 })
  const plan = run?.plan ?? ''
  await app.close()
  paths = [
    '/',
    '/runs',
    `/runs/${run?.id}`,
    '/plans',
    `/plans/${plan}`,
    `/plans/${plan}/records`,
    `/plans/${plan}/records?bucket=hold`,
    `/plans/${plan}/record?id=${encodeURIComponent(desk.held.from)}`,
    '/holds',
    '/holds?kind=field',
    '/rejects',
    '/person',
    `/person?sync=move&q=${encodeURIComponent(desk.held.from)}&side=from`,
  ]
})
afterAll(() => desk.close())

/** With headers that `fetch` does not let one set. */
function raw(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { hostname, port } = new URL(desk.origin)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

describe('the door', () => {
  it('lets in whoever has the token, and takes it out of the address', async () => {
    const entered = await fetch(desk.url, { redirect: 'manual' })
    expect(entered.status).toBe(303)
    expect(entered.headers.get('location')).toBe('/')
    expect(entered.headers.get('set-cookie')).toMatch(
      /^ferry-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
    )
  })

  it.each([
    ['without a token', '/', {}],
    ['with a wrong token', '/?token=wrong', {}],
    ['with a wrong cookie', '/holds', { cookie: 'ferry-1=x' }],
  ])('stays closed %s', async (_, path, headers) => {
    const response = await fetch(`${desk.origin}${path}`, { headers, redirect: 'manual' })
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('Wilhelmina')
  })

  it('answers to no other name, so that no page of the web can point its own at it', async () => {
    expect(await raw('/', { host: 'evil.example' })).toBe(421)
    expect(await raw(desk.url.replace(desk.origin, ''), { host: 'evil.example:80' })).toBe(421)
  })

  it('takes forms of its own pages only', async () => {
    for (const origin of ['http://evil.example', 'null'])
      expect((await desk.post('/holds', { id: '1' }, { origin })).status).toBe(403)
  })

  it('says of unknown pages that they are not there, whatever they are called', async () => {
    for (const path of ['/nothing', '/runs/run-1', '/plans/x/y', '/runs/%E0%A4%A', '/plans/a/b/c'])
      expect((await desk.get(path)).status).toBe(404)
    expect(desk.errors).toEqual([])
  })
})

describe('every page', () => {
  it('is well written, runs nothing inline, asks nobody else, and is kept nowhere', async () => {
    for (const path of paths) {
      const page = await desk.get(path)
      expect([path, page.status, faults(page.text)]).toEqual([path, 200, []])
      expect(page.headers.get('content-security-policy')).toContain(
        "default-src 'none'; script-src 'self'",
      )
      expect(page.headers.get('cache-control')).toBe('no-store')
    }
    expect(desk.errors).toEqual([])
  })

  it('shows a hostile name as the text it is', async () => {
    const page = await desk.get('/holds?kind=field')
    expect(page.text).not.toContain('<script>document')
    expect(words(page.text)).toContain(HOSTILE.replaceAll(/\s+/g, ' '))
  })

  it('shows what waits with both values, and a plan with guards and fields', async () => {
    expect(words((await desk.get('/holds')).text)).toMatch(/givenName "Wilhelmina" "Bill/)
    expect(words((await desk.get(paths[4] ?? '')).text)).toMatch(
      /empty-source ok .*Most changed fields/,
    )
    expect(words((await desk.get(paths[12] ?? '')).text)).toMatch(/givenName differs Wilhelmina/)
  })

  it('is masked unless that is asked for', async () => {
    const masked = await openDesk({ mask: 'partial', two: desk.two })
    try {
      for (const path of paths) {
        const page = await masked.get(path)
        expect([path, page.status]).toEqual([path, 200])
        expect(words(page.text)).not.toMatch(/Wilhelmina|Bill"|@[^ ]*example.*Wil/)
      }
      expect(words((await masked.get('/holds')).text)).toContain('"W***"')
    } finally {
      await masked.close()
    }
  })
})

describe('the report of a plan', () => {
  it('is served whole, under a policy of its own', async () => {
    const page = await desk.get(`${paths[4]}/report`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'sha256-")
    expect(page.text).not.toContain('<script>document')
  })
})

describe('a run at work', () => {
  it('tells how far it is, as it goes, until it is over', async () => {
    const app = await desk.two.world.open({ mayWrite: false })
    const [last] = await app.store.runs.list({ sync: null, limit: 1 })
    if (last === undefined) throw new Error('no run')
    const id = 'run-live' as RunId
    await app.store.runs.create({
      ...last,
      id,
      status: 'open',
      plan: null,
      stage: 0,
      endedAt: null,
    })
    const page = await desk.get(`/runs/${id}`)
    expect(page.text).toContain(`data-watch="/runs/${id}/events"`)
    const events = desk.get(`/runs/${id}/events`)
    await app.store.runs.update(id, { status: 'failed', reason: 'taken away', endedAt: 1 })
    const told = await events
    await app.close()
    expect(told.headers.get('content-type')).toContain('text/event-stream')
    expect(told.text).toMatch(/event: progress\ndata: \{"run":"run-live".*"status":"failed"/)
  })
})

describe('deciding', () => {
  const form = async () => {
    const { text } = await desk.get('/holds?kind=field')
    const field = 'givenName'
    const written = `name="id" value="(\\d+)"><input type="hidden" name="field" value="${field}"><input type="hidden" name="question" value="([^"]+)"`
    const [, id = '', question = ''] = new RegExp(written).exec(text) ?? []
    return { id, field, question }
  }

  it('refuses what moved since it was looked at, and what is no answer', async () => {
    const seen = await form()
    const stale = await desk.post('/holds', { ...seen, question: 'another', choice: 'from' })
    expect(stale.headers.get('location')).toMatch(/refused=the\+record\+has\+moved/)
    const wrong = await desk.post('/holds', { ...seen, choice: 'both' })
    expect(wrong.headers.get('location')).toContain('refused=')
    expect((await desk.get(wrong.headers.get('location') ?? '')).text).toContain('Not decided')
  })

  it('is done by the next run, signed by whoever serves', async () => {
    const kept = await desk.post('/holds', { ...(await form()), choice: 'from' })
    expect(kept.headers.get('location')).toMatch(/^\/holds\?kept=\d+$/)
    expect(words((await desk.get('/holds')).text)).toContain('decided by anna')
    await desk.two.sync()
    expect((await desk.two.see('to', desk.held.to)).fields['givenName']).toBe('Wilhelmina')
    expect(await desk.two.holds(desk.held)).toEqual([])
  })

  it('of many at once shows first how many, and takes just those', async () => {
    const many = { field: 'company', choice: 'to', sync: 'move' }
    expect(words((await desk.get('/holds')).text)).toContain(
      'company, 2 holds for all: the source is right…',
    )
    const shown = await desk.post('/holds/many', many)
    expect([shown.status, faults(shown.text)]).toEqual([200, []])
    expect(words(shown.text)).toMatch(
      /for all of these 2\. .*"Here Ltd" "There Ltd".* decide all 2/,
    )
    const other = await desk.post('/holds/many', { ...many, count: '3' })
    expect(other.headers.get('location')).toContain('refused=their+number')
    const kept = await desk.post('/holds/many', { ...many, count: '2' })
    expect(kept.headers.get('location')).toBe('/holds?kept=2')
    await desk.two.sync()
    for (const pair of (await desk.two.pairs()).slice(7, 9))
      expect((await desk.two.see('from', pair.from)).fields['company']).toBe('There Ltd')
  })

  it('is not there where the server was started to look only', async () => {
    const looking = await openDesk({ two: desk.two })
    try {
      expect((await looking.get('/holds')).text).not.toContain('<form')
      expect((await looking.post('/holds', { id: '1', choice: 'from' })).status).toBe(404)
    } finally {
      await looking.close()
    }
  })
})
