/** Operations on contacts and what hangs on one contact. */
import { z } from 'zod'
import { bareList, list, one } from './answers.ts'
import { byId, id, listInput, read, record, subListInput, write } from './operation.ts'
import { activitySchema, batchSchema, isObject, successSchema } from './schema.ts'

const contact = one('contact')
const channelInput = z.looseObject({ id, channel: z.string().min(1).default('email') })
const pointsInput = z.looseObject({
  id,
  points: z.int().nonnegative(),
  eventName: z.string().optional(),
  actionName: z.string().optional(),
})
/** Looked at, not copied: a batch is two hundred records with all their fields. */
const batchItem = z.custom<Readonly<Record<string, unknown>>>(isObject, 'an item is an object')
const batchInput = z.strictObject({ contacts: z.array(batchItem).min(1).max(200) })
/** An item without an id shifts the items after it onto the wrong contacts (README, "batch edits"). */
const batchEditInput = z.strictObject({ contacts: z.array(z.looseObject({ id })).min(1).max(200) })
const activityFilters = z
  .object({
    search: z.string().optional(),
    includeEvents: z.array(z.string()).optional(),
    excludeEvents: z.array(z.string()).optional(),
    /** `Y-m-d H:i:s`. */
    dateFrom: z.string().optional(),
    dateTo: z.string().optional(),
  })
  .optional()
const activityShape = {
  filters: activityFilters,
  /** [column, direction]. */
  order: z.array(z.string()).length(2).optional(),
  page: z.int().positive().optional(),
  limit: z.int().positive().optional(),
}

