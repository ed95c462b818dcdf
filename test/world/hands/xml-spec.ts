/** People at an XML-spec account: documents for what the API can do, the colleague at the web pages for the rest. */
import type { XmlSpecSimulator } from '../../../connectors/xml-spec/simulator.ts'
import type { Simulator } from '../../../src/connector/simulator.ts'
import { login, post } from '../../connectors/xml-spec/simulator-client.ts'
import type { Hands, ListField } from '../hands.ts'
import { known } from './known.ts'

const WORDS = {
  given: 'Firstname',
  family: 'Lastname',
  city: 'City',
  postalCode: 'Zip',
  jobTitle: 'Title',
  email: 'Email',
} as const

export function xmlSpecHands(of: Simulator): Hands {
  const simulator = of as XmlSpecSimulator
  const ask = (xml: string): string =>
    simulator.handle(
      post({ email: simulator.auth['email'] ?? '', auth_token: login(simulator), xml }),
    ).body
  const isDone = (answer: string) => !/<Result>\s*Error|<ErrorCode>/.test(answer)
  const edit = (id: string, inner: string) =>
    isDone(
      ask(
        `<EditContactsRequest><Contacts><Contact contact_id="${id}">${inner}</Contact></Contacts></EditContactsRequest>`,
      ),
    )
  const newest = () => simulator.snapshot().reduce((max, { id }) => Math.max(max, Number(id)), 0)
  return {
    simulator,
    words: WORDS,
    create(person) {
      const before = newest()
      ask(
        `<AddContactsRequest><Contacts><Contact>${inWords(known(person))}</Contact></Contacts></AddContactsRequest>`,
      )
      const after = newest()
      return after > before ? String(after) : null
    },
    edit: (id, values) => edit(id, inWords(values)),
    tag: (id, name) => edit(id, `<Tags><Tag>${escaped(name)}</Tag></Tags>`),
    untag(id, name) {
      simulator.byHand.removeTag(Number(id), name)
      return true
    },
    optOut({ id }) {
      simulator.byHand.unsubscribe(Number(id))
      return true
    },
    remove: (id) =>
      isDone(
        ask(
          `<DeleteContactsRequest><Contacts><Contact contact_id="${id}"/></Contacts></DeleteContactsRequest>`,
        ),
      ),
    merge(winner, loser) {
      simulator.byHand.merge(Number(winner), Number(loser))
      return true
    },
    touch: ({ id, fields }) => edit(id, `<City>${escaped(fields['City'] ?? '')}</City>`),
    addField: (label) =>
      isDone(
        ask(
          `<AddUserDefinedFieldRequest group_id="0"><FieldName>${escaped(label)}</FieldName></AddUserDefinedFieldRequest>`,
        ),
      )
        ? label
        : null,
    removeField: (label) =>
      isDone(
        ask(
          `<DeleteUserDefinedFieldRequest><FieldName>${escaped(label)}</FieldName></DeleteUserDefinedFieldRequest>`,
        ),
      ),
    lists: () => listsIn(ask('<GetUserDefinedFieldsRequest></GetUserDefinedFieldsRequest>')),
    renameOption({ handle, options }, option, name) {
      const values = options.map((one) => (one === option ? name : one)).join(',')
      return isDone(
        ask(
          `<EditUserDefinedFieldRequest><FieldName>${handle}</FieldName><PossibleValues>${escaped(values)}</PossibleValues></EditUserDefinedFieldRequest>`,
        ),
      )
    },
    choose: (id, { handle }, option) =>
      edit(
        id,
        `<UserDefinedFields><UserDefinedField fieldname="${handle}">${escaped(option)}</UserDefinedField></UserDefinedFields>`,
      ),
  }
}

function inWords(values: Readonly<Partial<Record<keyof typeof WORDS, string>>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const word = WORDS[name as keyof typeof WORDS]
      return `<${word}>${escaped(value)}</${word}>`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Names as they are written in a document. */
function listsIn(answer: string): readonly ListField[] {
  return [...answer.matchAll(/<UserDefinedField>([\s\S]*?)<\/UserDefinedField>/g)].flatMap(
    ([, inner = '']) => {
      const told = (name: string) =>
        new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(inner)?.[1] ?? ''
      if (told('FieldType') !== 'Select') return []
      const options = told('PossibleValues').split(',').map(plain)
      const word = `UserDefinedField.${told('UserFieldID')}`
      return [{ handle: told('FieldName'), word, options, labels: new Map() }]
    },
  )
}

function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
