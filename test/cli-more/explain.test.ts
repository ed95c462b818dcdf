/** One person across both sides, by whatever name one has. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import { twoAccounts } from '../app/two-accounts.ts'
import { type Json, tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 40 },
  to: { platform: 'adaptix', contacts: 0 },
})
let anna: SimulatedContact
let there = ''
let written = 0
beforeAll(async () => {
  await two.run('migrate', { isFull: true })
  const people = two.from.snapshot()
  const linked = (await tell(two, ['links', 'list', 'move'])).document as unknown as readonly {
    readonly from: string
    readonly to: string
  }[]
  const emails = people.flatMap((person) => person.emails.map((email) => email.toLowerCase()))
  const found = people.find(
    ({ id, emails: [email], fields }) =>
      email !== undefined &&
      (fields['City'] ?? '') !== '' &&
      emails.filter((each) => each === email.toLowerCase()).length === 1 &&
      linked.some(({ from }) => from === id),
  )
  if (found === undefined) throw new Error('nobody to look at')
  anna = found
  there = linked.find(({ from }) => from === anna.id)?.to ?? ''
  written = two.from.counts.write + two.to.counts.write
})
afterAll(two.close)

function fieldsOf(document: Json): readonly { path: string; verdict: string; why: string }[] {
  return document['fields'] as unknown as readonly { path: string; verdict: string; why: string }[]
}

describe('somebody who was moved', () => {
  it('is found by the id at the source, with link, plans and equal fields', async () => {
    const got = await tell(two, ['explain', 'move', anna.id])
    expect(got.failure).toBeNull()
    expect(got.document['link']).toMatchObject({ from: anna.id, to: there, origin: 'created' })
    expect(got.document['plans']?.[0]).toMatchObject({ bucket: 'create', state: 'applied' })
    expect(got.document['cases']).toEqual([])
    const verdicts = new Set(fieldsOf(got.document).map(({ verdict }) => verdict))
    expect(verdicts).toContain('equal')
    expect(verdicts).not.toContain('differs')
    expect(got.text).toContain(`Link      ${anna.id} -> ${there}, created`)
    expect(got.text).toMatch(/equal +emails\.1/)
    expect(got.text).toMatch(/Consent at the (source|target)/)
  })

  it('is the same person by e-mail, in any spelling, and by the id at the target', async () => {
    const [email = ''] = anna.emails
    const byEmail = await tell(two, ['explain', 'move', email.toUpperCase()])
    const byTarget = await tell(two, ['explain', 'move', there, '--side', 'to'])
    for (const got of [byEmail, byTarget]) {
      expect(got.failure).toBeNull()
      expect(got.document['from']?.['id']).toBe(anna.id)
      expect(got.document['to']?.['id']).toBe(there)
    }
    expect(byEmail.document['others']).toEqual([])
  })

  it('is told of consent on both sides', async () => {
    const got = await tell(two, ['explain', 'move', anna.id])
    expect(got.document['consents']?.['to']).toMatchObject({ isComplete: true })
    expect(got.document['consents']?.['from']).toMatchObject({ isComplete: true })
  })

  it('is masked where it is asked for', async () => {
    const [email = ''] = anna.emails
    for (const mask of ['partial', 'full'] as const) {
      const got = await tell(two, ['explain', 'move', anna.id], { mask })
      expect(got.text).not.toContain(email)
      expect(JSON.stringify(got.document)).not.toContain(email)
    }
  })
})

describe('what happened since', () => {
  it('is told by field, with who moved; and nothing of it is written by looking', async () => {
    expect(two.from.counts.write + two.to.counts.write).toBe(written)
    await tell(
      two,
      [
        'call',
        'target',
        'contacts.edit',
        '--input',
        JSON.stringify({ id: there, city: 'Elsewhere' }),
      ],
      { yes: true },
    )
    const got = await tell(two, ['explain', 'move', anna.id])
    const city = fieldsOf(got.document).find(({ path }) => path === 'addresses.main.city')
    expect(city).toMatchObject({
      verdict: 'differs',
      why: 'the target changed since both last agreed',
    })
  })

  it('a deleted counterpart is said to be gone', async () => {
    await tell(two, ['call', 'target', 'contacts.delete', '--input', `{"id":${there}}`], {
      yes: true,
    })
    const got = await tell(two, ['explain', 'move', anna.id])
    expect(got.document['to']).toEqual({ kind: 'gone', id: there })
    expect(got.document['fields']).toBeNull()
    expect(got.text).toContain(`Target    ${there} is not there any more`)
    const fromThere = await tell(two, ['explain', 'move', there, '--side', 'to'])
    expect(fromThere.document['from']?.['id']).toBe(anna.id)
  })
})

describe('somebody else', () => {
  it('who is held is told with the question that waits', async () => {
    const holds = (await tell(two, ['holds', 'list', 'move'])).document as unknown as readonly {
      readonly record: string
      readonly cause: string
    }[]
    const rejects = (await tell(two, ['rejects', 'list', 'move']))
      .document as unknown as typeof holds
    const [open] = [...holds, ...rejects]
    if (open === undefined) throw new Error('no case is open')
    const got = await tell(two, ['explain', 'move', open.record, '--side', 'from'])
    expect(got.document['cases']?.[0]).toMatchObject({ record: open.record, cause: open.cause })
    expect(got.text).toContain('Waiting\n')
  })

  it('who does not exist is said not to', async () => {
    for (const person of ['999999', 'nobody@example.com']) {
      const got = await tell(two, ['explain', 'move', person])
      expect(got.failure).toMatchObject({ code: 2, message: expect.stringContaining(person) })
    }
    expect((await tell(two, ['explain', 'mve', '1'])).failure?.message).toContain('"move"')
  })
})

describe('any pair of platforms', () => {
  it.each([
    ['xml-spec', 'infusionsoft'],
    ['adaptix', 'xml-spec'],
  ])('%s to %s: everybody who was moved is explained', async (from, to) => {
    const pair = twoAccounts({
      from: { platform: from, contacts: 20 },
      to: { platform: to, contacts: 0 },
      seed: 31,
    })
    await pair.run('migrate', { isFull: true })
    const linked = (await tell(pair, ['links', 'list', 'move'])).document as unknown as readonly {
      readonly from: string
      readonly to: string
    }[]
    expect(linked.length).toBeGreaterThan(5)
    for (const link of linked) {
      const got = await tell(pair, ['explain', 'move', link.from, '--side', 'from'])
      expect(got.failure).toBeNull()
      expect(got.document['to']?.['id']).toBe(link.to)
      const loud = fieldsOf(got.document).filter(({ verdict }) => verdict === 'differs')
      expect(loud).toEqual([])
    }
    pair.close()
  })
})
