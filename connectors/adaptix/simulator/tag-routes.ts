/** The tag catalogue. */
import type { Account, Tag } from './account.ts'
import { type Answer, Crash, json, notFound } from './answer.ts'
import { tagNamed } from './contact-input.ts'
import { textOf } from './php.ts'
import { since } from './quirks.ts'
import { type Call, idParam, type Routes } from './routes.ts'
import { numberColumn, page, textColumn } from './small-list.ts'
import { cleanText, fold } from './text.ts'

export const TAG_ROUTES: Routes = {
  'GET tags': listTags,
  'GET tags/:id': (call) => json(200, { tag: tagView(call.account, tagOf(call)) }),
  'POST tags/new': newTag,
  'PATCH|PUT tags/:id/edit': editTag,
  'DELETE tags/:id/delete': deleteTag,
}

function listTags({ account, query }: Call): Answer {
  const { total, rows } = page<Tag>(account, query, {
    rows: [...account.tags.values()],
    columns: { id: numberColumn((tag) => tag.id), tag: textColumn((tag) => tag.name) },
    searched: (tag) => tag.name,
  })
  return json(200, { total, tags: rows.map((tag) => tagView(account, tag)) })
}

/** 201, or 200 with the tag that the database takes for the same name. Throws Crash without a name. */
function newTag({ account, body }: Call): Answer {
  const name = cleanText(textOf(body['tag']) ?? '')
  if (name === '') throw new Crash('Tag name cannot be empty')
  const wanted = fold(name)
  const known = [...account.tags.values()].find((tag) => fold(tag.name) === wanted)
  if (known !== undefined) return json(200, { tag: tagView(account, known) })
  const made = account.tags.get(tagNamed(account, name))
  if (made === undefined) throw new Crash('tag was not stored')
  made.description = textOf(body['description'])
  return json(201, { tag: tagView(account, made) })
}

function editTag(call: Call): Answer {
  const { account, body } = call
  const tag = tagOf(call)
  const name = cleanText(textOf(body['tag']) ?? '')
  if (name !== '') {
    account.tagIds.delete(tag.name)
    tag.name = name
    account.tagIds.set(name, tag.id)
  }
  if (body['description'] !== undefined) tag.description = textOf(body['description'])
  return json(200, { tag: tagView(account, tag) })
}

/** Contacts that carried it lose it, and their dates do not move. */
function deleteTag(call: Call): Answer {
  const { account } = call
  const tag = tagOf(call)
  account.tags.delete(tag.id)
  account.tagIds.delete(tag.name)
  for (const id of account.contacts.ids) {
    const row = account.contacts.rows[id]
    if (row?.tags.includes(tag.id)) row.tags = row.tags.filter((one) => one !== tag.id)
  }
  return json(200, { tag: { ...tagView(account, tag), id: null } })
}

function tagOf(call: Call): Tag {
  const tag = call.account.tags.get(idParam(call))
  if (tag === undefined) throw notFound()
  return tag
}

function tagView(account: Account, tag: Tag): Record<string, unknown> {
  const view = { id: tag.id, tag: tag.name }
  return since(account.quirks, '5.1') ? { ...view, description: tag.description } : view
}
