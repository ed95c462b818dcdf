/** People who work here and the stages they use: owners, users, stages, and the devices of a contact. */
import type { Device, Stage, User } from './account.ts'
import { type Answer, json, notFound } from './answer.ts'
import { expose } from './consent.ts'
import { success } from './contact-extras.ts'
import { contactOf } from './contact-routes.ts'
import { textOf, toInt } from './php.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { numberColumn, page, textColumn } from './small-list.ts'
import { fold } from './text.ts'
import { touch } from './touch.ts'

export const USER_ROUTES: Routes = {
  'GET contacts/list/owners': listOwners,
  'GET users': listUsers,
  'GET users/self': ({ account }) => json(200, userView(account.user)),
  'GET users/:id': (call) => json(200, { user: userView(userOf(call)) }),
  'GET stages': listStages,
  'POST stages/:id/contact/:contactId/:action': changeStage,
  'GET contacts/:id/devices': listDevices,
}

/** A bare array sorted by name, without addresses; all of them unless limited. */
function listOwners({ account, query }: Call): Answer {
  const filter = fold(textOf(query['filter']) ?? '')
  const owners = account.users
    .filter((user) => fold(`${user.firstName} ${user.lastName}`).includes(filter))
    .sort((a, b) => (`${a.firstName} ${a.lastName}` < `${b.firstName} ${b.lastName}` ? -1 : 1))
    .map(({ id, firstName, lastName }) => ({ id, firstName, lastName }))
  const start = Math.max(0, toInt(query['start']))
  const limit = toInt(query['limit'])
  return json(200, limit > 0 ? owners.slice(start, start + limit) : owners.slice(start))
}

function listUsers({ account, query }: Call): Answer {
  const { total, rows } = page<User>(account, query, {
    rows: account.users,
    columns: {
      id: numberColumn((user) => user.id),
      username: textColumn((user) => user.username),
    },
    searched: (user) => `${user.firstName} ${user.lastName} ${user.email}`,
  })
  return json(200, { total, users: rows.map(userView) })
}

function listStages({ account, query }: Call): Answer {
  const { total, rows } = page<Stage>(account, query, {
    rows: account.stages,
    columns: { id: numberColumn((stage) => stage.id), name: textColumn((stage) => stage.name) },
    searched: (stage) => stage.name,
  })
  return json(200, { total, stages: rows.map((stage) => ({ isPublished: true, ...stage })) })
}

function changeStage(call: Call): Answer {
  const { account } = call
  const stage = account.stages.find((one) => one.id === idParam(call))
  if (stage === undefined) throw notFound()
  const row = contactOf(call, 1)
  const before = row.stage
  if (call.params[2] === 'add') row.stage = stage.id
  else if (call.params[2] !== 'remove') throw notFound()
  else if (row.stage === stage.id) row.stage = null
  const tracked = row.stage !== before
  touch(account, row, { tracked, dnc: false, lastActive: false }, false)
  if (tracked && row.stage !== null) expose(account, row, 'moved to a stage')
  return success(account)
}

function listDevices(call: Call): Answer {
  const devices = call.account.devices.get(contactOf(call).id) ?? []
  return json(200, { total: devices.length, devices: devices.map(deviceView) })
}

function deviceView({ id, userAgent }: Device): Record<string, unknown> {
  const os = SYSTEMS.find(([pattern]) => pattern.test(userAgent))
  return {
    id,
    lead: [],
    clientInfo: { type: 'browser', name: userAgent.split(/[/ ]/)[0] ?? '' },
    device: /mobile|iphone|android/i.test(userAgent) ? 'smartphone' : 'desktop',
    deviceOsName: os?.[1] ?? null,
    deviceOsShortName: os?.[2] ?? null,
    deviceOsPlatform: /x64|x86_64|win64/i.test(userAgent) ? 'x64' : null,
  }
}

const SYSTEMS = [
  [/windows/i, 'Windows', 'WIN'],
  [/iphone|ipad/i, 'iOS', 'IOS'],
  [/mac os/i, 'Mac', 'MAC'],
  [/android/i, 'Android', 'AND'],
  [/linux/i, 'GNU/Linux', 'LIN'],
] as const

function userOf(call: Call): User {
  const user = call.account.users.find((one) => one.id === idParam(call))
  if (user === undefined) throw notFound()
  return user
}

function userView(user: User): Record<string, unknown> {
  return { isPublished: true, ...user, position: null, timezone: '', locale: '' }
}
