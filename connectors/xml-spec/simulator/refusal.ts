/** What the platform says when it will not: a code and a text, for a whole request or for one item. */
import { type Element, leaf } from './element.ts'

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: number
  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

/**
 * 1002 is documented by clients, with its text. No list of codes is public: all others are made up here, as are their texts; a
 * client must not lean on them.
 */
export const REFUSALS = {
  login: () => new Refusal(1, 'Invalid login'),
  token: () => new Refusal(2, 'Invalid auth token'),
  permission: (account: string) => new Refusal(3, `No access to account ${account}`),
  unknownRequest: (name: string) => new Refusal(4, `Unknown request ${name}`),
  malformed: (detail: string) => new Refusal(5, `Could not parse XML: ${detail}`),
  parameter: (detail: string) => new Refusal(6, detail),
  nothingFound: (what: string) => new Refusal(1001, `No ${what} found`),
  exists: (id: number) => new Refusal(1002, `This contact already exists with ID ${id}`),
  notFound: () => new Refusal(1003, 'Contact not found'),
  notUnique: () => new Refusal(1004, 'Search criteria match more than one contact'),
  invalid: (detail: string) => new Refusal(1005, detail),
  stale: () => new Refusal(1099, 'Contact was updated later on the server'),
  noGroup: (name: string) => new Refusal(1101, `Group ${name} not found`),
  groupExists: (name: string) => new Refusal(1102, `Group ${name} already exists`),
  noField: (name: string) => new Refusal(1201, `User defined field ${name} not found`),
  fieldExists: (name: string) => new Refusal(1202, `User defined field ${name} already exists`),
  noTag: (name: string) => new Refusal(1301, `Tag ${name} not found`),
  noCompany: (name: string) => new Refusal(1401, `Company ${name} not found`),
} as const

/** The three elements of a failure, alike for requests and items. */
export function failure(refusal: Refusal): Element[] {
  return [
    leaf('Result', 'Error'),
    leaf('ErrorCode', refusal.code),
    leaf('ErrorText', refusal.message),
  ]
}
