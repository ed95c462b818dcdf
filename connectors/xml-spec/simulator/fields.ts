/** User defined fields: the directory and its three changes. The name identifies; names may repeat between groups. */
import type { Account, Field } from './account.ts'
import { accountOf, attribute, type Call } from './call.ts'
import { childText } from './document.ts'
import { branch, type Element, leaf } from './element.ts'
import { REFUSALS } from './refusal.ts'

const TYPES = ['Select', 'Checkbox', 'Text', 'ShortText']
const EDITABLE = ['Hidden', 'Visible', 'Editable']

export function getUserDefinedFields(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const since = attribute(call, call.root, 'updated_timestamp')?.trim()
  if (since !== undefined && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(since)) {
    throw REFUSALS.parameter('updated_timestamp must be YYYY-MM-DD HH:mm:ss')
  }
  const isInclusive = call.world.quirks.sinceInclusive
  const fields = [...account.fields.byId.values()].filter(
    ({ updated }) => since === undefined || updated > since || (isInclusive && updated === since),
  )
  return [leaf('Result', 'Success'), branch('UserDefinedFields', fields.map(fieldElement))]
}

export function addUserDefinedField(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const name = nameOf(call)
  const group = groupOf(call, account) ?? 0
  if (named(account, name).some((field) => field.group === group)) throw REFUSALS.fieldExists(name)
  const given = readGiven(call)
  const field = account.fields.add((id) => ({
    id,
    name,
    group,
    type: given.type ?? 'Text',
    possibleValues: given.possibleValues ?? '',
    editable: given.editable ?? 'Hidden',
    updated: call.world.stamp(),
  }))
  call.world.touch()
  return done(account, field)
}

/** Only what is sent is changed; the group too, when `group_id` is sent. */
export function editUserDefinedField(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const group = groupOf(call, account)
  const field = fieldOf(account, nameOf(call), group)
  const given = readGiven(call)
  if (group !== null) field.group = group
  if (given.type !== undefined) field.type = given.type
  if (given.possibleValues !== undefined) field.possibleValues = given.possibleValues
  if (given.editable !== undefined) field.editable = given.editable
  field.updated = call.world.stamp()
  call.world.touch()
  return done(account, field)
}

/** The values go with it. */
export function deleteUserDefinedField(call: Call): Element[] {
  const account = accountOf(call, call.root)
  const field = fieldOf(account, nameOf(call), groupOf(call, account))
  account.fields.remove(field.id)
  call.world.touch()
  return [leaf('Result', 'Success')]
}

function nameOf(call: Call): string {
  const name = childText(call.root, 'FieldName') ?? ''
  if (name === '') throw REFUSALS.parameter('FieldName is required')
  return name
}

/** null: not sent. 0: all groups. */
function groupOf(call: Call, account: Account): number | null {
  const text = attribute(call, call.root, 'group_id')
  if (text === undefined) return null
  const group = Number(text)
  if (group !== 0 && !account.groups.byId.has(group)) throw REFUSALS.noGroup(text)
  return group
}

function readGiven(call: Call): {
  readonly type: string | undefined
  readonly possibleValues: string | undefined
  readonly editable: string | undefined
} {
  const type = childText(call.root, 'FieldType')
  const editable = childText(call.root, 'ContactEditable')
  if (type !== undefined && !TYPES.includes(type)) {
    throw REFUSALS.parameter(`FieldType must be one of ${TYPES.join(', ')}`)
  }
  if (editable !== undefined && !EDITABLE.includes(editable)) {
    throw REFUSALS.parameter(`ContactEditable must be one of ${EDITABLE.join(', ')}`)
  }
  return { type, editable, possibleValues: childText(call.root, 'PossibleValues') }
}

function named(account: Account, name: string): readonly Field[] {
  return [...account.fields.byId.values()].filter((field) => field.name === name)
}

/** The one of that group where several have the name, else the oldest. */
function fieldOf(account: Account, name: string, group: number | null): Field {
  const all = named(account, name)
  const field = all.find((other) => other.group === group) ?? all[0]
  if (field === undefined) throw REFUSALS.noField(name)
  return field
}

function fieldElement(field: Field): Element {
  return branch('UserDefinedField', [
    leaf('Group', field.group === 0 ? 'All' : field.group),
    leaf('UserFieldID', field.id),
    leaf('FieldName', field.name),
    leaf('FieldType', field.type),
    leaf('PossibleValues', field.possibleValues),
    leaf('ContactEditable', field.editable),
    leaf('UpdatedTimeStamp', field.updated),
  ])
}

function done(account: Account, field: Field): Element[] {
  return [
    leaf('Result', 'Success'),
    leaf('UserFieldID', field.id),
    leaf('AccountNumber', account.number),
    leaf('UpdatedTimeStamp', field.updated),
  ]
}
