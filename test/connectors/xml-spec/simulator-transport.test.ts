/** Form, login, faults, counts: everything around the documents. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readDocument } from '../../../connectors/xml-spec/simulator/document.ts'
import { xmlSpecSimulator } from '../../../connectors/xml-spec/simulator.ts'
import { client, contacts, login, names, NOON, post, text } from './simulator-client.ts'

const READ = '<GetContactsRequest start_chunk_page="0" start_chunk_size="5"></GetContactsRequest>'
const ADD = add('Lea')
function add(name: string): string {
  return `<AddContactsRequest><Contacts><Contact request_id="1"><Firstname>${name}</Firstname><Email>${name}@example.test</Email></Contact></Contacts></AddContactsRequest>`
}

test('the module says who it is', () => {
  expect(xmlSpecSimulator.platform).toBe('xml-spec')
  expect(xmlSpecSimulator.aliases).toEqual(['greenrope'])
  const made = xmlSpecSimulator.create({ contacts: 1, seed: 1, now: () => NOON, quirks: {} })
  expect(made.basePath).toBe('/api-xml')
  expect(Object.keys(made.auth)).toEqual(['email', 'password'])
})

test('an unknown quirk or a value of another kind throws, and every quirk is explained', () => {
  expect(() => client({ unclosed: 1 })).toThrow(/no quirk "unclosed"/)
  expect(() => client({ total: 'none' })).toThrow(/must be one of set, page, wrong/)
  expect(() => client({ stampSeconds: -1 })).toThrow(/whole number/)
  expect(() => client({ trims: 'yes' })).toThrow(/must be a boolean/)
  expect(() => client({ optedOut: 'a@b.test' })).toThrow(/list of texts/)
  expect(() => client({ sharedAccounts: { x: 1 } })).toThrow(/account number/)
  const source = readFileSync('connectors/xml-spec/simulator.ts', 'utf8')
  expect(explained(source)).toEqual(knownQuirks())
})

test('the same seed makes the same account', () => {
  expect(client().simulator.snapshot()).toEqual(client().simulator.snapshot())
})

test('a login opens, a wrong one does not, and the token is asked for under its exact name', () => {
  const { simulator } = client()
  const email = simulator.auth['email'] ?? ''
  const wrong = simulator.handle(
    post({ email, password: 'x', xml: '<GetAuthTokenRequest></GetAuthTokenRequest>' }),
  )
  expect(wrong.status).toBe(200)
  expect(names(readDocument(wrong.body))).toEqual(['Result', 'ErrorCode', 'ErrorText'])
  expect(readDocument(wrong.body).name).toBe('GetAuthTokenResponse')
  const token = login(simulator)
  const misnamed = simulator.handle(post({ email, token, xml: READ }))
  expect(text(readDocument(misnamed.body), 'ErrorText')).toBe('Invalid auth token')
  expect(readDocument(misnamed.body).name).toBe('GetContactsResponse')
  const other = simulator.handle(post({ email: 'x@y.test', auth_token: token, xml: READ }))
  expect(text(readDocument(other.body), 'Result')).toBe('Error')
  const right = simulator.handle(post({ email, auth_token: token, xml: READ }))
  expect(text(readDocument(right.body), 'Result')).toBe('Success')
  expect(right.headers['content-type']).toBe('text/xml; charset=utf-8')
})

test('a token ages, under any root', () => {
  const { ask, clock, simulator } = client({ tokenMinutes: 10, fixedToken: 'forever' })
  expect(text(ask(READ), 'Result')).toBe('Success')
  clock.now += 10 * 60_000
  const answer = ask(ADD)
  expect(answer.name).toBe('AddContactsResponse')
  expect(text(answer, 'ErrorText')).toBe('Invalid auth token')
  const email = simulator.auth['email'] ?? ''
  const fixed = simulator.handle(post({ email, auth_token: 'forever', xml: READ }))
  expect(text(readDocument(fixed.body), 'Result')).toBe('Success')
})

test('a second token ends the first only with singleToken', () => {
  const many = client()
  many.ask(READ)
  login(many.simulator)
  expect(text(many.ask(READ), 'Result')).toBe('Success')
  const single = client({ singleToken: true })
  single.ask(READ)
  login(single.simulator)
  expect(text(single.ask(READ), 'Result')).toBe('Error')
})

test('GET is not an entrance unless get says so; the older path is one', () => {
  for (const get of [false, true]) {
    const { simulator } = client({ get })
    const query = new URLSearchParams({
      email: simulator.auth['email'] ?? '',
      auth_token: login(simulator),
      xml: READ,
    })
    const asked = { method: 'GET', url: `/api-xml?${query}`, headers: {}, body: '' }
    const answer = readDocument(simulator.handle(asked).body)
    expect(text(answer, 'Result')).toBe(get ? 'Success' : 'Error')
    expect(answer.name).toBe(get ? 'GetContactsResponse' : 'Response')
  }
  const { simulator } = client()
  const old = { ...post({ ...simulator.auth, xml: '<GetAuthTokenRequest/>' }), url: '/xml.pl' }
  expect(simulator.handle(old).status).toBe(200)
  expect(simulator.handle({ ...old, url: '/elsewhere' }).status).toBe(404)
})

test('a document that is not well-formed, has curly quotes or asks for the unknown is refused', () => {
  const { ask, send } = client()
  expect(ask('<GetContactsRequest').name).toBe('Response')
  expect(ask('<GetContactsRequest get_all=“true”></GetContactsRequest>').name).toBe('Response')
  expect(ask('<GetContactsRequest></GetContacts>').name).toBe('Response')
  const unknown = ask('<GetTagsRequest></GetTagsRequest>')
  expect(unknown.name).toBe('GetTagsResponse')
  expect(text(unknown, 'ErrorText')).toBe('Unknown request GetTagsRequest')
  expect(send('<constructorRequest/>').status).toBe(200)
})

test('a blank in an end tag, single quotes and self-closing roots are well-formed', () => {
  const { ask } = client()
  expect(
    text(ask("<GetContactsRequest start_chunk_page='0' ></GetContactsRequest >"), 'Result'),
  ).toBe('Success')
  expect(text(ask('<GetContactsRequest start_chunk_size="3" />'), 'Result')).toBe('Success')
})

test('failures in the rare form are attributes of the root', () => {
  const { ask } = client({ errorForm: 'attributes' })
  const answer = ask('<GetGroupsRequest group_name="nobody"/>')
  expect(answer.attributes).toEqual({ Result: 'Failure', Message: 'Group nobody not found' })
})

test('JSON: lower-case keys, one item bare, several as a list, errors as XML where the quirk says so', () => {
  const { send } = client()
  const one = JSON.parse(send('<GetContactsRequest contact_id="1001" response="json"/>').body)
  expect(one.getcontactsresponse.contacts.contact.contact_id).toBe('1001')
  const two = JSON.parse(
    send('<GetContactsRequest response="json" start_chunk_size="2" start_chunk_page="0"/>').body,
  )
  expect(two.getcontactsresponse.contacts.contact).toHaveLength(2)
  const refused = '<GetGroupsRequest group_id="1" response="json"/>'
  expect(JSON.parse(send(refused).body).getgroupsresponse.result).toBe('Error')
  expect(client({ jsonErrorsAsXml: true }).send(refused).body).toMatch(/^<GetGroupsResponse>/)
  const { simulator } = client()
  const token = simulator.handle(
    post({ ...simulator.auth, xml: '<GetAuthTokenRequest response="json"></GetAuthTokenRequest>' }),
  )
  expect(JSON.parse(token.body).getauthtokenresponse.result).toBe('Success')
})

test('faults: an HTML page, a broken server, a throttle, each every n-th time and without effect', () => {
  const html = client({ htmlEvery: 3 })
  html.send(READ)
  const page = html.send(ADD)
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.body).toMatch(/^<!DOCTYPE html>/)
  expect(html.simulator.snapshot()).toHaveLength(40)
  const failing = client({ failEvery: 2 })
  expect(failing.send(ADD).status).toBe(500)
  const busy = client({ throttleEvery: 2 }).send(ADD)
  expect([busy.status, busy.headers['retry-after']]).toEqual([429, '2'])
})

test('a lost answer: the write is done all the same', () => {
  const { send, simulator } = client({ loseReplyEvery: 2 })
  expect(send(ADD).status).toBe(200)
  expect(send(add('Tom')).status).toBe(504)
  expect(simulator.snapshot()).toHaveLength(42)
})

test('a cut answer stops half-way', () => {
  const { send } = client({ cutEvery: 2 })
  const answer = send(READ)
  expect(answer.status).toBe(200)
  expect(() => readDocument(answer.body)).toThrow()
})

test('too large a batch, too long a document: the web server answers', () => {
  const item = '<Contact><Firstname>A</Firstname></Contact>'
  const two = `<AddContactsRequest><Contacts>${item}${item}</Contacts></AddContactsRequest>`
  expect(client({ batchMax: 1 }).send(two).status).toBe(413)
  expect(client({ unpagedMax: 39 }).send('<GetContactsRequest/>').status).toBe(504)
  expect(client({ unpagedMax: 40 }).send('<GetContactsRequest/>').status).toBe(200)
})

test('what mutates is told from the request alone, and everything is counted', () => {
  const { simulator, send } = client()
  const asks = (xml: string) => simulator.isMutation(post({ email: 'a', auth_token: 'b', xml }))
  const reads = ['GetAuthToken', 'GetContacts', 'SearchContacts', 'GetGroups', 'GetContactGroups']
  for (const name of reads) expect(asks(`<${name}Request/>`)).toBe(false)
  const writes = ['AddContacts', 'EditContacts', 'DeleteContacts', 'UnsubscribeContacts']
  const others = ['CreateGroup', 'AddContactsToGroup', 'AddUserDefinedField', 'SetSomething']
  for (const name of [...writes, ...others])
    expect(asks(`<?xml version="1.0"?><${name}Request/>`)).toBe(true)
  expect(asks('')).toBe(false)
  expect(
    simulator.isMutation({
      method: 'GET',
      url: '/api-xml?xml=%3CAddContactsRequest/%3E',
      headers: {},
      body: '',
    }),
  ).toBe(true)
  send(READ)
  send(ADD)
  expect(simulator.counts).toEqual({
    read: 2,
    write: 1,
    byOperation: { GetAuthToken: 1, GetContacts: 1, AddContacts: 1 },
  })
})

test('the Date header is the clock plus the time that the items took', () => {
  const { send } = client({ itemSeconds: 86 })
  const answer = send(ADD)
  expect(Date.parse(answer.headers['date'] ?? '')).toBe(NOON + 86_000)
  const two = ADD.replace(
    '</Contacts>',
    '<Contact><Firstname>Bo</Firstname></Contact></Contacts>',
  ).replaceAll('Lea', 'Mia')
  const stamps = contacts(readDocument(send(two).body)).map((item) =>
    text(item, 'UpdatedTimeStamp'),
  )
  expect(stamps).toEqual(['2026-11-20 12:00:00', '2026-11-20 12:01:26'])
})

function knownQuirks(): readonly string[] {
  try {
    client({ nothing: 1 })
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    return message.slice(message.indexOf('known: ') + 'known: '.length).split(', ')
  }
  return []
}
/** Names in the first column of the tables. */
function explained(source: string): readonly string[] {
  const rows = [...source.matchAll(/^ \* \| ([\w, ]+) \|/gm)].map((match) => match[1] ?? '')
  return rows
    .flatMap((row) => row.split(', '))
    .map((name) => name.trim())
    .filter((name) => name !== 'name')
    .toSorted()
}
