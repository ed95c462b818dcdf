/** The search box as a parameter: words, commands like `email:` and `segment:`, `!`, quotes and OR. */
import type { Account, Segment } from './account.ts'
import { type ContactRow, cellAt, idsBeginning, rowOf } from './contacts.ts'
import { fieldOf } from './field-set.ts'
import { isMember, memberIds } from './membership.ts'
import { fold, likeTest } from './text.ts'

export interface Search {
  readonly test: (row: ContactRow) => boolean
  /** A superset of the matches by id, ascending; null: look at everybody. */
  readonly candidates: readonly number[] | null
}
type Test = Search['test']

/** Null: no condition. Terms are joined by AND unless `OR` stands between them. */
export function compileSearch(account: Account, text: string): Search | null {
  const words = [...text.matchAll(/!?(?:[a-z_0-9]+:)?(?:"[^"]*"|[^\s"]+)/gi)].map((m) => m[0])
  if (words.length === 0) return null
  const groups: Term[][] = [[]]
  for (const word of words) {
    if (word.toUpperCase() === 'OR') groups.push([])
    else if (word.toUpperCase() !== 'AND') groups.at(-1)?.push(term(account, word))
  }
  const real = groups.filter((group) => group.length > 0)
  const candidates =
    real.length === 1 ? (real[0]?.find((one) => one.candidates !== null)?.candidates ?? null) : null
  return { test: (row) => real.some((group) => group.every((one) => one.test(row))), candidates }
}

interface Term {
  readonly test: Test
  readonly candidates: readonly number[] | null
}

function term(account: Account, word: string): Term {
  const isNegated = word.startsWith('!')
  const plain = isNegated ? word.slice(1) : word
  const colon = plain.search(/^[a-z_0-9]+:/i) < 0 ? -1 : plain.indexOf(':')
  const command = colon < 0 ? '' : plain.slice(0, colon).toLowerCase()
  const value = plain.slice(colon + 1).replaceAll('"', '')
  const found = command === '' ? null : commandTerm(account, command, value)
  const positive = found ?? { test: freeText(account, plain.replaceAll('"', '')), candidates: null }
  if (!isNegated) return positive
  return { test: (row) => !positive.test(row), candidates: null }
}

function commandTerm(account: Account, command: string, value: string): Term | null {
  const only = (test: Test): Term => ({ test, candidates: null })
  switch (command) {
    case 'segment':
    case 'list':
      return segmentTerm(account, [value])
    case 'common':
      return segmentTerm(account, value.split('+'))
    case 'ids':
    case 'id':
      return idsTerm(account, value)
    case 'is':
      return only(isTest(account, value))
    case 'tag': {
      const matches = likeTest(`${value}%`)
      return only((row) => row.tags.some((id) => matches(account.tags.get(id)?.name ?? '')))
    }
    case 'owner': {
      const matches = likeTest(`${value}%`)
      const owners = account.users.filter(
        (user) => matches(user.firstName) || matches(user.lastName) || matches(user.username),
      )
      return only((row) => owners.some((user) => user.id === row.owner))
    }
    case 'stage':
      return only((row) => {
        const stage = account.stages.find((one) => one.id === row.stage)
        return stage !== undefined && likeTest(`${value}%`)(stage.name)
      })
    case 'ip':
      return only((row) => row.ips.some((ip) => ip.startsWith(value)))
    case 'company_id':
      return only((row) => row.companies.includes(Number(value)))
    case 'name': {
      const first = fieldOf(account.fields, 'lead', 'firstname')?.column ?? -1
      const last = fieldOf(account.fields, 'lead', 'lastname')?.column ?? -1
      const matches = likeTest(`${value}%`)
      return only((row) => matches(cellAt(row, first)) || matches(cellAt(row, last)))
    }
    default:
      return fieldTerm(account, command, value)
  }
}

/** `alias:value`: a prefix, in which `_` and `%` are wildcards. Null: no such field. */
function fieldTerm(account: Account, alias: string, value: string): Term | null {
  const field = fieldOf(account.fields, 'lead', alias)
  if (field === null || field.column < 0) return null
  const matches = likeTest(`${value}%`)
  const test: Test = (row) => matches(cellAt(row, field.column))
  const hasIndex = field.isUniqueIdentifier && !/[%_]/.test(value) && value !== ''
  return { test, candidates: hasIndex ? idsBeginning(account.contacts, field.column, value) : null }
}

function segmentTerm(account: Account, aliases: readonly string[]): Term {
  const segments: (Segment | undefined)[] = aliases.map((alias) =>
    [...account.segments.values()].find((one) => fold(one.alias) === fold(alias)),
  )
  const [first] = segments
  if (first === undefined || segments.includes(undefined)) {
    return { test: () => false, candidates: [] }
  }
  const test: Test = (row) =>
    segments.every((one) => one !== undefined && isMember(account, one, row))
  return { test, candidates: memberIds(account, first) }
}

function idsTerm(account: Account, value: string): Term {
  const ids = new Set<number>()
  for (const part of value.split(',')) {
    const row = rowOf(account.contacts, Number(part))
    if (row !== null && row.id === Number(part)) ids.add(row.id)
  }
  return { test: (row) => ids.has(row.id), candidates: [...ids].sort((a, b) => a - b) }
}

function isTest(account: Account, value: string): Test {
  switch (value.toLowerCase()) {
    case 'anonymous':
      return (row) => row.dateIdentified === null
    case 'mine':
      return (row) => row.owner === account.user.id
    case 'unowned':
      return (row) => row.owner === null
    default:
      return () => true
  }
}

function freeText(account: Account, value: string): Test {
  const columns = FREE_TEXT.map((alias) => fieldOf(account.fields, 'lead', alias)?.column ?? -1)
  const matches = likeTest(`${value}%`)
  return (row) => columns.some((column) => column >= 0 && matches(cellAt(row, column)))
}

const FREE_TEXT = [
  'firstname',
  'lastname',
  'email',
  'company',
  'address1',
  'address2',
  'city',
  'state',
  'zipcode',
  'country',
  'facebook',
  'instagram',
  'linkedin',
  'twitter',
]
