/** Whole runs: who is whom, what travels, what stays. */
import assert from 'node:assert/strict'
import { randomStream } from '../../src/simulation/random.ts'
import { adaptix, add, edit, idOf, keap, optOut, remove, tagOff, tagOn } from '../crash/hands.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  FAULTS,
  GRACE,
  KEAP,
  later,
  migrated,
  NOBODY,
  people,
  settled,
  tagged,
} from '../crash/worlds.ts'
import { agrees, casesOf, countOf, countsOf, done, inWorld, there } from './in-world.ts'
import type { Check } from './checks.ts'

const pair = { from: KEAP, to: ADAPTIX } as const

export const SYNC_CHECKS: Readonly<Record<string, Check>> = {
  'a migration brings everybody once, with tags and opt-outs': (seed) =>
    inWorld(
      {
        from: { platform: 'infusionsoft', contacts: 5, quirks: { emptyStart: true } },
        to: ADAPTIX,
      },
      async (world) => {
        const random = randomStream(seed)
        const made = Array.from({ length: 5 }, (_, n) => ({
          given: `G${n}`,
          ...(random() < 0.8 ? { email: `g${n}@example.com` } : {}),
          ...(random() < 0.5 ? { city: 'Zürich' } : {}),
          tags: random() < 0.5 ? ['VIP'] : [],
        }))
        people(world, ...made, tagged(ADA, 'VIP'))
        keap(world.from, 'APIEmailService.optIn', 'g0@example.com', 'form')
        optOut(world.from, 'ada@example.com')
        await done(world, { kind: 'migrate' })
        for (const source of world.from.simulator.snapshot()) {
          const found = world.to.simulator
            .snapshot()
            .filter(({ fields }) => fields['ferry_key'] === `source:${source.id}`)
          assert.equal(found.length, 1, `${source.id} is there ${found.length} times`)
          assert.deepEqual([...(found[0]?.tags ?? [])].sort(), [...source.tags].sort())
          assert.equal(found[0]?.fields['city'] ?? '', source.fields['City'] ?? '')
        }
        assert.ok(there(world, 'Ada').optedOut.length > 0, 'Ada is opted in')
        assert.deepEqual(world.to.simulator.consentBreaches, [])
        await agrees(world)
      },
    ),

  'whoever is there already is adopted': () =>
    inWorld(pair, async (world) => {
      add(world.to, { given: 'Ada', family: 'Lovelace', email: 'Ada@Example.com' })
      people(world, ADA)
      await done(world, { kind: 'migrate' })
      assert.equal(countOf(world, 'Ada'), 1)
      assert.equal((await world.state.store.links.page('move', null, 10)).length, 1)
      assert.deepEqual(await casesOf(world, 'hold'), [])
    }),

  'two at the target with one e-mail are a question': () =>
    inWorld({ from: ADAPTIX, to: KEAP }, async (world) => {
      add(world.to, { ...ADA, given: 'Adah' })
      add(world.to, { ...ADA, given: 'Addie' })
      people(world, ADA)
      await done(world, { kind: 'sync' })
      assert.equal((await casesOf(world, 'hold')).length, 1)
      assert.equal(await world.state.store.links.count('move'), 0)
    }),

  'two at the source with one e-mail are a question': () =>
    inWorld(pair, async (world) => {
      people(world, ADA, { given: 'Adah', email: 'ADA@example.com' })
      await done(world, { kind: 'sync' })
      assert.equal((await casesOf(world, 'hold')).length, 2)
      assert.equal(world.to.simulator.snapshot().length, 0)
    }),

  'a counterpart that was deleted is a question': () =>
    inWorld(pair, async (world) => {
      await migrated(world, ADA, GRACE)
      remove(world.to, idOf(world.to, 'Ada'))
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      later(world)
      await done(world, { kind: 'sync' })
      assert.equal((await casesOf(world, 'hold')).length, 1)
      assert.equal(countOf(world, 'Ada'), 0)
    }),

  'a counterpart that was merged is followed': () =>
    inWorld(pair, async (world) => {
      await migrated(world, ADA)
      const survivor = add(world.to, { given: 'Countess', email: 'countess@example.com' })
      world.to.merge(idOf(world.to, 'Ada'), survivor)
      edit(world.from, idOf(world.from, 'Ada'), { JobTitle: 'Analyst' })
      later(world)
      await done(world, { kind: 'sync' })
      const [link] = await world.state.store.links.page('move', null, 10)
      assert.equal(link?.toId, survivor)
      assert.equal(world.to.simulator.snapshot().length, 1)
    }),

  'what was edited at the target stays': () =>
    inWorld(pair, async (world) => {
      await migrated(world, ADA, GRACE)
      edit(world.to, idOf(world.to, 'Ada'), { city: 'Paris' })
      later(world)
      await agrees(world)
      assert.equal(there(world, 'Ada').fields['city'], 'Paris')
      edit(world.from, idOf(world.from, 'Ada'), { JobTitle: 'Countess' })
      later(world)
      await done(world, { kind: 'sync' })
      const { city, position } = there(world, 'Ada').fields
      assert.deepEqual([city, position], ['Paris', 'Countess'])
    }),

  'two edits of one field are a question': () =>
    inWorld({ ...pair, sync: '    conflicts: hold\n' }, async (world) => {
      await migrated(world, ADA)
      edit(world.to, idOf(world.to, 'Ada'), { city: 'Paris' })
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      later(world)
      await done(world, { kind: 'sync' })
      assert.equal(there(world, 'Ada').fields['city'], 'Paris')
      assert.equal((await casesOf(world, 'hold')).length, 1)
    }),

  'an empty field clears nothing': () =>
    inWorld({ from: ADAPTIX, to: KEAP }, async (world) => {
      await migrated(world, ADA)
      edit(world.from, idOf(world.from, 'Ada'), { city: '', position: 'Countess' })
      later(world)
      await done(world, { kind: 'sync' })
      const { City, JobTitle } = there(world, 'Ada').fields
      assert.deepEqual([City, JobTitle], ['London', 'Countess'])
    }),

  'tags of the target stay': () =>
    inWorld(pair, async (world) => {
      await migrated(world, tagged(ADA, 'VIP', 'Press'))
      tagOn(world.to, idOf(world.to, 'Ada'), 'Own')
      tagOff(world.to, idOf(world.to, 'Ada'), 'Press')
      tagOn(world.from, idOf(world.from, 'Ada'), 'New')
      tagOff(world.from, idOf(world.from, 'Ada'), 'VIP')
      later(world)
      await done(world, { kind: 'sync', isFull: true })
      assert.deepEqual([...there(world, 'Ada').tags].sort(), ['New', 'Own'])
    }),

  'an opt-out travels later too': () =>
    inWorld(pair, async (world) => {
      people(world, GRACE, ALAN)
      keap(world.from, 'APIEmailService.optIn', 'grace@example.com', 'form')
      // Somebody newer: whoever is at the watermark is read again anyway.
      later(world)
      people(world, ADA)
      await done(world, { kind: 'migrate' })
      assert.deepEqual(there(world, 'Grace').optedOut, [])
      later(world)
      optOut(world.from, 'grace@example.com')
      later(world)
      await done(world, { kind: 'sync' })
      assert.ok(there(world, 'Grace').optedOut.length > 0)
    }),

  'nobody is contactable before the opt-out': async () => {
    // Takes opt-outs by a call of their own alone.
    const old = { platform: 'adaptix', quirks: { version: '2.16' } }
    const wary = {
      platform: 'infusionsoft',
      quirks: { emptyStart: true, optOutUnknown: 'refused' },
    }
    for (const spec of [
      { from: ADAPTIX, to: KEAP },
      { from: ADAPTIX, to: wary },
      { from: KEAP, to: old },
    ]) {
      await inWorld(spec, async (world) => {
        people(world, tagged(ADA, 'VIP'), GRACE)
        optOut(world.from, 'ada@example.com')
        await done(world, { kind: 'migrate' })
        assert.ok(there(world, 'Ada').optedOut.length > 0, 'Ada is contactable')
        assert.deepEqual(world.to.simulator.consentBreaches, [])
      })
    }
  },

  'whoever refused has refused there too, whatever gets lost': async () => {
    const { lost } = FAULTS
    // The marker's field, the tag, the opt-out, the contact, the opt-out again, the tagging: each answer may get lost.
    for (let nth = 0; nth <= 6; nth += 1) {
      const fates = [...Array.from({ length: nth }, () => null), lost]
      const quirks = { emptyStart: true, optOutUnknown: 'refused' }
      const to = { platform: 'infusionsoft', quirks }
      await inWorld({ from: ADAPTIX, to }, async (world) => {
        people(world, tagged(ADA, 'VIP'))
        optOut(world.from, 'ada@example.com')
        const run = await world.run({ kind: 'sync' }, fates)
        assert.equal(run.status, 'done')
        const asked = ['EmailAddStatus', 5, 0, { Email: 'ada@example.com' }, ['Type']] as const
        assert.deepEqual(keap(world.to, 'DataService.query', ...asked), [{ Type: 'Manual' }])
        assert.equal(there(world, 'Ada').tags.length, 1)
        assert.deepEqual(world.to.simulator.consentBreaches, [])
      })
    }
  },

  'a refusal travels to where the address has bounced': () =>
    inWorld(pair, async (world) => {
      await migrated(world, ADA)
      const dnc = `/contacts/${idOf(world.to, 'Ada')}/dnc/email`
      adaptix(world.to, 'POST', `${dnc}/remove`, {})
      adaptix(world.to, 'POST', `${dnc}/add`, { reason: 2 })
      optOut(world.from, 'ada@example.com')
      later(world)
      await done(world, { kind: 'sync' })
      const { contact } = adaptix(world.to, 'GET', `/contacts/${idOf(world.to, 'Ada')}`, {}) as {
        readonly contact: { readonly doNotContact: readonly { readonly reason: number }[] }
      }
      assert.deepEqual(
        contact.doNotContact.map(({ reason }) => reason),
        [3],
      )
      await agrees(world)
    }),

  'two automations that fight over a field are left alone': () =>
    inWorld({ ...pair, sync: '    direction: two-way\n' }, async (world) => {
      await migrated(world, ADA, GRACE)
      await settled(world, 'sync')
      const [here, far] = [idOf(world.from, 'Ada'), idOf(world.to, 'Ada')]
      // Somebody edits five times, to a value of its own each time; then the fight begins.
      const values = ['1', '2', '3', '4', '5', 'A', 'B', 'A', 'B', 'A', 'B', 'A', 'B']
      let written = 0
      for (const [round, value] of values.entries()) {
        if (round % 2 === 0) edit(world.from, here, { City: value })
        else edit(world.to, far, { city: value })
        later(world)
        written += countsOf(await done(world, { kind: 'sync' })).applied
      }
      // The first turn of the two is the write that brings B where A is.
      assert.equal(written, 5 + 1 + 4)
      assert.equal((await casesOf(world, 'hold')).length, 1)
    }),

  'a tag of a name that several at the source share becomes none of them': () =>
    inWorld({ ...pair, sync: '    direction: two-way\n' }, async (world) => {
      for (const category of ['Leads', 'Customers']) {
        const id = keap(world.from, 'DataService.add', 'ContactGroupCategory', {
          CategoryName: category,
        })
        keap(world.from, 'DataService.add', 'ContactGroup', {
          GroupName: 'VIP',
          GroupCategoryId: id,
        })
      }
      await migrated(world, ADA)
      await settled(world, 'sync')
      tagOn(world.to, idOf(world.to, 'Ada'), 'VIP')
      later(world)
      await done(world, { kind: 'sync', isFull: true })
      const tags = world.from.simulator.snapshot().map((contact) => contact.tags)
      assert.deepEqual(tags, [[]])
      await agrees(world)
    }),

  'of two writes of a pair, one that is not made leaves its edit standing': () =>
    inWorld({ ...pair, sync: '    direction: two-way\n' }, async (world) => {
      await migrated(world, ADA, GRACE)
      await settled(world, 'sync')
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      edit(world.to, idOf(world.to, 'Ada'), { position: 'Countess' })
      later(world)
      await done(world, { kind: 'plan' })
      edit(world.to, idOf(world.to, 'Ada'), { city: 'Paris' })
      const run = await done(world, { kind: 'apply' })
      assert.deepEqual([countsOf(run).applied, countsOf(run).drifted], [1, 1])
      later(world)
      await done(world, { kind: 'sync' })
      assert.equal(there(world, 'Ada').fields['city'], 'Paris')
      const [ada] = world.from.simulator
        .snapshot()
        .filter(({ fields }) => fields['FirstName'] === 'Ada')
      assert.deepEqual([ada?.fields['City'], ada?.fields['JobTitle']], ['Ockham', 'Countess'])
      assert.equal((await casesOf(world, 'hold')).length, 1)
    }),

  'an edit soon after a run travels': (seed) =>
    inWorld({ from: ADAPTIX, to: KEAP }, async (world) => {
      people(world, ADA, GRACE)
      await done(world, { kind: 'sync' })
      world.clock.advance(60_000 + Math.floor(randomStream(seed)() * 300_000))
      edit(world.from, idOf(world.from, 'Ada'), { city: 'Ockham' })
      world.clock.advance(120_000)
      await done(world, { kind: 'sync' })
      assert.equal(there(world, 'Ada').fields['City'], 'Ockham')
    }),

  'an edit with a stamp from before the last scan travels': () =>
    inWorld({ from: ADAPTIX, to: KEAP }, async (world) => {
      people(world, ADA, NOBODY)
      later(world)
      const scannedAt = world.clock.now()
      await done(world, { kind: 'sync' })
      world.clock.advance(scannedAt - world.clock.now() - 300_000)
      edit(world.from, idOf(world.from, 'Ada'), { city: 'Ockham' })
      world.clock.advance(3_600_000)
      await done(world, { kind: 'sync' })
      assert.equal(there(world, 'Ada').fields['City'], 'Ockham')
    }),

  'a plan that is not applied takes nothing from the next sync': () =>
    inWorld(pair, async (world) => {
      await migrated(world, ADA)
      edit(world.from, idOf(world.from, 'Ada'), { City: 'Ockham' })
      later(world)
      await done(world, { kind: 'plan' })
      later(world)
      keap(world.from, 'ContactService.add', { FirstName: 'Later', Email: 'later@example.com' })
      await done(world, { kind: 'plan' })
      later(world)
      const run = await done(world, { kind: 'sync' })
      assert.equal(there(world, 'Ada').fields['city'], 'Ockham')
      assert.equal(countsOf(run).applied, 2)
    }),

  'two spellings of an accent are one text': () =>
    inWorld(pair, async (world) => {
      people(world, { given: 'Zoe\u0308', email: 'zoe@example.com', city: 'Zu\u0308rich' })
      add(world.to, {
        given: 'Zo\u00eb',
        family: 'Tester',
        email: 'zoe@example.com',
        city: 'Z\u00fcrich',
      })
      await done(world, { kind: 'sync' })
      assert.equal(world.to.simulator.snapshot()[0]?.fields['city'], 'Z\u00fcrich')
      assert.deepEqual(await casesOf(world, 'hold'), [])
    }),

  'an empty source stops the run': () =>
    inWorld(pair, async (world) => {
      const run = await world.run({ kind: 'sync' })
      assert.equal(run.status, 'blocked')
    }),

  'a guard stops the run before it writes': () =>
    inWorld(pair, async (world) => {
      const all = Array.from({ length: 21 }, (_, n) => ({
        given: `P${n}`,
        email: `p${n}@example.com`,
        city: 'Old',
      }))
      await migrated(world, ...all)
      for (const { given } of all) edit(world.from, idOf(world.from, given), { City: 'New' })
      later(world)
      const before = world.to.simulator.counts.write
      const run = await world.run({ kind: 'sync' })
      assert.equal(run.status, 'blocked')
      assert.equal(world.to.simulator.counts.write, before)
    }),
}
