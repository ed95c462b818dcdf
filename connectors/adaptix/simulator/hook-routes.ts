/** Webhooks as definitions; the simulated server never calls out. */
import { moment, nextId } from './account.ts'
import { type Answer, json, notFound, Refused } from './answer.ts'
import { isoDate } from './dates.ts'
import { isTruthy, textOf, valuesOf } from './php.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { numberColumn, page, textColumn } from './small-list.ts'

export const HOOK_ROUTES: Routes = {
  'GET hooks': listHooks,
  'GET hooks/triggers': listTriggers,
  'GET hooks/:id': (call) => json(200, { hook: hookOf(call) }),
  'POST hooks/new': createHook,
  'PATCH|PUT hooks/:id/edit': editHook,
  'DELETE hooks/:id/delete': deleteHook,
}

type Hook = Record<string, unknown>

const TRIGGERS = [
  'lead_post_save_new',
  'lead_post_save_update',
  'lead_post_delete',
  'lead_points_change',
  'lead_channel_subscription_changed',
  'lead_company_change',
  'lead_list_change',
]

/** Names carry the brand: `adaptix.lead_post_save_new`. */
function listTriggers({ account }: Call): Answer {
  const brand = account.quirks.versionHeader === 'Mautic-Version' ? 'mautic' : 'adaptix'
  const triggers = TRIGGERS.map((name) => [
    `${brand}.${name}`,
    { label: name.replaceAll('_', ' '), description: '' },
  ])
  return json(200, { triggers: Object.fromEntries(triggers) })
}

function listHooks({ account, query }: Call): Answer {
  const { total, rows } = page<Hook>(account, query, {
    rows: [...account.hooks.values()],
    columns: {
      id: numberColumn((hook) => Number(hook['id'])),
      name: textColumn((hook) => textOf(hook['name'])),
    },
    searched: (hook) => textOf(hook['name']) ?? '',
  })
  return json(200, { total, hooks: rows })
}

function createHook({ account, body }: Call): Answer {
  for (const key of ['name', 'webhookUrl']) {
    if ((textOf(body[key]) ?? '') === '') {
      const text = 'This value should not be blank.'
      throw new Refused(400, `${key}: ${text}`, { [key]: [text] })
    }
  }
  const id = nextId(account, 'hook')
  const dateAdded = isoDate(moment(account))
  const hook: Hook = { isPublished: true, dateAdded, dateModified: null, id, ...readHook(body) }
  account.hooks.set(id, hook)
  return json(201, { hook })
}

function editHook(call: Call): Answer {
  const { account, body } = call
  const hook = hookOf(call)
  Object.assign(hook, readHook(body), { dateModified: isoDate(moment(account)) })
  return json(200, { hook })
}

function deleteHook(call: Call): Answer {
  const hook = hookOf(call)
  call.account.hooks.delete(idParam(call))
  return json(200, { hook: { ...hook, id: null } })
}

function readHook(body: Readonly<Record<string, unknown>>): Hook {
  const hook: Hook = {}
  for (const key of ['name', 'description', 'webhookUrl', 'secret', 'eventsOrderbyDir']) {
    if (body[key] !== undefined) hook[key] = textOf(body[key])
  }
  if (body['isPublished'] !== undefined) hook['isPublished'] = isTruthy(body['isPublished'])
  if (body['triggers'] !== undefined) hook['triggers'] = valuesOf(body['triggers']).map(textOf)
  return hook
}

function hookOf(call: Call): Hook {
  const hook = call.account.hooks.get(idParam(call))
  if (hook === undefined) throw notFound()
  return hook
}
