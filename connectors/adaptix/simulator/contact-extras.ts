/** What hangs on a contact and is written on its own: do-not-contact, UTM tags, points. */
import { type Account, moment, nextId } from './account.ts'
import { type Answer, json, rawJson, Refused } from './answer.ts'
import { expose, isOptedOut, optedOut } from './consent.ts'
import { addDnc, type DncChange, readLastActive, removeDnc } from './contact-input.ts'
import { contactOf } from './contact-routes.ts'
import { BARE, renderContact } from './contact-view.ts'
import type { ContactRow } from './contacts.ts'
import { isPhpArray, parseBrackets, textOf, toInt } from './php.ts'
import { since } from './quirks.ts'
import type { Call, Routes } from './routes.ts'
import { cleanText } from './text.ts'
import { touch } from './touch.ts'

export const CONTACT_EXTRA_ROUTES: Routes = {
  'POST contacts/:id/dnc/:channel/add': dncAdd,
  'POST contacts/:id/dnc/:channel/remove': dncRemove,
  'POST contacts/:id/utm/add': utmAdd,
  'POST contacts/:id/utm/:utmId/remove': utmRemove,
  'POST contacts/:id/points/:operator/:number': changePoints,
}

/** `{"success":1}` in code, `true` in the documents. */
export function success(account: Account, more: Readonly<Record<string, unknown>> = {}): Answer {
  return json(200, { success: account.quirks.successAs === 'number' ? 1 : true, ...more })
}

/** The channel is that of the path; reason 3 unless said otherwise, from 3.3 refused when not a whole number above zero. */
function dncAdd(call: Call): Answer {
  const { account, body } = call
  const row = contactOf(call)
  const channel = call.params[1] ?? 'email'
  const reason = readReason(account, body['reason'])
  const channelId = body['channelId'] === undefined ? null : toInt(body['channelId'])
  const comments = textOf(body['comments']) ?? ''
  const wasOptedOut = isOptedOut(row)
  const change = addDnc(account, row, { channel, reason, comments, channelId })
  settle(account, row, change, wasOptedOut)
  return rawJson(200, `{"contact":${renderContact(account, row, BARE)}}`)
}

function dncRemove(call: Call): Answer {
  const { account } = call
  const row = contactOf(call)
  const wasOptedOut = isOptedOut(row)
  const change = removeDnc(row, call.params[1] ?? 'email')
  settle(account, row, change, wasOptedOut)
  const found = change !== 'none'
  return rawJson(200, `{"recordFound":${found},"contact":${renderContact(account, row, BARE)}}`)
}

function settle(account: Account, row: ContactRow, change: DncChange, wasOptedOut: boolean): void {
  if (change !== 'none')
    touch(account, row, { tracked: false, dnc: true, lastActive: false }, false)
  if (!wasOptedOut && isOptedOut(row)) optedOut(account, row)
  if (wasOptedOut && !isOptedOut(row)) expose(account, row, 'opted in again')
}

function readReason(account: Account, sent: unknown): number {
  if (!since(account.quirks, '3.3')) return toInt(sent)
  if (sent === undefined || sent === null) return 3
  const text = (textOf(sent) ?? '').trim()
  if (!/^[+-]?\d+$/.test(text) || Number(text) === 0) {
    throw new Refused(400, 'Invalid reason of do not contact.')
  }
  return Number(text)
}

const UTM_KEYS: readonly (readonly [sent: string, shown: string])[] = [
  ['referer', 'referer'],
  ['remotehost', 'remoteHost'],
  ['url', 'url'],
  ['useragent', 'userAgent'],
  ['utm_campaign', 'utmCampaign'],
  ['utm_content', 'utmContent'],
  ['utm_medium', 'utmMedium'],
  ['utm_source', 'utmSource'],
  ['utm_term', 'utmTerm'],
]

/** Always appends; lastActive dates the entry and moves the contact's. A user agent leaves a device. */
function utmAdd(call: Call): Answer {
  const { account, body } = call
  const row = contactOf(call)
  const active =
    body['lastActive'] === undefined ? null : readLastActive(account, body['lastActive'])
  const sentQuery = body['query']
  const query = isPhpArray(sentQuery) ? sentQuery : parseBrackets(textOf(sentQuery) ?? '')
  const values: Record<string, unknown> = { query }
  for (const [sent, shown] of UTM_KEYS) {
    const text = textOf(body[sent])
    values[shown] = text === null ? null : cleanText(text)
  }
  const dateAdded = active ?? moment(account)
  row.utm = [...row.utm, { id: nextId(account, 'utm'), dateAdded, values }]
  if (active !== null) row.lastActive = active
  rememberDevice(account, row, textOf(body['useragent']))
  touch(account, row, { tracked: true, dnc: false, lastActive: active !== null }, false)
  return rawJson(200, `{"contact":${renderContact(account, row, BARE)}}`)
}

function utmRemove(call: Call): Answer {
  const { account } = call
  const row = contactOf(call)
  const id = Number(call.params[1])
  const rest = row.utm.filter((utm) => utm.id !== id)
  if (rest.length === row.utm.length) throw new Refused(400, 'UTM tag ID not found.')
  row.utm = rest
  touch(account, row, { tracked: true, dnc: false, lastActive: false }, false)
  return rawJson(200, `{"recordFound":true,"contact":${renderContact(account, row, BARE)}}`)
}

function rememberDevice(account: Account, row: ContactRow, userAgent: string | null): void {
  if (userAgent === null || userAgent === '') return
  const devices = account.devices.get(row.id) ?? []
  if (devices.some((device) => device.userAgent === userAgent)) return
  const device = { id: nextId(account, 'device'), userAgent, dateAdded: moment(account) }
  account.devices.set(row.id, [...devices, device])
}

function changePoints(call: Call): Answer {
  const { account } = call
  const row = contactOf(call)
  const amount = toInt(call.params[2])
  const before = row.points
  switch (call.params[1]) {
    case 'plus':
      row.points += amount
      break
    case 'minus':
      row.points -= amount
      break
    case 'times':
      row.points *= amount
      break
    case 'divide':
      row.points = amount === 0 ? row.points : Math.round(row.points / amount)
      break
    default:
      throw new Refused(400, 'Unknown operator.')
  }
  const tracked = row.points !== before
  touch(account, row, { tracked, dnc: false, lastActive: false }, false)
  return success(account)
}
