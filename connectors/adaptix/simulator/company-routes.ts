/** Companies: the catalogue with its rough writes, links to contacts, and the companies of a contact. */
import { type Account, type Company, moment } from './account.ts'
import { type Answer, errorAnswer, errorBody, invalid, json, notFound, rawJson } from './answer.ts'
import { readBatch } from './batch.ts'
import { newCompany } from './companies.ts'
import { success } from './contact-extras.ts'
import { contactOf } from './contact-routes.ts'
import { emptyList } from './contact-view.ts'
import { isoDate, sqlDate } from './dates.ts'
import { fitColumn, readInput } from './field-input.ts'
import type { Field } from './field-set.ts'
import { encodeArray, isPhpArray, isTruthy, textOf, toInt, valuesOf } from './php.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { keyedList } from './segment-routes.ts'
import { type Column, dateColumn, numberColumn, page, textColumn } from './small-list.ts'
import { fold } from './text.ts'

type Body = Readonly<Record<string, unknown>>

export const COMPANY_ROUTES: Routes = {
  'GET companies': listCompanies,
  'GET companies/:id': (call) => one(200, call.account, companyOf(call)),
  'POST companies/new': (call) => answer(call, create(call.account, call.body)),
  'PATCH|PUT companies/:id/edit': editCompany,
  'DELETE companies/:id/delete': deleteCompany,
  'POST companies/batch/new': (call) => batch(call, 201, (body) => create(call.account, body)),
  'PATCH|PUT companies/batch/edit': (call) => batch(call, 200, (body) => editItem(call, body)),
  'DELETE companies/batch/delete': deleteBatch,
  'POST companies/:id/contact/:contactId/:action': changeLink,
  'GET contacts/:id/companies': companiesOfContact,
}

function listCompanies({ account, query }: Call): Answer {
  const columns: Record<string, Column<Company>> = {
    id: numberColumn((company) => company.id),
    date_added: dateColumn((company) => company.dateAdded),
    date_modified: dateColumn((company) => company.dateModified),
    score: numberColumn((company) => company.score),
  }
  for (const field of companyFields(account)) {
    columns[field.alias] = textColumn((company) => company.values.get(field.alias) ?? null)
  }
  const { total, rows } = page<Company>(account, query, {
    rows: [...account.companies.values()],
    columns,
    searched: (company) => company.values.get('companyname') ?? '',
  })
  const items = rows.map((company) => [company.id, companyView(account, company)] as const)
  return rawJson(200, `{"total":"${total}","companies":${keyedList(account, items)}}`)
}

type Saved =
  | { readonly kind: 'saved'; readonly status: 200 | 201; readonly company: Company }
  | { readonly kind: 'refused'; readonly error: ReturnType<typeof invalid> }

/** A company that matches is edited instead, and loses what was not sent, unless `force` is given. */
function create(account: Account, body: Body): Saved {
  const matched = isTruthy(body['force']) ? null : matchCompany(account, body)
  return save(account, body, { company: matched, wipes: true })
}

function save(
  account: Account,
  body: Body,
  how: { readonly company: Company | null; readonly wipes: boolean },
): Saved {
  const details: Record<string, readonly string[]> = {}
  const values = new Map<string, string>(how.wipes ? [] : (how.company?.values ?? []))
  const rules = { quirks: account.quirks, now: account.now, keepsZero: true }
  for (const field of companyFields(account)) {
    const sent = body[field.alias]
    if (sent === undefined) continue
    const input = readInput(field, sent, rules)
    if (input.kind === 'bad') details[field.alias] = [input.message]
    if (input.kind === 'blank') values.delete(field.alias)
    if (input.kind === 'value') {
      values.set(field.alias, fitColumn(field, input.text, account.quirks))
    }
  }
  if (!values.has('companyname')) details['companyname'] = ['A company name is required.']
  if (Object.keys(details).length > 0) return { kind: 'refused', error: invalid(details) }
  const isNew = how.company === null
  const company = how.company ?? newCompany(account, new Map())
  company.values.clear()
  for (const [alias, text] of values) company.values.set(alias, text)
  if (body['score'] !== undefined) company.score = toInt(body['score'])
  if (!isNew) company.dateModified = moment(account)
  return { kind: 'saved', status: isNew ? 201 : 200, company }
}

/** By name, and by city, state and country where they are given. */
function matchCompany(account: Account, body: Body): Company | null {
  const keys = ['companyname', 'companycity', 'companystate', 'companycountry']
  const wanted = keys
    .map((alias) => [alias, fold(textOf(body[alias]) ?? '')] as const)
    .filter(([, text]) => text !== '')
  if (wanted[0]?.[0] !== 'companyname') return null
  for (const company of account.companies.values()) {
    if (wanted.every(([alias, text]) => fold(company.values.get(alias) ?? '') === text)) {
      return company
    }
  }
  return null
}

function editCompany(call: Call): Answer {
  const { account, body } = call
  const company = account.companies.get(idParam(call)) ?? null
  if (company === null && call.method === 'PATCH') throw notFound()
  return answer(call, save(account, body, { company, wipes: call.method === 'PUT' }))
}

