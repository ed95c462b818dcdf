/** Segments: the catalogue, members by hand one by one and in bulk, and the segments of a contact. */
import { type Account, moment, type Segment } from './account.ts'
import { type Answer, Crash, forbidden, json, notFound, rawJson, Refused } from './answer.ts'
import { expose } from './consent.ts'
import { success } from './contact-extras.ts'
import { contactOf } from './contact-routes.ts'
import { emptyList } from './contact-view.ts'
import { rowOf } from './contacts.ts'
import { isoDate } from './dates.ts'
import { addMember, membershipOf, removeMember } from './membership.ts'
import { isPhpArray, isTruthy, textOf, toInt, valuesOf } from './php.ts'
import type { Quirks } from './quirks.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { newSegment } from './seed.ts'
import { dateColumn, numberColumn, page, textColumn } from './small-list.ts'
import { cleanText, lengthOf } from './text.ts'

export function segmentRoutes(quirks: Quirks): Routes {
  const bulk: Routes = quirks.noSegmentsBulk ? {} : { 'POST segments/:id/contacts/add': addMany }
  return {
    'GET segments': listSegments,
    'GET contacts/list/segments': listForContacts,
    'GET segments/:id': (call) => one(200, segmentOf(call)),
    'POST segments/new': createSegment,
    'PATCH|PUT segments/:id/edit': editSegment,
    'DELETE segments/:id/delete': deleteSegment,
    'POST segments/:id/contact/:contactId/:action': changeMember,
    'GET contacts/:id/segments': segmentsOfContact,
    ...bulk,
  }
}

/** An object keyed by id as JSON text, empty as the release has it. */
export function keyedList(account: Account, items: readonly (readonly [number, unknown])[]) {
  if (items.length === 0) return emptyList(account)
  return `{${items.map(([id, item]) => `"${id}":${JSON.stringify(item)}`).join(',')}}`
}

function visible(account: Account): Segment[] {
  return [...account.segments.values()].filter((segment) => isVisible(account, segment))
}

function isVisible(account: Account, segment: Segment): boolean {
  return segment.isGlobal || segment.createdBy === account.user.id
}

function listSegments({ account, query }: Call): Answer {
  const { total, rows } = page<Segment>(account, query, {
    rows: visible(account),
    columns: {
      id: numberColumn((segment) => segment.id),
      name: textColumn((segment) => segment.name),
      alias: textColumn((segment) => segment.alias),
      is_published: numberColumn((segment) => (segment.isPublished ? 1 : 0)),
      date_added: dateColumn((segment) => segment.dateAdded),
      date_modified: dateColumn((segment) => segment.dateModified),
    },
    searched: (segment) => segment.name,
  })
  const lists = keyedList(
    account,
    rows.map((segment) => [segment.id, segmentView(segment)]),
  )
  return rawJson(200, `{"total":${total},"lists":${lists}}`)
}

function listForContacts({ account }: Call): Answer {
  const items = visible(account).map(({ id, name, alias }) => [id, { id, name, alias }] as const)
  return rawJson(200, keyedList(account, items))
}

function createSegment({ account, body }: Call): Answer {
  const name = readName(body['name'])
  if (name === null) throw blankName()
  const { alias, ...draft } = readDraft(body)
  return one(
    201,
    newSegment(account, {
      ...draft,
      ...(alias === undefined ? {} : { alias }),
      name,
      createdBy: account.user.id,
    }),
  )
}

/** PUT on an unknown id creates. */
function editSegment(call: Call): Answer {
  const { account, body } = call
  if (call.method === 'PUT' && !account.segments.has(idParam(call))) return createSegment(call)
  const segment = segmentOf(call)
  const name = body['name'] === undefined ? segment.name : readName(body['name'])
  if (name === null) throw blankName()
  Object.assign(segment, readDraft(body), { name, dateModified: moment(account) })
  return one(200, segment)
}

function deleteSegment(call: Call): Answer {
  const segment = segmentOf(call)
  call.account.segments.delete(segment.id)
  return json(200, { list: { ...segmentView(segment), id: null } })
}

