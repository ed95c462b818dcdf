/** `ferry undo RUN`, as its user meets it: a plan on one screen and as JSON, applied like any other. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { twoAccounts } from '../app/two-accounts.ts'
import { tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 60 },
  to: { platform: 'adaptix', contacts: 0 },
  seed: 4,
})
let run = ''
let people = 0
beforeAll(async () => {
  run = (await two.run('migrate')).run.id
  people = two.to.snapshot().length
})
afterAll(two.close)

it('refuses what there is nothing of', async () => {
  const stranger = await tell(two, ['undo', 'run-of-nobody'])
  expect(stranger.failure).toMatchObject({ code: 2, message: 'there is no run run-of-nobody' })
  const planned = await two.run('plan')
  expect((await tell(two, ['undo', planned.run.id])).failure).toMatchObject({
    code: 2,
    message: expect.stringContaining('wrote nothing'),
  })
})

it('shows the plan and writes nothing, then ferry apply does what it says', async () => {
  const sent = two.to.counts.write + two.from.counts.write
  const planned = await tell(two, ['undo', run])
  expect(planned.code).toBe(0)
  expect(two.to.counts.write + two.from.counts.write).toBe(sent)
  expect(planned.document).toMatchObject({
    sync: 'move',
    counts: { delete: people, create: 0, update: 0, excluded: 0, reject: 0 },
    undoes: { run, written: people, left: { fields: expect.arrayContaining(['ferry_key']) } },
    guards: [{ name: 'deletes', measured: people, limit: people, ok: true }],
    mayApply: true,
  })
  const plan = String(planned.document['plan'])
  expect(planned.text).toContain(`undoes ${run}, which wrote ${people} contacts`)
  expect(planned.text).toMatch(/- delete +\d/)
  expect(planned.text).toContain('created by the run, and not removed: ')
  expect(planned.text).toContain(`ferry apply ${plan}`)
  expect((await tell(two, ['show', plan, '--only', 'delete'])).text).toContain(`created by ${run}`)

  expect((await tell(two, ['apply', plan])).failure).toMatchObject({ code: 2 })
  const applied = await tell(two, ['apply', plan], { yes: true })
  expect(applied.document).toMatchObject({
    status: 'done',
    balanced: true,
    counts: { applied: people, drifted: 0, rejected: 0, unknown: 0 },
    verify: { ok: true, checked: people },
  })
  expect(two.to.snapshot()).toEqual([])
  expect((await tell(two, ['links', 'list', 'move'])).text).toBe('none')
})

it('lets people be created again when it is told to, and asks before', async () => {
  const held = await tell(two, ['plan', 'move'])
  expect(held.document['counts']).toMatchObject({ create: 0 })
  expect(held.text).toContain(`its counterpart was removed (undo of ${run})`)
  expect((await tell(two, ['undo', run, '--release'])).failure).toMatchObject({ code: 2 })
  const released = await tell(two, ['undo', run, '--release'], { yes: true })
  expect(released.document).toEqual({ run, released: people })
  expect((await tell(two, ['plan', 'move'])).document['counts']).toMatchObject({ create: people })
})
