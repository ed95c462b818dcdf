/** Field definitions: the two lists, new, edit, delete. */
import { type Account, moment } from './account.ts'
import { type Answer, Crash, errorAnswer, forbidden, invalid, json, notFound } from './answer.ts'
import { isoDate } from './dates.ts'
import { checkProperties, freeAlias, readFieldInput } from './field-rules.ts'
import { addField, type Field, FIELD_TYPES, type FieldObject, GROUPS } from './field-set.ts'
import { textOf } from './php.ts'
import { since } from './quirks.ts'
import type { Call, Routes } from './routes.ts'
import { dateColumn, numberColumn, page, textColumn } from './small-list.ts'

export const FIELD_ROUTES: Routes = {
  'GET contacts/list/fields': listForContacts,
  'GET fields/:object': listFields,
  'GET fields/:object/:id': (call) => json(200, { field: fieldView(call.account, fieldAt(call)) }),
  'POST fields/:object/new': newField,
  'PATCH|PUT fields/:object/:id/edit': editField,
  'DELETE fields/:object/:id/delete': deleteField,
}

const COMPANY_GROUPS = ['core', 'professional', 'other'] as const

/** Keyed by id, company fields among them; only for users who may edit. */
function listForContacts({ account }: Call): Answer {
  if (account.quirks.readOnly) throw forbidden()
  const fields: Record<string, unknown> = {}
  for (const field of account.fields.all) {
    if (!field.isPublished) continue
    const { id, label, alias, type, group, order, object } = field
    fields[String(id)] = { id, label, alias, type, group, order, object }
  }
  return json(200, fields)
}

function listFields(call: Call): Answer {
  const { account, query } = call
  const object = objectOf(call)
  const { total, rows } = page<Field>(account, query, {
    rows: account.fields.all.filter((field) => field.object === object),
    columns: {
      id: numberColumn((field) => field.id),
      alias: textColumn((field) => field.alias),
      label: textColumn((field) => field.label),
      type: textColumn((field) => field.type),
      field_group: textColumn((field) => field.group),
      field_order: numberColumn((field) => field.order),
      is_published: numberColumn((field) => (field.isPublished ? 1 : 0)),
      date_added: dateColumn((field) => field.dateAdded),
    },
    searched: (field) => `${field.label} ${field.alias}`,
  })
  return json(200, { total, fields: rows.map((field) => fieldView(account, field)) })
}

/** 201, or 202 where the column is built in the background and the field stays unpublished until then. */
function newField(call: Call): Answer {
  const { account, body } = call
  const { quirks, fields } = account
  const object = objectOf(call)
  const type = FIELD_TYPES.find((one) => one === (textOf(body['type']) ?? 'text'))
  if (type === undefined) return errorAnswer(invalid({ type: ['This value is not valid.'] }))
  const label = textOf(body['label']) ?? ''
  if (label.trim() === '') return errorAnswer(invalid({ label: ['A label is required.'] }))
  const input = readFieldInput(body, type, groupsOf(object))
  checkProperties(body['properties'], type)
  const custom = fields.all.filter((field) => !field.isFixed).length
  if (quirks.fieldLimit > 0 && custom >= quirks.fieldLimit) throw new Crash('Row size too large')
  const isBackground = quirks.backgroundFields > 0
  const made = addField(fields, {
    charLengthLimit: type === 'text' && since(quirks, '5.1') ? 64 : null,
    ...input,
    object,
    type,
    label: label.trim(),
    alias: freeAlias(fields, textOf(body['alias']) || label),
    isPublished: isBackground ? false : (input.isPublished ?? true),
    publishAt: isBackground ? account.now + quirks.backgroundFields : null,
    dateAdded: moment(account),
  })
  return json(isBackground ? 202 : 201, { field: fieldView(account, made) })
}

/** Alias and type stay what they are. PUT on an unknown id creates. */
function editField(call: Call): Answer {
  const { account, body } = call
  const known = account.fields.all.find((field) => field.id === Number(call.params[1]))
  if (known === undefined && call.method === 'PUT') return newField(call)
  const field = fieldAt(call)
  const input = readFieldInput(body, field.type, groupsOf(field.object))
  Object.assign(field, input, { dateModified: moment(account) })
  if (field.publishAt !== null) field.isPublished = false
  account.fields.version += 1
  return json(200, { field: fieldView(account, field) })
}

function deleteField(call: Call): Answer {
  const { account } = call
  const field = fieldAt(call)
  if (field.isFixed) throw forbidden()
  const at = account.fields.all.indexOf(field)
  account.fields.all.splice(at, 1)
  account.fields.version += 1
  return json(200, { field: { ...fieldView(account, field), id: null } })
}

function fieldView(account: Account, field: Field): Record<string, unknown> {
  const { id, label, alias, type, group, order, object, defaultValue } = field
  const limit = since(account.quirks, '5.1') ? { charLengthLimit: field.charLengthLimit } : {}
  return {
    isPublished: field.isPublished,
    dateAdded: isoDate(field.dateAdded),
    dateModified: field.dateModified === null ? null : isoDate(field.dateModified),
    id,
    label,
    alias,
    type,
    group,
    order,
    object,
    defaultValue,
    isRequired: field.isRequired,
    isFixed: field.isFixed,
    isListable: field.isListable,
    isVisible: field.isVisible,
    isShortVisible: field.isShortVisible,
    isUniqueIdentifier: field.isUniqueIdentifier,
    isPubliclyUpdatable: field.isPubliclyUpdatable,
    ...limit,
    properties: propertiesOf(account, field),
  }
}

function propertiesOf(account: Account, field: Field): unknown {
  switch (field.type) {
    case 'select':
    case 'multiselect':
      return { list: field.options }
    case 'boolean':
      return { yes: field.yes, no: field.no }
    case 'number':
      return { scale: field.scale, roundmode: 4 }
    default:
      return account.quirks.emptyListAs === 'array' ? [] : {}
  }
}

function objectOf(call: Call): FieldObject {
  switch (call.params[0]) {
    case 'contact':
    case 'lead':
      return 'lead'
    case 'company':
      return 'company'
    default:
      throw notFound()
  }
}

function fieldAt(call: Call): Field {
  const object = objectOf(call)
  const id = Number(call.params[1])
  const field = call.account.fields.all.find((one) => one.id === id && one.object === object)
  if (field === undefined) throw notFound()
  return field
}

function groupsOf(object: FieldObject): readonly string[] {
  return object === 'lead' ? GROUPS : COMPANY_GROUPS
}
