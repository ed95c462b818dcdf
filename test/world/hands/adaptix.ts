/** People at Adaptix: the person at the screen, whose deeds no consent watch counts against the engine. */
import { type AdaptixSimulator, personAuth } from '../../../connectors/adaptix/simulator.ts'
import type { Simulator } from '../../../src/connector/simulator.ts'
import type { Hands, ListField } from '../hands.ts'
import { known } from './known.ts'

const WORDS = {
  given: 'firstname',
  family: 'lastname',
  city: 'city',
  postalCode: 'zipcode',
  jobTitle: 'position',
  email: 'email',
} as const

export function adaptixHands(simulator: Simulator, seed: number): Hands {
  const authorization = personAuth(seed)
  const send = (method: string, path: string, body?: unknown): Record<string, unknown> | null => {
    const answer = simulator.handle({
      method,
      url: `/api${path}`,
      headers: { authorization, 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    })
    return answer.status < 300 ? (JSON.parse(answer.body) as Record<string, unknown>) : null
  }
  const idIn = (answer: Record<string, unknown> | null, key: string): string | null => {
    const found = answer?.[key] as { readonly id?: number } | undefined
    return found?.id === undefined ? null : String(found.id)
  }
  const edit = (id: string, body: object) => send('PATCH', `/contacts/${id}/edit`, body) !== null
  const fields = (): readonly FieldShown[] =>
    Object.values((send('GET', '/fields/contact?limit=500')?.['fields'] ?? {}) as object)
  return {
    simulator,
    words: WORDS,
    create: (person) => idIn(send('POST', '/contacts/new', inWords(known(person))), 'contact'),
    // A PATCH of somebody who is not there would make them.
    edit: (id, values) => send('GET', `/contacts/${id}`) !== null && edit(id, inWords(values)),
    tag: (id, name) => edit(id, { tags: [name] }),
    untag: (id, name) => edit(id, { tags: [`-${name}`] }),
    optOut: ({ id }) =>
      send('POST', `/contacts/${id}/dnc/email/add`, { reason: 3, comments: 'asked by phone' }) !==
      null,
    remove: (id) => send('DELETE', `/contacts/${id}/delete`) !== null,
    merge(winner, loser) {
      ;(simulator as AdaptixSimulator).mergeContacts(loser, winner)
      return true
    },
    touch: ({ id, fields }) => edit(id, { city: fields['city'] ?? '' }),
    addField: (label) =>
      idIn(send('POST', '/fields/contact/new', { label, type: 'text' }), 'field'),
    removeField: (id) => send('DELETE', `/fields/contact/${id}/delete`) !== null,
    lists: () =>
      fields()
        .filter(({ type }) => type === 'select')
        .map(
          ({ id, alias, properties }): ListField => ({
            handle: String(id),
            word: alias,
            options: (properties.list ?? []).map(({ label }) => label),
            labels: new Map((properties.list ?? []).map(({ label, value }) => [value, label])),
          }),
        ),
    // The screen changes what people read; the value behind it stays.
    renameOption({ handle }, option, name) {
      const list = fields().find(({ id }) => String(id) === handle)?.properties.list ?? []
      const renamed = list.map((one) => (one.label === option ? { ...one, label: name } : one))
      return (
        send('PATCH', `/fields/contact/${handle}/edit`, { properties: { list: renamed } }) !== null
      )
    },
    choose(id, { handle, word }, option) {
      const list = fields().find((field) => String(field.id) === handle)?.properties.list ?? []
      const value = list.find(({ label }) => label === option)?.value
      return value !== undefined && edit(id, { [word]: value })
    },
  }
}

function inWords(values: Readonly<Partial<Record<keyof typeof WORDS, string>>>): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [WORDS[name as keyof typeof WORDS], value]),
  )
}

interface FieldShown {
  readonly id: number
  readonly alias: string
  readonly type: string
  readonly properties: {
    readonly list?: readonly { readonly label: string; readonly value: string }[]
  }
}
