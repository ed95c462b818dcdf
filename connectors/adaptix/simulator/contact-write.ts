/** Writes one contact: match, check, apply, side effects; the same for single requests and batch items. */
import { type Account, moment } from './account.ts'
import { type ControllerError, Crash, type Details, forbidden, invalid } from './answer.ts'
import { emailOf, expose, isOptedOut, optedOut } from './consent.ts'
import {
  applyCompanies,
  applyDnc,
  applyIp,
  applyTags,
  type Body,
  followCompanyField,
  readLastActive,
} from './contact-input.ts'
import { clash, matchContact } from './contact-match.ts'
import { mergeInto } from './contact-merge.ts'
import { type ContactRow, cellAt, cellsOf, insertRow, setCells } from './contacts.ts'
import { type FieldInput, fitColumn, readInput } from './field-input.ts'
import { type Field, fieldOf, publishedLead } from './field-set.ts'
import { isTruthy, textOf, toInt } from './php.ts'
import { since } from './quirks.ts'
import { touch, type Touched } from './touch.ts'

export interface WriteRequest {
  readonly method: 'POST' | 'PATCH' | 'PUT'
  /** The contact that the request names; null: none, or none that exists. */
  readonly target: ContactRow | null
  readonly isBatch: boolean
}
export type WriteResult =
  | {
      readonly kind: 'saved'
      readonly status: 200 | 201
      readonly row: ContactRow
      readonly sent: ReadonlySet<string>
    }
  | { readonly kind: 'refused'; readonly error: ControllerError }

/** Throws Crash for what the server does not catch, Refused where the user may not edit the contact. */
export function writeContact(account: Account, body: Body, request: WriteRequest): WriteResult {
  const inputs = readInputs(account, body, request)
  const matched =
    request.target ?? (request.method === 'POST' ? matchContact(account, inputs) : null)
  if (matched !== null) mayEdit(account, matched)
  const edits = decideEdits(account, body, inputs, { ...request, target: matched })
  const details = {
    ...edits.details,
    ...missing(inputs, request, matched === null, account),
    ...referenceErrors(account, body),
  }
  if (Object.keys(details).length > 0) return { kind: 'refused', error: invalid(details) }
  const twin = clash(account, edits.values, matched)
  if (twin !== null && since(account.quirks, '5.1')) {
    return { kind: 'refused', error: invalid({ [twin.alias]: [NOT_UNIQUE] }, 422) }
  }
  const fitted = fitValues(account, edits.values)
  const isNew = matched === null
  const survivor =
    twin === null || matched === null ? matched : mergeInto(account, matched, twin.row)
  const row = survivor ?? insertRow(account.contacts, moment(account), [])
  if (isNew) row.createdBy = account.user.id
  apply(account, row, fitted, { body, request, isNew, wipes: edits.wipes })
  const sent = new Set(Object.keys(body))
  return { kind: 'saved', status: isNew ? 201 : 200, row, sent }
}

export function mayEdit(account: Account, row: ContactRow): void {
  if (account.quirks.ownRecordsOnly && row.createdBy !== account.user.id) throw forbidden()
}

function readInputs(account: Account, body: Body, request: WriteRequest): Map<Field, FieldInput> {
  const inputs = new Map<Field, FieldInput>()
  const rules = {
    quirks: account.quirks,
    now: account.now,
    keepsZero: request.method === 'PUT',
  }
  for (const field of publishedLead(account.fields)) {
    const sent = body[field.alias]
    if (sent !== undefined) inputs.set(field, readInput(field, sent, rules))
  }
  return inputs
}

interface Edits {
  readonly values: Map<Field, string>
  readonly details: Details
  /** Whether fields that were not sent are emptied. */
  readonly wipes: boolean
}

function decideEdits(
  account: Account,
  body: Body,
  inputs: ReadonlyMap<Field, FieldInput>,
  request: WriteRequest,
): Edits {
  const values = new Map<Field, string>()
  const details: Record<string, readonly string[]> = {}
  const blanks =
    request.method === 'PUT' ||
    (since(account.quirks, '3.3') && isTrueFlag(body['overwriteWithBlank']))
  const isSinglePost = request.method === 'POST' && !request.isBatch
  const wipes = request.target !== null && (request.method === 'PUT' || (blanks && isSinglePost))
  if (wipes) for (const field of publishedLead(account.fields)) values.set(field, '')
  for (const [field, input] of inputs) {
    if (input.kind === 'bad') details[field.alias] = [input.message]
    if (input.kind === 'value') values.set(field, input.text)
    if (input.kind === 'blank' && blanks) values.set(field, '')
  }
  return { values, details, wipes }
}

function isTrueFlag(value: unknown): boolean {
  return isTruthy(value) && textOf(value)?.toLowerCase() !== 'false'
}

/** Required custom fields count on POST and PUT; PATCH leaves them alone unless it blanks them. */
function missing(
  inputs: ReadonlyMap<Field, FieldInput>,
  request: WriteRequest,
  isNew: boolean,
  account: Account,
): Details {
  const details: Record<string, readonly string[]> = {}
  if (request.method === 'PATCH' || !(isNew || request.method === 'PUT')) return details
  for (const field of publishedLead(account.fields)) {
    if (!field.isRequired || field.isFixed) continue
    const input = inputs.get(field)
    if (input?.kind === 'bad') continue
    if (input?.kind !== 'value' && (field.defaultValue ?? '') === '') {
      details[field.alias] = [`${field.label} is required.`]
    }
  }
  return details
}

