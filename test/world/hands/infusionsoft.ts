/** People at Infusionsoft: XML-RPC calls. */
import type { Simulator } from '../../../src/connector/simulator.ts'
import {
  decode,
  type Got,
  request,
  type Sent,
  type Struct,
} from '../../connectors/infusionsoft/simulator-client.ts'
import type { Hands, ListField } from '../hands.ts'
import { known } from './known.ts'

const WORDS = {
  given: 'FirstName',
  family: 'LastName',
  city: 'City',
  postalCode: 'PostalCode',
  jobTitle: 'JobTitle',
  email: 'Email',
} as const

export function infusionsoftHands(simulator: Simulator): Hands {
  const key = simulator.auth['serviceKey'] ?? ''
  const call = (method: string, ...args: readonly Sent[]): Got | null => {
    const body = request(method, 'x', ...args)
    const headers = { 'x-keap-api-key': key }
    const answer = simulator.handle({ method: 'POST', url: simulator.basePath, headers, body })
    try {
      return decode(answer.body)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('fault ')) return null
      throw error
    }
  }
  const tagId = (name: string): number | null => {
    const rows = call('DataService.query', 'ContactGroup', 1000, 0, {}, ['Id', 'GroupName'])
    const found = (rows as readonly Struct[] | null)?.find((row) => row['GroupName'] === name)
    if (found !== undefined) return Number(found['Id'])
    const made = call('DataService.add', 'ContactGroup', { GroupName: name })
    return made === null ? null : Number(made)
  }
  const edit: Hands['edit'] = (id, values) =>
    call('ContactService.update', Number(id), inWords(values)) !== null
  const lists = () => {
    const asked = { FormId: CONTACT_FORM, DataType: SELECT }
    const told = ['Id', 'Name', 'Values']
    return (call('DataService.query', 'DataFormField', 1000, 0, asked, told) ??
      []) as readonly Struct[]
  }
  return {
    simulator,
    words: WORDS,
    create(person) {
      const id = call('ContactService.add', inWords(known(person)))
      return id === null ? null : String(id)
    },
    edit,
    tag(id, name) {
      const tag = tagId(name)
      return tag !== null && call('ContactService.addToGroup', Number(id), tag) === true
    },
    untag(id, name) {
      const tag = tagId(name)
      return tag !== null && call('ContactService.removeFromGroup', Number(id), tag) === true
    },
    optOut: ({ emails: [email] }) =>
      email !== undefined && call('APIEmailService.optOut', email, 'asked by phone') === true,
    remove: (id) => call('DataService.delete', 'Contact', Number(id)) === true,
    merge: (winner, loser) => call('ContactService.merge', Number(winner), Number(loser)) === true,
    touch: ({ id, fields }) => edit(id, { city: fields[WORDS.city] ?? '' }),
    addField(label) {
      const group = call('DataService.query', 'DataFormGroup', 1, 0, {}, ['Id'])
      const [first] = (group ?? []) as readonly Struct[]
      if (first === undefined) return null
      const id = call('DataService.addCustomField', 'Contact', label, 'Text', Number(first['Id']))
      return id === null ? null : String(id)
    },
    removeField: () => false,
    lists: () =>
      lists().map(
        (row): ListField => ({
          handle: String(row['Id']),
          word: `_${String(row['Name'])}`,
          options: optionsIn(row),
          labels: new Map(),
        }),
      ),
    renameOption({ handle }, option, name) {
      const row = lists().find(({ Id }) => String(Id) === handle)
      if (row === undefined) return false
      const Values = `\n${optionsIn(row)
        .map((one) => (one === option ? name : one))
        .join('\n')}`
      return call('DataService.updateCustomField', Number(handle), { Values }) === true
    },
    choose: (id, { word }, option) =>
      call('ContactService.update', Number(id), { [word]: option }) !== null,
  }
}

function inWords(values: Readonly<Partial<Record<keyof typeof WORDS, string>>>): Sent {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [WORDS[name as keyof typeof WORDS], value]),
  )
}

const CONTACT_FORM = -1
const SELECT = 21

function optionsIn(row: Struct): readonly string[] {
  return String(row['Values'] ?? '')
    .split('\n')
    .filter((option) => option !== '')
}
