/** The parts of a contact's body that are not fields: tags, do-not-contact, owner, stage, IP, companies. Each says whether it changed something. */
import { type Account, moment, nextId } from './account.ts'
import { Crash } from './answer.ts'
import { companyNamed } from './companies.ts'
import { type ContactRow, cellAt, cellsOf, type Dnc, setCells } from './contacts.ts'
import { strtotime } from './dates.ts'
import { fitTag } from './field-input.ts'
import { fieldOf } from './field-set.ts'
import { isPhpArray, textOf, toInt, valuesOf } from './php.ts'
import { since } from './quirks.ts'
import { cleanText, escapeHtml, hasFourByteCharacter } from './text.ts'

export type Body = Readonly<Record<string, unknown>>

/** Adds, and removes what has a leading minus. The lookup is by exact spelling: `VIP` beside `vip` makes a second tag. */
export function applyTags(account: Account, row: ContactRow, sent: unknown): TagChange {
  const names = isPhpArray(sent) ? valuesOf(sent).map(textOf) : (textOf(sent) ?? '').split(',')
  const tags = new Set(row.tags)
  let added = false
  for (const name of names) {
    const clean = cleanText(name ?? '')
    if (clean.startsWith('-')) {
      const id = account.tagIds.get(clean.slice(1).trim())
      if (id !== undefined) tags.delete(id)
    } else if (clean !== '') {
      const id = tagNamed(account, clean)
      added ||= !tags.has(id)
      tags.add(id)
    }
  }
  const changed = added || tags.size !== row.tags.length
  if (changed) row.tags = [...tags]
  return { changed, added }
}
export interface TagChange {
  readonly changed: boolean
  readonly added: boolean
}

/** The id of the tag spelt exactly so, created where missing. */
export function tagNamed(account: Account, name: string): number {
  const fitted = fitTag(name, account.quirks)
  const known = account.tagIds.get(fitted)
  if (known !== undefined) return known
  const id = nextId(account, 'tag')
  account.tags.set(id, { id, name: fitted, description: null })
  account.tagIds.set(fitted, id)
  return id
}

export type DncChange = 'none' | 'added' | 'removed' | 'changed'

/** Adds or rewrites an entry; an unsubscription (reason 1) is never overridden. */
export function addDnc(
  account: Account,
  row: ContactRow,
  entry: { channel: string; reason: number; comments: string; channelId: number | null },
): DncChange {
  if (account.quirks.utf8mb3 && hasFourByteCharacter(entry.comments)) {
    throw new Crash("Incorrect string value for column 'comments'")
  }
  const known = row.dnc.find((one) => one.channel === entry.channel)
  if (known !== undefined && known.reason === 1) return 'none'
  const { channel, channelId, reason } = entry
  const next: Dnc = {
    id: known?.id ?? nextId(account, 'dnc'),
    reason,
    comments: escapeHtml(entry.comments),
    channel,
    channelId,
    dateAdded: known?.dateAdded ?? moment(account),
  }
  row.dnc = [...row.dnc.filter((one) => one !== known), next]
  if (reason === 0) return known === undefined ? 'changed' : 'removed'
  return known === undefined || known.reason === 0 ? 'added' : 'changed'
}

export function removeDnc(row: ContactRow, channel: string): DncChange {
  const rest = row.dnc.filter((one) => one.channel !== channel)
  if (rest.length === row.dnc.length) return 'none'
  row.dnc = rest
  return 'removed'
}

/** `doNotContact:[{channel,reason,comments,channelId}]`; reason 0 removes (from 3.x). Answers what happened to e-mail and whether anything did. */
export function applyDnc(
  account: Account,
  row: ContactRow,
  sent: unknown,
): { readonly email: DncChange; readonly any: boolean } {
  let email: DncChange = 'none'
  let any = false
  for (const item of valuesOf(sent)) {
    if (!isPhpArray(item)) continue
    const channel = textOf(item['channel']) || 'email'
    const isModern = since(account.quirks, '3.3')
    const reason = item['reason'] === undefined ? (isModern ? 3 : 0) : toInt(item['reason'])
    const channelId = item['channelId'] === undefined ? null : toInt(item['channelId'])
    const comments = textOf(item['comments']) ?? ''
    const change =
      reason === 0 && isModern
        ? removeDnc(row, channel)
        : addDnc(account, row, { channel, reason, comments, channelId })
    any ||= change !== 'none'
    if (channel === 'email' && change !== 'none') email = change
  }
  return { email, any }
}

/** Adds an address of the visitor; where asked for, geo-IP fills an empty city and country. */
export function applyIp(account: Account, row: ContactRow, sent: unknown): boolean {
  const ip = textOf(sent)
  if (ip === null || !/^[0-9a-f.:]+$/i.test(ip) || row.ips.includes(ip)) return false
  row.ips = [...row.ips, ip]
  if (account.quirks.geoIp) {
    const cells = cellsOf(row)
    for (const [alias, value] of [
      ['city', 'Frankfurt'],
      ['country', 'Germany'],
    ] as const) {
      const column = fieldOf(account.fields, 'lead', alias)?.column ?? -1
      if (column >= 0 && (cells[column] ?? '') === '') cells[column] = value
    }
    setCells(account.contacts, row, cells)
  }
  return true
}

/** `lastActive` is read as UTC, else by strtotime. Answers the moment, or null when unreadable. */
export function readLastActive(account: Account, sent: unknown): number | null {
  const text = textOf(sent)
  return text === null ? null : strtotime(text, account.now, 0)
}

/** `companies:[ids]` replaces the set; unknown ids are passed over. */
export function applyCompanies(account: Account, row: ContactRow, sent: unknown): void {
  const ids = new Set(valuesOf(sent).map(toInt))
  row.companies = [...ids].filter((id) => account.companies.has(id))
  if (row.primaryCompany === null || !row.companies.includes(row.primaryCompany)) {
    row.primaryCompany = row.companies.at(-1) ?? null
  }
}

/** The name in the company field finds or creates a company and makes it primary; a blank one unlinks the primary. */
export function followCompanyField(account: Account, row: ContactRow): void {
  const name = cellAt(row, fieldOf(account.fields, 'lead', 'company')?.column ?? -1)
  if (name === '') {
    row.companies = row.companies.filter((id) => id !== row.primaryCompany)
    row.primaryCompany = null
    return
  }
  const company = companyNamed(account, name)
  if (!row.companies.includes(company.id)) row.companies = [...row.companies, company.id]
  row.primaryCompany = company.id
}