export const contactOperations = {
  'contacts.get': read('/contacts/{id}', 'One contact; the survivor answers for a merged one', {
    input: byId,
    result: contact,
  }),
  'contacts.list': read('/contacts', 'Contacts, filtered, ordered and paged', {
    input: listInput,
    result: list('contacts'),
  }),
  'contacts.create': write(
    'POST /contacts/new',
    'Creates a contact, or changes the one with the same unique field',
    {
      input: record,
      result: contact,
    },
  ),
  'contacts.edit': write('PATCH /contacts/{id}/edit', 'Changes what is sent', {
    input: z.looseObject({ id }),
    result: contact,
    isIdempotent: true,
  }),
  'contacts.replace': write(
    'PUT /contacts/{id}/edit',
    'Empties the contact, then writes what is sent; creates one when there is none',
    {
      input: z.looseObject({ id }),
      result: contact,
    },
  ),
  'contacts.createBatch': write('POST /contacts/batch/new', 'Creates up to 200 contacts', {
    input: batchInput,
    result: batchSchema,
    bodyKey: 'contacts',
  }),
  'contacts.editBatch': write('PATCH /contacts/batch/edit', 'Changes up to 200 contacts', {
    input: batchEditInput,
    result: batchSchema,
    isIdempotent: true,
    bodyKey: 'contacts',
  }),
  'contacts.replaceBatch': write('PUT /contacts/batch/edit', 'Replaces up to 200 contacts', {
    input: batchEditInput,
    result: batchSchema,
    bodyKey: 'contacts',
  }),
  'contacts.delete': write(
    'DELETE /contacts/{id}/delete',
    'Deletes a contact; the survivor of a merged one',
    {
      input: byId,
      result: contact,
    },
  ),
  'contacts.deleteBatch': write(
    'DELETE /contacts/batch/delete',
    'Deletes contacts; unknown ids are passed over',
    {
      input: z
        .strictObject({ ids: z.array(id).min(1) })
        .transform(({ ids }) => ({ ids: ids.join(',') })),
      result: list('contacts'),
    },
  ),
  'contacts.addDoNotContact': write(
    'POST /contacts/{id}/dnc/{channel}/add',
    'Opts a contact out of a channel',
    {
      input: channelInput.extend({
        /** 1 unsubscribed, 2 bounced, 3 manual. Always sent: 2.x reads a missing one as contactable. */
        reason: z.int().min(1).max(3).default(3),
        channelId: z.int().optional(),
        comments: z.string().optional(),
      }),
      result: contact,
      isIdempotent: true,
    },
  ),
  'contacts.removeDoNotContact': write(
    'POST /contacts/{id}/dnc/{channel}/remove',
    'Takes an opt-out back',
    {
      input: channelInput,
      result: contact,
      isIdempotent: true,
    },
  ),
  'contacts.addUtmTags': write('POST /contacts/{id}/utm/add', 'Appends a set of UTM tags', {
    input: z.looseObject({
      id,
      utm_campaign: z.string().optional(),
      utm_source: z.string().optional(),
      utm_medium: z.string().optional(),
      utm_content: z.string().optional(),
      utm_term: z.string().optional(),
      useragent: z.string().optional(),
      url: z.string().optional(),
      referer: z.string().optional(),
      query: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
      remotehost: z.string().optional(),
      /** Like 2017-01-17T00:30:08+00:00. */
      lastActive: z.string().optional(),
    }),
    result: contact,
  }),
  'contacts.removeUtmTags': write(
    'POST /contacts/{id}/utm/{utmId}/remove',
    'Removes a set of UTM tags',
    {
      input: z.strictObject({ id, utmId: id }),
      result: contact,
      isIdempotent: true,
    },
  ),
  'contacts.addPoints': write('POST /contacts/{id}/points/plus/{points}', 'Adds points', {
    input: pointsInput,
    result: successSchema,
  }),
  'contacts.subtractPoints': write(
    'POST /contacts/{id}/points/minus/{points}',
    'Subtracts points',
    {
      input: pointsInput,
      result: successSchema,
    },
  ),
  'contacts.owners': read('/contacts/list/owners', 'Users that may own contacts', {
    input: z.looseObject({}),
    result: bareList,
  }),
  'contacts.fields': read(
    '/contacts/list/fields',
    'Fields, short form; company fields among them',
    {
      input: z.strictObject({}),
      result: bareList,
    },
  ),
  'contacts.notes': read('/contacts/{id}/notes', 'Notes of a contact', {
    input: subListInput,
    result: list('notes'),
  }),
  'contacts.segments': read('/contacts/{id}/segments', 'Segments a contact is in', {
    input: byId,
    result: list('lists', 'segments'),
  }),
  'contacts.automations': read('/contacts/{id}/{automations}', 'Automations a contact is in', {
    input: byId,
    result: list('automations', 'campaigns'),
  }),
  'contacts.events': read(
    '/contacts/{id}/events',
    'Deprecated form of the activity; gone after 2.x',
    {
      input: z.looseObject({ id, ...activityShape }),
      result: activitySchema,
    },
  ),
  'contacts.activity': read('/contacts/{id}/activity', 'What a contact did and received', {
    input: z.looseObject({ id, ...activityShape }),
    result: activitySchema,
  }),
  'activity.list': read('/contacts/activity', 'What all contacts did and received', {
    input: z.looseObject(activityShape),
    result: activitySchema,
  }),
  'contacts.companies': read('/contacts/{id}/companies', 'Companies a contact belongs to', {
    input: byId,
    result: list('companies'),
  }),
  'contacts.devices': read('/contacts/{id}/devices', 'Devices a contact was seen on', {
    input: byId,
    result: list('devices'),
  }),
  'notes.create': write('POST /notes/new', 'Adds a note to a contact', {
    input: z.looseObject({
      lead: id,
      text: z.string(),
      type: z.enum(['general', 'email', 'call', 'meeting']).default('general'),
      datetime: z.string().optional(),
    }),
    result: one('note'),
  }),
  'notes.list': read('/notes', 'Notes of all contacts', {
    input: listInput,
    result: list('notes'),
  }),
  'notes.edit': write('PATCH /notes/{id}/edit', 'Changes a note', {
    input: z.looseObject({ id, text: z.string() }),
    result: one('note'),
    isIdempotent: true,
  }),
  'notes.delete': write('DELETE /notes/{id}/delete', 'Deletes a note', {
    input: byId,
    result: one('note'),
  }),
}
