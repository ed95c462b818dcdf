/** Operations on what contacts refer to: fields, tags, segments, automations, companies, users, hooks and statistics. */
import { z } from 'zod'
import { bareList, list, one } from './answers.ts'
import { byId, id, listInput, read, record, write } from './operation.ts'
import { batchSchema, fieldSchema, segmentSchema, successSchema, tagSchema } from './schema.ts'

const FIELD_TYPES = [
  'text',
  'textarea',
  'html',
  'number',
  'boolean',
  'select',
  'multiselect',
  'lookup',
  'date',
  'datetime',
  'time',
  'email',
  'tel',
  'url',
  'country',
  'region',
  'locale',
  'timezone',
] as const
const member = z.strictObject({ id, contactId: id })
const field = one('field').pipe(fieldSchema)
const tag = one('tag').pipe(tagSchema)
const segment = one('list').pipe(segmentSchema)
const automation = z.union([one('automation'), one('campaign')])

export const accountOperations = {
  'fields.list': read('/fields/contact', 'Contact fields with their options', {
    input: listInput,
    result: list('fields'),
  }),
  'fields.get': read('/fields/contact/{id}', 'One contact field', { input: byId, result: field }),
  'fields.create': write(
    'POST /fields/contact/new',
    'Creates a contact field; its column may follow in the background',
    {
      input: z.looseObject({
        label: z.string().min(1).max(191),
        alias: z.string().optional(),
        type: z.enum(FIELD_TYPES),
      }),
      result: field,
    },
  ),
  'fields.edit': write(
    'PATCH /fields/contact/{id}/edit',
    'Changes a contact field; alias and type stay',
    {
      input: z.looseObject({ id }),
      result: field,
      isIdempotent: true,
    },
  ),
  'fields.delete': write(
    'DELETE /fields/contact/{id}/delete',
    'Deletes a contact field and its values',
    {
      input: byId,
      result: one('field'),
    },
  ),
  'tags.list': read('/tags', 'The tag catalogue', { input: listInput, result: list('tags') }),
  'tags.create': write('POST /tags/new', 'Creates a tag, or answers with the one of that name', {
    input: z.strictObject({ tag: z.string().min(1).max(191), description: z.string().optional() }),
    result: tag,
    isIdempotent: true,
  }),
  'tags.edit': write('PATCH /tags/{id}/edit', 'Renames a tag', {
    input: z.strictObject({ id, tag: z.string().min(1).max(191) }),
    result: tag,
    isIdempotent: true,
  }),
  'tags.delete': write('DELETE /tags/{id}/delete', 'Deletes a tag', {
    input: byId,
    result: one('tag'),
  }),
  'segments.list': read('/segments', 'Segments', {
    input: listInput,
    result: list('lists', 'segments'),
  }),
  'segments.get': read('/segments/{id}', 'One segment', { input: byId, result: segment }),
  'segments.visible': read('/contacts/list/segments', 'Segments the login may use', {
    input: z.strictObject({}),
    result: bareList,
  }),
  'segments.create': write('POST /segments/new', 'Creates a segment', {
    input: z.looseObject({ name: z.string().min(1), alias: z.string().optional() }),
    result: segment,
  }),
  'segments.edit': write('PATCH /segments/{id}/edit', 'Changes a segment', {
    input: z.looseObject({ id }),
    result: segment,
    isIdempotent: true,
  }),
  'segments.delete': write('DELETE /segments/{id}/delete', 'Deletes a segment', {
    input: byId,
    result: one('list'),
  }),
  'segments.addContact': write(
    'POST /segments/{id}/contact/{contactId}/add',
    'Puts a contact into a segment',
    {
      input: member,
      result: successSchema,
      isIdempotent: true,
    },
  ),
  'segments.removeContact': write(
    'POST /segments/{id}/contact/{contactId}/remove',
    'Takes a contact out of a segment',
    {
      input: member,
      result: successSchema,
      isIdempotent: true,
    },
  ),
  'segments.addContacts': write(
    'POST /segments/{id}/contacts/add',
    'Puts many contacts into a segment',
    {
      input: z.strictObject({ id, ids: z.array(z.int().positive()).min(1) }),
      result: successSchema,
      isIdempotent: true,
    },
  ),
  'automations.list': read('/{automations}', 'Automations', {
    input: listInput,
    result: list('automations', 'campaigns'),
  }),
  'automations.get': read('/{automations}/{id}', 'One automation', {
    input: byId,
    result: automation,
  }),
  'automations.contacts': read('/{automations}/{id}/contacts', 'Who is in an automation', {
    input: z.looseObject({
      id,
      start: z.int().nonnegative(),
      limit: z.int().positive(),
      where: z.array(z.object({ col: z.string(), expr: z.string(), val: z.string() })),
      order: z.array(z.object({ col: z.string(), dir: z.string() })),
    }),
    result: list('contacts'),
  }),
  'automations.addContact': write(
    'POST /{automations}/{id}/contact/{contactId}/add',
    'Starts an automation for a contact; may send mail',
    {
      input: member,
      result: successSchema,
    },
  ),
  'automations.removeContact': write(
    'POST /{automations}/{id}/contact/{contactId}/remove',
    'Takes a contact out of an automation',
    {
      input: member,
      result: successSchema,
      isIdempotent: true,
    },
  ),
  'companies.list': read('/companies', 'Companies', {
    input: listInput,
    result: list('companies'),
  }),
  'companies.get': read('/companies/{id}', 'One company', { input: byId, result: one('company') }),
  'companies.create': write(
    'POST /companies/new',
    'Creates a company; on a match it empties what is not sent',
    {
      input: record,
      result: one('company'),
    },
  ),
  'companies.createBatch': write('POST /companies/batch/new', 'Creates up to 200 companies', {
    input: z.strictObject({ companies: z.array(record).min(1).max(200) }),
    result: batchSchema,
    bodyKey: 'companies',
  }),
  'companies.edit': write('PATCH /companies/{id}/edit', 'Changes a company', {
    input: z.looseObject({ id }),
    result: one('company'),
    isIdempotent: true,
  }),
  'companies.delete': write('DELETE /companies/{id}/delete', 'Deletes a company', {
    input: byId,
    result: one('company'),
  }),
  'companies.addContact': write(
    'POST /companies/{id}/contact/{contactId}/add',
    'Links a contact to a company',
    {
      input: member,
      result: successSchema,
      isIdempotent: true,
    },
  ),
  'companies.removeContact': write(
    'POST /companies/{id}/contact/{contactId}/remove',
    'Unlinks a contact from a company',
    {
      input: member,
      result: successSchema,
      isIdempotent: true,
    },
  ),
  'users.self': read('/users/self', 'The user behind the login', {
    input: z.strictObject({}),
    result: z.looseObject({ id: z.unknown() }),
  }),
  'forms.list': read('/forms', 'Forms', { input: listInput, result: list('forms') }),
  'emails.list': read('/emails', 'E-mails', { input: listInput, result: list('emails') }),
  'pages.list': read('/pages', 'Landing pages', { input: listInput, result: list('pages') }),
  'assets.list': read('/assets', 'Assets', { input: listInput, result: list('assets') }),
  'stages.list': read('/stages', 'Stages', { input: listInput, result: list('stages') }),
  'points.list': read('/points', 'Point actions', { input: listInput, result: list('points') }),
  'messages.list': read('/messages', 'Marketing messages', {
    input: listInput,
    result: list('messages'),
  }),
  'hooks.list': read('/hooks', 'Webhooks', { input: listInput, result: list('hooks') }),
  'hooks.triggers': read('/hooks/triggers', 'What a webhook can listen to', {
    input: z.strictObject({}),
    result: z.looseObject({}),
  }),
  'stats.list': read('/stats/{table}', 'Rows of a statistics table', {
    input: z.looseObject({
      table: z.string().regex(/^\w+$/),
      start: z.int().nonnegative().optional(),
      limit: z.int().positive().optional(),
      where: z
        .array(z.object({ col: z.string(), expr: z.string(), val: z.unknown().optional() }))
        .optional(),
      order: z.array(z.object({ col: z.string(), dir: z.string() })).optional(),
    }),
    result: list('stats'),
  }),
}
