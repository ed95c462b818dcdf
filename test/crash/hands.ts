/** What people and other programs do in an account, in few words for every platform. */
import {
  type Got,
  type Sent,
  decode,
  request,
} from '../connectors/infusionsoft/simulator-client.ts'
import { login, post } from '../connectors/xml-spec/simulator-client.ts'
import { personAuth } from '../../connectors/adaptix/simulator.ts'
import { type Account, SEED } from './account.ts'

export interface Made {
  readonly given: string
  readonly family?: string
  readonly email?: string
  readonly city?: string
  readonly phone?: string
  readonly tags?: readonly string[]
}

/** Answers the id. */
export function add(account: Account, person: Made): string {
  const { given, family = 'Tester', email, city, phone, tags = [] } = person
  switch (account.spec.platform) {
    case 'infusionsoft': {
      const data = clean({
        FirstName: given,
        LastName: family,
        Email: email,
        City: city,
        Phone1: phone,
      })
      const id = String(keap(account, 'ContactService.add', data))
      for (const tag of tags) tagOn(account, id, tag)
      return id
    }
    case 'adaptix': {
      const body = clean({ firstname: given, lastname: family, email, city, phone })
      const made = adaptix(account, 'POST', '/contacts/new', { ...body, tags })
      return String((made['contact'] as { id: number }).id)
    }
    default: {
      const inner = [
        element('Firstname', given),
        element('Lastname', family),
        email === undefined ? '' : element('Email', email),
        city === undefined ? '' : element('City', city),
        phone === undefined ? '' : element('Phone', phone),
        tags.length === 0 ? '' : `<Tags>${tags.map((tag) => element('Tag', tag)).join('')}</Tags>`,
      ].join('')
      xml(
        account,
        `<AddContactsRequest><Contacts><Contact>${inner}</Contact></Contacts></AddContactsRequest>`,
      )
      return account.simulator.snapshot().at(-1)?.id ?? ''
    }
  }
}

/** By the platform's own names of fields. */
export function edit(account: Account, id: string, fields: Readonly<Record<string, string>>): void {
  switch (account.spec.platform) {
    case 'infusionsoft':
      keap(account, 'ContactService.update', Number(id), { ...fields })
      return
    case 'adaptix':
      adaptix(account, 'PATCH', `/contacts/${id}/edit`, fields)
      return
    default: {
      const inner = Object.entries(fields)
        .map(([name, value]) => element(name, value))
        .join('')
      xml(
        account,
        `<EditContactsRequest><Contacts><Contact contact_id="${id}">${inner}</Contact></Contacts></EditContactsRequest>`,
      )
    }
  }
}

export function remove(account: Account, id: string): void {
  switch (account.spec.platform) {
    case 'infusionsoft':
      keap(account, 'DataService.delete', 'Contact', Number(id))
      return
    case 'adaptix':
      adaptix(account, 'DELETE', `/contacts/${id}/delete`, {})
      return
    default:
      xml(
        account,
        `<DeleteContactsRequest><Contacts><Contact contact_id="${id}"/></Contacts></DeleteContactsRequest>`,
      )
  }
}

export function tagOn(account: Account, id: string, name: string): void {
  if (account.spec.platform === 'infusionsoft')
    keap(account, 'ContactService.addToGroup', Number(id), tagId(account, name))
  else if (account.spec.platform === 'adaptix')
    adaptix(account, 'PATCH', `/contacts/${id}/edit`, { tags: [name] })
  else edit(account, id, {})
}

export function tagOff(account: Account, id: string, name: string): void {
  if (account.spec.platform === 'infusionsoft')
    keap(account, 'ContactService.removeFromGroup', Number(id), tagId(account, name))
  else adaptix(account, 'PATCH', `/contacts/${id}/edit`, { tags: [`-${name}`] })
}

export function optOut(account: Account, email: string): void {
  if (account.spec.platform === 'infusionsoft')
    keap(account, 'APIEmailService.optOut', email, 'asked to')
  else if (account.spec.platform === 'adaptix') {
    const [found] = account.simulator.snapshot().filter(({ emails }) => emails.includes(email))
    adaptix(account, 'POST', `/contacts/${found?.id}/dnc/email/add`, { reason: 1 })
  } else {
    const found = account.simulator.snapshot().find(({ emails }) => emails.includes(email))
    const who = `<Contact contact_id="${found?.id}"/>`
    xml(
      account,
      `<UnsubscribeContactsRequest><Contacts>${who}</Contacts></UnsubscribeContactsRequest>`,
    )
  }
}

/** The id of whoever has that given name. */
export function idOf(account: Account, given: string): string {
  const found = account.simulator
    .snapshot()
    .find(({ fields }) =>
      [fields['FirstName'], fields['firstname'], fields['Firstname']].includes(given),
    )
  if (found === undefined) throw new Error(`nobody at ${account.spec.platform} is called ${given}`)
  return found.id
}

function tagId(account: Account, name: string): number {
  const found = keap(account, 'DataService.query', 'ContactGroup', 1, 0, { GroupName: name }, [
    'Id',
  ])
  const [row] = found as readonly { readonly Id: number }[]
  if (row !== undefined) return row.Id
  return Number(keap(account, 'DataService.add', 'ContactGroup', { GroupName: name }))
}

export function keap({ simulator }: Account, method: string, ...parameters: readonly Sent[]): Got {
  const { status, body } = simulator.handle({
    method: 'POST',
    url: simulator.basePath,
    headers: { 'x-keap-api-key': simulator.auth['serviceKey'] ?? '' },
    body: request(method, 'unused', ...parameters),
  })
  if (status !== 200 || body.includes('<fault>')) throw new Error(`${method}: ${status} ${body}`)
  return decode(body)
}

/** As the person at the screen, who answers for nobody's consent but their own. */
export function adaptix(
  { simulator }: Account,
  method: string,
  path: string,
  body: object,
): Record<string, unknown> {
  const authorization = personAuth(SEED)
  const answer = simulator.handle({
    method,
    url: `/api${path}`,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${answer.body}`)
  return JSON.parse(answer.body) as Record<string, unknown>
}

export function xml({ simulator }: Account, text: string): string {
  const token = login(simulator as Parameters<typeof login>[0])
  const answer = simulator.handle(
    post({ email: simulator.auth['email'] ?? '', auth_token: token, xml: text }),
  )
  if (answer.status !== 200 || /<(ErrorCode|Error)>/i.test(answer.body))
    throw new Error(`${text}: ${answer.body}`)
  return answer.body
}

function element(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<${name}>${escaped}</${name}>`
}

function clean(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
