/** When somebody opted out could have been written to. */
import { expect, test } from 'vitest'
import { client } from './simulator-client.ts'

const ADD = (inner: string) =>
  `<AddContactsRequest><Contacts><Contact><Email>lea@x.test</Email>${inner}</Contact></Contacts></AddContactsRequest>`
const EDIT = (inner: string) =>
  `<EditContactsRequest><Contacts><Contact contact_id="1001">${inner}</Contact></Contacts></EditContactsRequest>`
const OUT =
  '<UnsubscribeContactsRequest><Contacts><Contact contact_id="1001"/></Contacts></UnsubscribeContactsRequest>'
const GROUP = '<Groups><Group>Newsletter</Group></Groups>'
const TAG = '<Tags><Tag>VIP</Tag></Tags>'
const JOIN =
  '<AddContactsToGroupRequest group_name="Newsletter"><Contacts><Contact contact_id="1001"/></Contacts></AddContactsToGroupRequest>'

function breaches(
  quirks: Readonly<Record<string, unknown>>,
  ...requests: readonly string[]
): number {
  const c = client(quirks, { contacts: 0 })
  for (const xml of requests) c.send(xml)
  return c.simulator.consentBreaches.length
}

test('created bare, opted out, then grouped and tagged: nobody could write', () => {
  expect(breaches({}, ADD(''), OUT, EDIT(GROUP + TAG), JOIN)).toBe(0)
})

test.each([
  ['a group inline', [ADD(GROUP), OUT]],
  ['a tag inline', [ADD(TAG), OUT]],
  ['a workflow', [ADD('<WorkflowID>4</WorkflowID>'), OUT]],
  ['a group by an edit before the opt-out', [ADD(''), EDIT(GROUP), OUT]],
  ['a group in bulk before the opt-out', [ADD(''), JOIN, OUT]],
])('reachable between creation and opt-out: %s', (_, requests) => {
  expect(breaches({}, ...requests)).toBe(1)
})

test('an opt-out that came later, after the contact was read, is no breach', () => {
  expect(breaches({}, ADD(GROUP), '<GetContactsRequest contact_id="1001"/>', OUT)).toBe(0)
  const search = '<SearchContactsRequest><From>all</From></SearchContactsRequest>'
  expect(breaches({}, ADD(GROUP), search, OUT)).toBe(0)
})

test('no e-mail, bounced, or not created here: not reachable through us', () => {
  expect(breaches({}, ADD(GROUP).replace('lea@x.test', ''), OUT)).toBe(0)
  const c = client()
  c.send(EDIT(GROUP))
  c.send(OUT)
  expect(c.simulator.consentBreaches).toEqual([])
})

test('an address known to be opted out elsewhere may never be reachable, read or not', () => {
  const quirks = { optedOut: ['LEA@x.test'] }
  const read = '<GetContactsRequest/>'
  expect(breaches(quirks, ADD(GROUP))).toBe(1)
  expect(breaches(quirks, ADD(''), read, JOIN)).toBe(1)
  expect(breaches(quirks, ADD(''), OUT, read, JOIN)).toBe(0)
  expect(breaches(quirks, ADD(GROUP).replace('lea@', 'tom@'))).toBe(0)
})

test('a breach says who, and from when to when', () => {
  const c = client({}, { contacts: 0 })
  c.send(ADD(GROUP))
  c.clock.now += 5000
  c.send(OUT)
  expect(c.simulator.consentBreaches).toEqual([
    'contact 1001 of account 91234 was created at 2026-11-20 12:00:00 and reachable from 2026-11-20 12:00:00 until it was unsubscribed at 2026-11-20 12:00:05',
  ])
})