function editItem(call: Call, body: Body): Saved {
  const company = call.account.companies.get(toInt(body['id'])) ?? null
  if (company === null && call.method === 'PATCH') {
    const error = { code: 404, message: 'Item was not found.', details: {} }
    return { kind: 'refused', error }
  }
  return save(call.account, body, { company, wipes: call.method === 'PUT' })
}

function batch(call: Call, status: number, write: (body: Body) => Saved): Answer {
  const { account } = call
  const companies: [string, string][] = []
  const codes: [string, string][] = []
  const errors: [string, string][] = []
  for (const [key, body] of readBatch(call)) {
    const saved = write(body)
    if (saved.kind === 'refused') {
      errors.push([key, JSON.stringify(errorBody(saved.error))])
      codes.push([key, String(saved.error.code)])
    } else {
      companies.push([key, JSON.stringify(companyView(account, saved.company))])
      codes.push([key, String(saved.status)])
    }
  }
  const failed = errors.length === 0 ? '' : `,"errors":${encodeArray(errors)}`
  return rawJson(
    status,
    `{"companies":${encodeArray(companies)},"statusCodes":${encodeArray(codes)}${failed}}`,
  )
}

function deleteCompany(call: Call): Answer {
  const company = companyOf(call)
  const view = companyView(call.account, company)
  remove(call.account, company)
  return json(200, { company: { ...view, id: null } })
}

function deleteBatch({ account, query }: Call): Answer {
  const ids = query['ids']
  const wanted = isPhpArray(ids) ? valuesOf(ids) : (textOf(ids) ?? '').split(',')
  const shown: [string, string][] = []
  wanted.forEach((id, position) => {
    const company = account.companies.get(toInt(id))
    if (company === undefined) return
    shown.push([String(position), JSON.stringify(companyView(account, company))])
    remove(account, company)
  })
  const list = shown.length === 0 ? emptyList(account) : encodeArray(shown)
  return rawJson(200, `{"companies":${list}}`)
}

function remove(account: Account, company: Company): void {
  account.companies.delete(company.id)
  for (const id of account.contacts.ids) {
    const row = account.contacts.rows[id]
    if (!row?.companies.includes(company.id)) continue
    row.companies = row.companies.filter((one) => one !== company.id)
    if (row.primaryCompany === company.id) row.primaryCompany = null
  }
}

function changeLink(call: Call): Answer {
  const company = companyOf(call)
  const row = contactOf(call, 1)
  switch (call.params[2]) {
    case 'add':
      if (!row.companies.includes(company.id)) row.companies = [...row.companies, company.id]
      row.primaryCompany ??= company.id
      return success(call.account)
    case 'remove':
      row.companies = row.companies.filter((id) => id !== company.id)
      if (row.primaryCompany === company.id) row.primaryCompany = null
      return success(call.account)
    default:
      throw notFound()
  }
}

/** Raw rows of the database: every value a text. */
function companiesOfContact(call: Call): Answer {
  const { account } = call
  const row = contactOf(call)
  const companies = row.companies.flatMap((id) => {
    const company = account.companies.get(id)
    if (company === undefined) return []
    const values: Record<string, string | null> = {}
    for (const { alias } of companyFields(account))
      values[alias] = company.values.get(alias) ?? null
    return {
      ...values,
      id: String(id),
      company_id: String(id),
      date_associated: sqlDate(row.dateAdded),
      date_added: sqlDate(company.dateAdded),
      is_primary: row.primaryCompany === id ? '1' : '0',
      score: String(company.score),
    }
  })
  return json(200, { total: companies.length, companies })
}

function companyOf(call: Call): Company {
  const company = call.account.companies.get(idParam(call))
  if (company === undefined) throw notFound()
  return company
}

function answer({ account }: Call, saved: Saved): Answer {
  return saved.kind === 'refused'
    ? errorAnswer(saved.error)
    : one(saved.status, account, saved.company)
}

function one(status: number, account: Account, company: Company): Answer {
  return json(status, { company: companyView(account, company) })
}

function companyFields(account: Account): readonly Field[] {
  return account.fields.all.filter((field) => field.object === 'company' && field.isPublished)
}

function companyView(account: Account, company: Company): Record<string, unknown> {
  const groups: Record<string, Record<string, unknown>> = { core: {}, professional: {}, other: {} }
  const all: Record<string, unknown> = { id: company.id }
  for (const { id, label, alias, type, group } of companyFields(account)) {
    const value = company.values.get(alias) ?? null
    const cells = groups[group]
    if (cells !== undefined) cells[alias] = { id: String(id), label, alias, type, group, value }
    all[alias] = value
  }
  const shown = Object.entries(groups).map(([group, cells]) => [
    group,
    Object.keys(cells).length === 0 ? [] : cells,
  ])
  return {
    isPublished: true,
    dateAdded: isoDate(company.dateAdded),
    dateModified: company.dateModified === null ? null : isoDate(company.dateModified),
    id: company.id,
    score: company.score,
    fields: { ...Object.fromEntries(shown), all },
  }
}