/** Adding a member again changes nothing; dates of the contact never move. */
function changeMember(call: Call): Answer {
  const { account } = call
  const segment = segmentOf(call)
  const row = contactOf(call, 1)
  switch (call.params[2]) {
    case 'add':
      if (addMember(account, segment, row)) expose(account, row, 'put into a segment')
      return success(account)
    case 'remove':
      removeMember(account, segment, row)
      return success(account)
    default:
      throw notFound()
  }
}

/** `{"ids":[..]}`; every id has its own result. */
function addMany(call: Call): Answer {
  const { account, body } = call
  const segment = segmentOf(call)
  if (!isPhpArray(body['ids'])) throw new Refused(400, 'The "ids" parameter is required.')
  const details: Record<string, unknown> = {}
  for (const sent of valuesOf(body['ids'])) {
    const id = toInt(sent)
    const row = rowOf(account.contacts, id)
    details[String(id)] = { success: row !== null }
    if (row !== null && addMember(account, segment, row)) {
      expose(account, row, 'put into a segment')
    }
  }
  return success(account, { details })
}

/** Those removed by hand are left out. */
function segmentsOfContact(call: Call): Answer {
  const { account } = call
  const row = contactOf(call)
  const items: (readonly [number, unknown])[] = []
  for (const segment of account.segments.values()) {
    const membership = membershipOf(account, segment, row)
    if (membership === null || membership.manuallyRemoved) continue
    const { id, name, alias } = segment
    const dateAdded = isoDate(membership.dateAdded)
    items.push([id, { id, name, alias, ...membership, dateAdded }])
  }
  const key = account.quirks.segmentsKey
  return rawJson(200, `{"total":${items.length},"${key}":${keyedList(account, items)}}`)
}

/** Throws Refused: 404, or 403 for a segment that is not global and somebody else's. */
function segmentOf(call: Call): Segment {
  const segment = call.account.segments.get(idParam(call))
  if (segment === undefined) throw notFound()
  if (!isVisible(call.account, segment)) throw forbidden()
  return segment
}

function readName(sent: unknown): string | null {
  const name = cleanText(textOf(sent) ?? '')
  if (lengthOf(name) > 191) throw new Crash("Data too long for column 'name'")
  return name === '' ? null : name
}

function blankName(): Refused {
  const text = 'A name is required.'
  return new Refused(400, `name: ${text}`, { name: [text] })
}

type Draft = { -readonly [key in keyof Segment]?: Segment[key] }

function readDraft(body: Readonly<Record<string, unknown>>): Draft {
  const draft: Draft = {}
  const alias = textOf(body['alias'])
  if (alias !== null && alias !== '') draft.alias = alias
  const publicName = textOf(body['publicName'])
  if (publicName !== null) draft.publicName = cleanText(publicName)
  if (body['description'] !== undefined) draft.description = textOf(body['description'])
  if (body['isPublished'] !== undefined) draft.isPublished = isTruthy(body['isPublished'])
  if (body['isGlobal'] !== undefined) draft.isGlobal = isTruthy(body['isGlobal'])
  if (body['isPreferenceCenter'] !== undefined) {
    draft.isPreferenceCenter = isTruthy(body['isPreferenceCenter'])
  }
  if (body['filters'] !== undefined) draft.filters = valuesOf(body['filters']).filter(isPhpArray)
  return draft
}

function one(status: number, segment: Segment): Answer {
  return json(status, { list: segmentView(segment) })
}

function segmentView(segment: Segment): Record<string, unknown> {
  const { id, name, publicName, alias, description, category, filters } = segment
  return {
    isPublished: segment.isPublished,
    dateAdded: isoDate(segment.dateAdded),
    dateModified: segment.dateModified === null ? null : isoDate(segment.dateModified),
    createdBy: segment.createdBy,
    id,
    name,
    publicName,
    alias,
    description,
    category,
    filters,
    isGlobal: segment.isGlobal,
    isPreferenceCenter: segment.isPreferenceCenter,
  }
}
