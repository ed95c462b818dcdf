/** What happened to contacts, as the timeline tells it: computed from what the rows remember. */
import { type Answer, json } from './answer.ts'
import { contactOf } from './contact-routes.ts'
import type { ContactRow } from './contacts.ts'
import { isoDate, sqlMoment } from './dates.ts'
import { isPhpArray, textOf, toInt, valuesOf } from './php.ts'
import type { Quirks } from './quirks.ts'
import type { Call, Routes } from './routes.ts'
import { fold } from './text.ts'

export function activityRoutes(quirks: Quirks): Routes {
  const old: Routes = quirks.eventsRoute ? { 'GET contacts/:id/events': ofContact } : {}
  return {
    'GET contacts/activity': ofAll,
    'GET contacts/:id/activity': ofContact,
    ...old,
  }
}

interface Event {
  readonly event: keyof typeof EVENT_TYPES
  readonly at: number
  readonly contact: number
  readonly label: string | { readonly label: string; readonly href: string }
  readonly details: Readonly<Record<string, unknown>>
}

const EVENT_TYPES = {
  'lead.create': 'Contact created',
  'lead.identified': 'Contact identified',
  'lead.donotcontact': 'Do not contact',
  'lead.utmtagsadded': 'UTM tags recorded',
} as const
const limitDefault = 25

function ofContact(call: Call): Answer {
  return answer(call, eventsOf(contactOf(call)), false)
}

function ofAll(call: Call): Answer {
  const { contacts } = call.account
  const rows = contacts.ids.map((id) => contacts.rows[id]).filter((row) => row !== undefined)
  return answer(call, rows.flatMap(eventsOf), true)
}

function eventsOf(row: ContactRow): Event[] {
  const contact = row.id
  const href = `/s/contacts/view/${contact}`
  const label = { label: `Contact ${contact}`, href }
  const events: Event[] = [{ event: 'lead.create', at: row.dateAdded, contact, label, details: {} }]
  if (row.dateIdentified !== null) {
    events.push({ event: 'lead.identified', at: row.dateIdentified, contact, label, details: {} })
  }
  for (const { id, reason, channel, comments, dateAdded } of row.dnc) {
    const details = { dnc: { id, reason, channel, comments } }
    events.push({ event: 'lead.donotcontact', at: dateAdded, contact, label: channel, details })
  }
  for (const utm of row.utm) {
    const details = { utmtags: utm.values }
    events.push({ event: 'lead.utmtagsadded', at: utm.dateAdded, contact, label, details })
  }
  return events
}

function answer({ query }: Call, all: readonly Event[], isForAll: boolean): Answer {
  const filters = isPhpArray(query['filters']) ? query['filters'] : {}
  const events = all.filter((event) => passes(event, filters))
  const [column = 'timestamp', direction = 'DESC'] = orderOf(query)
  const sign = direction.toUpperCase() === 'ASC' ? 1 : -1
  const key = (event: Event) => (column === 'timestamp' ? event.at : event.event)
  events.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a.contact - b.contact))
  const page = Math.max(1, toInt(query['page']))
  const limit = toInt(query['limit']) || limitDefault
  return json(200, {
    events: events
      .slice((page - 1) * limit, page * limit)
      .map((event) => eventView(event, isForAll)),
    filters: { search: '', includeEvents: [], excludeEvents: [], ...filters },
    order: [column, direction],
    types: EVENT_TYPES,
    total: events.length,
    page,
    limit,
    maxPages: Math.ceil(events.length / limit),
  })
}

/** `order[]=timestamp&order[]=DESC`, or orderBy and orderByDir for the activity of all. */
function orderOf(query: Readonly<Record<string, unknown>>): string[] {
  const pair = valuesOf(query['order']).map((one) => textOf(one) ?? '')
  if (pair.length > 0) return pair
  const by = textOf(query['orderBy'])
  return by === null ? [] : [by, textOf(query['orderByDir']) ?? 'DESC']
}

function passes(event: Event, filters: Readonly<Record<string, unknown>>): boolean {
  const included = valuesOf(filters['includeEvents'])
  if (included.length > 0 && !included.includes(event.event)) return false
  if (valuesOf(filters['excludeEvents']).includes(event.event)) return false
  const from = sqlMoment(textOf(filters['dateFrom']) ?? '')
  if (from !== null && event.at < from) return false
  const to = sqlMoment(textOf(filters['dateTo']) ?? '')
  if (to !== null && event.at > to) return false
  const search = fold(textOf(filters['search']) ?? '')
  const label = typeof event.label === 'string' ? event.label : event.label.label
  return fold(`${label} ${EVENT_TYPES[event.event]}`).includes(search)
}

function eventView(event: Event, isForAll: boolean): Record<string, unknown> {
  return {
    event: event.event,
    eventId: `${event.event}.${event.contact}.${event.at}`,
    icon: 'fa-user',
    eventLabel: event.label,
    eventType: EVENT_TYPES[event.event],
    eventPriority: null,
    timestamp: isoDate(event.at),
    featured: false,
    ...(isForAll ? { contactId: String(event.contact) } : {}),
    details: event.details,
  }
}
