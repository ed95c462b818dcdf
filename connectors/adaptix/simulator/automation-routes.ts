/** Automations (campaigns upstream): the catalogue, who is in, and the automations of a contact. */
import { type Automation, moment } from './account.ts'
import { type Answer, json, notFound, rawJson } from './answer.ts'
import { expose } from './consent.ts'
import { success } from './contact-extras.ts'
import { contactOf } from './contact-routes.ts'
import { isoDate, sqlDate } from './dates.ts'
import type { Quirks } from './quirks.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { keyedList } from './segment-routes.ts'
import { dateColumn, numberColumn, page, textColumn } from './small-list.ts'

export function automationRoutes({ automationsPath: path }: Quirks): Routes {
  return {
    [`GET ${path}`]: listAutomations,
    [`GET ${path}/:id`]: (call) => json(200, { campaign: automationView(automationOf(call)) }),
    [`GET ${path}/:id/contacts`]: membersOf,
    [`POST ${path}/:id/contact/:contactId/:action`]: changeMember,
    [`GET contacts/:id/${path}`]: automationsOfContact,
  }
}

function listAutomations({ account, query }: Call): Answer {
  const { total, rows } = page<Automation>(account, query, {
    rows: [...account.automations.values()],
    columns: {
      id: numberColumn((automation) => automation.id),
      name: textColumn((automation) => automation.name),
      date_added: dateColumn((automation) => automation.dateAdded),
    },
    searched: (automation) => automation.name,
  })
  const items = rows.map((automation) => [automation.id, automationView(automation)] as const)
  const key = account.quirks.automationsKey
  return rawJson(200, `{"total":${total},"${key}":${keyedList(account, items)}}`)
}

/** Adding a contact starts the flow, which may send mail at once. */
function changeMember(call: Call): Answer {
  const { account } = call
  const automation = automationOf(call)
  const row = contactOf(call, 1)
  switch (call.params[2]) {
    case 'add':
      if (!automation.members.has(row.id)) {
        automation.members.set(row.id, moment(account))
        expose(account, row, 'put into an automation')
      }
      return success(account)
    case 'remove':
      automation.members.delete(row.id)
      return success(account)
    default:
      throw notFound()
  }
}

function membersOf(call: Call): Answer {
  const { account, query } = call
  const automation = automationOf(call)
  const { total, rows } = page<readonly [number, number]>(account, query, {
    rows: [...automation.members],
    columns: { lead_id: numberColumn(([id]) => id) },
    searched: () => '',
  })
  const contacts = rows.map(([id, at]) => ({
    campaign_id: String(automation.id),
    lead_id: String(id),
    date_added: sqlDate(at),
    manually_removed: '0',
    manually_added: '1',
  }))
  return json(200, { total: String(total), contacts })
}

function automationsOfContact(call: Call): Answer {
  const { account } = call
  const row = contactOf(call)
  const items: (readonly [number, unknown])[] = []
  for (const automation of account.automations.values()) {
    const at = automation.members.get(row.id)
    if (at === undefined) continue
    const { id, name } = automation
    const flags = { manuallyAdded: true, manuallyRemoved: false, listMembership: [] }
    items.push([id, { id, name, dateAdded: isoDate(at), ...flags }])
  }
  const key = account.quirks.automationsKey
  return rawJson(200, `{"total":${items.length},"${key}":${keyedList(account, items)}}`)
}

function automationOf(call: Call): Automation {
  const automation = call.account.automations.get(idParam(call))
  if (automation === undefined) throw notFound()
  return automation
}

function automationView(automation: Automation): Record<string, unknown> {
  const { id, name, description, isPublished } = automation
  const dateAdded = isoDate(automation.dateAdded)
  return { isPublished, dateAdded, id, name, description, category: null, events: [], lists: {} }
}