function referenceErrors(account: Account, body: Body): Details {
  const details: Record<string, readonly string[]> = {}
  const owner = textOf(body['owner'])
  if (owner !== null && owner !== '' && !account.users.some((user) => user.id === toInt(owner))) {
    details['owner'] = ['This value is not valid.']
  }
  const stage = textOf(body['stage'])
  if (stage !== null && stage !== '' && !account.stages.some((one) => one.id === toInt(stage))) {
    details['stage'] = ['This value is not valid.']
  }
  return details
}

function fitValues(account: Account, values: ReadonlyMap<Field, string>): Map<Field, string> {
  const fitted = new Map<Field, string>()
  for (const [field, text] of values) {
    fitted.set(field, text === '' ? '' : fitColumn(field, text, account.quirks))
  }
  return fitted
}

interface Application {
  readonly body: Body
  readonly request: WriteRequest
  readonly isNew: boolean
  readonly wipes: boolean
}

function apply(
  account: Account,
  row: ContactRow,
  values: ReadonlyMap<Field, string>,
  how: Application,
): void {
  const { body, isNew } = how
  const emailBefore = emailOf(account, row)
  const touched: Touched = { tracked: false, dnc: false, lastActive: false }
  if (setFields(account, row, values, isNew)) touched.tracked = true
  if (setProperties(account, row, values, how)) touched.tracked = true
  const active =
    body['lastActive'] === undefined ? null : readLastActive(account, body['lastActive'])
  if (active !== null && active !== row.lastActive) {
    row.lastActive = active
    touched.lastActive = true
  }
  if (body['ipAddress'] !== undefined && applyIp(account, row, body['ipAddress'])) {
    touched.tracked = true
  }
  if (body['companies'] !== undefined) applyCompanies(account, row, body['companies'])
  const wasOptedOut = isOptedOut(row)
  const tags =
    body['tags'] === undefined
      ? { changed: false, added: false }
      : applyTags(account, row, body['tags'])
  if (tags.changed) touched.tracked = true
  const { dncInline } = account.quirks
  const dnc = applyDnc(account, row, dncInline ? body['doNotContact'] : undefined)
  touched.dnc = dnc.any
  touch(account, row, touched, isNew)
  if (!wasOptedOut && isOptedOut(row)) optedOut(account, row)
  else if (isNew && dncInline) expose(account, row, 'created')
  else if (wasOptedOut && !isOptedOut(row)) expose(account, row, 'opted in again')
  // Where nobody can be created opted out, being created is no lateness; being tagged in the same breath is.
  else if (!isNew && emailOf(account, row) !== emailBefore) expose(account, row, 'given an address')
  if (tags.added && (!isNew || !dncInline)) expose(account, row, 'tagged')
  account.audit.push({
    at: moment(account),
    contact: row.id,
    action: isNew ? 'create' : 'update',
    user: account.user.id,
  })
}

function setFields(
  account: Account,
  row: ContactRow,
  values: ReadonlyMap<Field, string>,
  isNew: boolean,
): boolean {
  const before = row.cells
  const companyBefore = companyOf(account, row)
  const cells = cellsOf(row)
  for (let i = cells.length; i < account.fields.columns; i++) cells.push('')
  for (const [field, text] of values) if (field.column >= 0) cells[field.column] = text
  for (const field of publishedLead(account.fields)) {
    if (field.column < 0) continue
    const value = cells[field.column] ?? ''
    if (isNew && value === '') cells[field.column] = field.defaultValue ?? ''
    // From 5.2 a stored option that left the list is emptied by any save.
    const isOrphan =
      field.type === 'select' &&
      value !== '' &&
      since(account.quirks, '5.2') &&
      !field.options.some((option) => option.value === value)
    if (isOrphan) cells[field.column] = ''
  }
  setCells(account.contacts, row, cells)
  if (companyOf(account, row) !== companyBefore) followCompanyField(account, row)
  return row.cells !== before
}

/** Points, owner and stage; says whether one changed. */
function setProperties(
  account: Account,
  row: ContactRow,
  values: ReadonlyMap<Field, string>,
  how: Application,
): boolean {
  const { body, request, isNew, wipes } = how
  const before = [row.points, row.owner, row.stage].join()
  for (const [field, text] of values) {
    if (field.alias === 'points') row.points = toInt(text)
    if (field.alias === 'last_active' && text !== '') {
      row.lastActive = Date.parse(`${text.replace(' ', 'T')}Z`)
    }
  }
  const isModern = since(account.quirks, '5.1')
  // Before 5.x a form without an owner clears it; only PATCH and batch items are partial.
  const clearsOwner =
    !isNew && !isModern && (wipes || (request.method === 'POST' && !request.isBatch))
  if (body['owner'] !== undefined) row.owner = referenceOf(body['owner'])
  else if (clearsOwner) row.owner = null
  if (body['stage'] !== undefined) row.stage = referenceOf(body['stage'])
  else if (wipes && !isModern && request.method === 'PUT') row.stage = null
  return [row.points, row.owner, row.stage].join() !== before
}

function referenceOf(value: unknown): number | null {
  const id = toInt(value)
  return id === 0 ? null : id
}

function companyOf(account: Account, row: ContactRow): string {
  const field = fieldOf(account.fields, 'lead', 'company')
  return field === null ? '' : cellAt(row, field.column)
}

const NOT_UNIQUE = 'This field must be unique.'

/** Throws Crash when a body carries what this server chokes on. */
export function checkPoison(account: Account, body: Body): void {
  const { poisonEmail, poisonField, poisonValue } = account.quirks
  const email = (textOf(body['email']) ?? '').trim().toLowerCase()
  if (poisonEmail !== '' && email === poisonEmail.toLowerCase()) throw new Crash('poisoned')
  if (poisonField !== '' && textOf(body[poisonField]) === poisonValue) throw new Crash('poisoned')
}
