import { afterEach, describe, expect, it } from 'vitest'
import { type World, type WorldOptions, world } from '../cli/in-process.ts'
import { request } from '../connectors/infusionsoft/simulator-client.ts'
const say = (...a: any[]) =>
  process.stderr.write(
    a.map((x) => (typeof x === 'string' ? x : JSON.stringify(x))).join(' ') + '\n',
  )
it('select', async () => {
  const w = world({})
  const names = new Set(
    w.from.simulator
      .snapshot()
      .flatMap((s) => Object.keys(s.fields).filter((f) => f.startsWith('_'))),
  )
  say([...names])
  say(
    w.from.simulator
      .snapshot()
      .map((s) => s.fields['_PlanLevel'])
      .join(),
  )
  const { username = '', password = '' } = w.to.simulator.auth
  const auth = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const r = w.to.simulator.handle({
    method: 'POST',
    url: '/api/fields/contact/new',
    headers: { authorization: auth, 'content-type': 'application/json' },
    body: JSON.stringify({
      label: 'Plan level',
      alias: 'plan_level',
      type: 'select',
      properties: { list: [{ label: 'Basic', value: 'Basic' }] },
    }),
  })
  say(r.body.slice(0, 600))
  const ran = await w.run('migrate')
  say(
    ran.code,
    ran.failure,
    ran.rejects.map((c) => [c.record, c.cause, c.hint]),
    ran.holds.length,
    ran.counts,
  )
  const app = await w.open({ mayWrite: false })
  const p = await app.store.plans.header(ran.run!.plan!.replace(/-4$/, '-1') as never)
  say(
    p?.losses.filter((l) => /plan/.test(l.field)),
    p?.warnings,
  )
  await app.close()
})
