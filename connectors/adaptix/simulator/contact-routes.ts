/** Contacts: list, get, new, edit, delete and their batches. */
import { type Account, moment } from './account.ts'
import { type Answer, errorAnswer, notFound, rawJson } from './answer.ts'
import { readBatch, runBatch, tooMany } from './batch.ts'
import { listContacts, readSelect } from './contact-list.ts'
import { forgetMemberships } from './contact-merge.ts'
import { echo, emptyList, renderContact, SINGLE } from './contact-view.ts'
import { checkPoison, mayEdit, type WriteRequest, writeContact } from './contact-write.ts'
import { type ContactRow, removeRow, rowOf } from './contacts.ts'
import { encodeArray, isPhpArray, textOf, toInt, valuesOf } from './php.ts'
import { since } from './quirks.ts'
import { type Call, idParam, type Routes } from './routes.ts'

export const CONTACT_ROUTES: Routes = {
  'GET contacts': ({ account, query }) => listContacts(account, query),
  'GET contacts/:id': getContact,
  'POST contacts/new': (call) => writeOne(call, { method: 'POST', target: null, isBatch: false }),
  'POST contacts/batch/new': (call) =>
    runBatch(call, readBatch(call), { method: 'POST', isEdit: false }),
  'PATCH|PUT contacts/batch/edit': (call) =>
    runBatch(call, readBatch(call), {
      method: call.method === 'PUT' ? 'PUT' : 'PATCH',
      isEdit: true,
    }),
  'PATCH|PUT contacts/:id/edit': editContact,
  'DELETE contacts/batch/delete': deleteBatch,
  'DELETE contacts/:id/delete': deleteContact,
}

/** The contact of a path, or its survivor. Throws Refused: 404, or 403 for somebody else's. */
export function contactOf(call: Call, position = 0): ContactRow {
  const row = rowOf(call.account.contacts, idParam(call, position))
  if (row === null) throw notFound()
  mayEdit(call.account, row)
  return row
}

function getContact(call: Call): Answer {
  const row = contactOf(call)
  const select = readSelect(call.query)
  return rawJson(200, `{"contact":${renderContact(call.account, row, { ...SINGLE, select })}}`)
}

function editContact(call: Call): Answer {
  const target = rowOf(call.account.contacts, idParam(call))
  const method = call.method === 'PUT' ? 'PUT' : 'PATCH'
  if (target === null && method === 'PATCH') throw notFound()
  return writeOne(call, { method, target, isBatch: false })
}

function writeOne({ account, body }: Call, request: WriteRequest): Answer {
  const isLate = account.quirks.poisonEffects === 'all'
  if (!isLate) checkPoison(account, body)
  const result = writeContact(account, body, request)
  if (isLate) checkPoison(account, body)
  if (result.kind === 'refused') return errorAnswer(result.error)
  const { row, status, sent } = result
  const headers = status === 201 ? { location: `/api/contacts/${row.id}` } : {}
  return rawJson(status, `{"contact":${renderContact(account, row, echo(sent))}}`, headers)
}

function deleteContact(call: Call): Answer {
  const row = contactOf(call)
  const view = renderContact(call.account, row)
  remove(call.account, row)
  const shown = call.account.quirks.deletedIdInEcho ? view : view.replace(/"id":\d+/, '"id":null')
  return rawJson(200, `{"contact":${shown}}`)
}

/** `ids=1,2` (from 3.x) or `ids[]=1&ids[]=2`; unknown ids are simply missing from the answer. */
function deleteBatch({ account, query }: Call): Answer {
  if (Object.keys(query).length > account.quirks.batchLimit) throw tooMany(account)
  const ids = query['ids']
  const text = textOf(ids) ?? ''
  const isModern = since(account.quirks, '3.3')
  const wanted = isPhpArray(ids) ? valuesOf(ids) : isModern ? text.split(',') : []
  const shown: [string, string][] = []
  wanted.forEach((id, position) => {
    const row = account.contacts.rows[toInt(id)]
    if (row === undefined) return
    mayEdit(account, row)
    shown.push([String(position), renderContact(account, row)])
    remove(account, row)
  })
  const list = shown.length === 0 ? emptyList(account) : encodeArray(shown)
  return rawJson(200, `{"contacts":${list}}`)
}

function remove(account: Account, row: ContactRow): void {
  removeRow(account.contacts, row)
  forgetMemberships(account, row.id)
  const user = account.user.id
  account.audit.push({ at: moment(account), contact: row.id, action: 'delete', user })
}
