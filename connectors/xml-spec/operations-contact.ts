/** Operations on contacts, each as one record. Spellings are the platform's own, capital U and all. */
import { z } from 'zod'
import { PARTS, partsMarkup } from './contact-parts.ts'
import { branch, leaf, list, type Markup } from './document.ts'
import {
  account,
  contacts,
  criteria,
  day,
  flag,
  hasCriterion,
  id,
  itemAttributes,
  leaves,
  operation,
  pageNumber,
  ruleDay,
  stamp,
  target,
} from './operation.ts'
import { type ContactList, readContactList } from './schema.ts'
import { readGroups, readItemResults } from './answers.ts'

const name = z.string().min(1)
const NOBODY: ContactList = { contacts: [], total: 0 }

export const CONTACT_OPERATIONS = {
  GetContacts: operation('GetContacts', {
    effect: 'read',
    summary: 'Contacts by any of the criteria, a page at a time when start_chunk_page is given.',
    input: z
      .strictObject({
        group_id: id.optional(),
        ...criteria,
        search: z.string().optional(),
        start_lastname: z.string().optional(),
        end_lastname: z.string().optional(),
        updated_timestamp: stamp.optional(),
        Unsubscribed: z.boolean().optional(),
        Unsubscribed_startdate: day.optional(),
        Unsubscribed_enddate: day.optional(),
        Bounced: z.boolean().optional(),
        Bounced_startdate: day.optional(),
        Bounced_enddate: day.optional(),
        ...account,
        get_all: z.boolean().optional(),
        do_lead_scoring: z.boolean().optional(),
        response: z.literal('json').optional(),
        start_chunk_page: pageNumber.optional(),
        start_chunk_size: z.int().positive().optional(),
      })
      .refine((given) => !(given.search !== undefined && given.get_all === true), {
        error: 'search does not work with get_all',
      })
      .refine((given) => given.Unsubscribed === true || !hasDates(given, 'Unsubscribed'), {
        error: 'Unsubscribed dates need Unsubscribed: true',
      })
      .refine((given) => given.Bounced === true || !hasDates(given, 'Bounced'), {
        error: 'Bounced dates need Bounced: true',
      }),
    attributes: (given) => ({
      group_id: given.group_id,
      contact_id: given.contact_id,
      firstname: given.firstname,
      lastname: given.lastname,
      email: given.email,
      search: given.search,
      start_lastname: given.start_lastname,
      end_lastname: given.end_lastname,
      updated_timestamp: given.updated_timestamp,
      Unsubscribed: flag(given.Unsubscribed),
      Unsubscribed_startdate: given.Unsubscribed_startdate,
      Unsubscribed_enddate: given.Unsubscribed_enddate,
      Bounced: flag(given.Bounced),
      Bounced_startdate: given.Bounced_startdate,
      Bounced_enddate: given.Bounced_enddate,
      account_id: given.account_id,
      get_all: flag(given.get_all),
      response: given.response,
      do_lead_scoring: flag(given.do_lead_scoring),
      start_chunk_page: given.start_chunk_page?.toString(),
      start_chunk_size: given.start_chunk_size?.toString(),
    }),
    read: readContactList,
    whenNothingFound: NOBODY,
  }),

  SearchContacts: operation('SearchContacts', {
    effect: 'read',
    summary: 'Ids, names, numbers and e-mails by rules; pages count from 1.',
    input: z.strictObject({
      ...account,
      group_id: id.optional(),
      From: z.enum(['single', 'all']).optional(),
      /** Ids, not names (quirk 27). */
      Groups: z.array(id).optional(),
      Filter: z.enum(['any', 'all']).optional(),
      Rules: z
        .array(
          z.union([
            z.strictObject({ Field: name, Operator: name, Value: z.string() }),
            z.strictObject({ Field: name, Range: name, Date: ruleDay, Date2: ruleDay.optional() }),
          ]),
        )
        .optional(),
      /** Those to include; the others stay out. Left out altogether: the server's own choice. */
      Includes: z
        .array(
          z.enum([
            'Unsubscribers',
            'BouncedContacts',
            'SpamComplaints',
            'DuplicateEmails',
            'ActiveMembers',
            'ProspectMembers',
            'InactiveMembers',
          ]),
        )
        .optional(),
      OrderBy: name.optional(),
      OrderDirection: z.enum(['asc', 'desc']).optional(),
      Page: z.int().positive().optional(),
    }),
    attributes: (given) => ({ account_id: given.account_id, group_id: given.group_id }),
    content: (given) => [
      leaf('From', given.From),
      list('Groups', leaves('Group', given.Groups)),
      leaf('Filter', given.Filter),
      list('Rules', given.Rules?.map(rule)),
      list('Includes', leavesOf(given.Includes)),
      leaf('OrderBy', given.OrderBy),
      leaf('OrderDirection', given.OrderDirection),
      leaf('Page', given.Page?.toString()),
    ],
    read: readContactList,
    whenNothingFound: NOBODY,
  }),

  AddContacts: operation('AddContacts', {
    effect: 'write',
    summary: 'New contacts; update: true overwrites whoever has the e-mail or the names.',
    input: z.strictObject({
      update: z.boolean().optional(),
      contacts: z
        .array(
          z.strictObject({
            ...account,
            request_id: z.string().min(1).optional(),
            ...PARTS,
            /** Starts a workflow, which may send mail. */
            WorkflowID: id.optional(),
          }),
        )
        .min(1),
    }),
    attributes: (given) => ({ update: flag(given.update) }),
    content: (given) =>
      contacts(given.contacts, (item, place) =>
        branch('Contact', itemAttributes({ ...item, ...NO_CRITERIA }, place), [
          ...partsMarkup(item),
          leaf('WorkflowID', item.WorkflowID),
        ]),
      ),
    read: readItemResults,
  }),

  EditContacts: operation('EditContacts', {
    effect: 'write',
    summary: 'Changes what is named; refused when the contact moved since UpdatedTimeStamp.',
    input: z.strictObject({
      contacts: z
        .array(
          z
            .strictObject({
              ...criteria,
              ...account,
              request_id: z.string().min(1).optional(),
              UpdatedTimeStamp: stamp.optional(),
              ...PARTS,
              /** Known from a client alone. */
              RemoveGroups: z.array(name).optional(),
            })
            .refine(hasCriterion, 'needs contact_id, firstname, lastname or email'),
        )
        .min(1),
    }),
    content: (given) =>
      contacts(given.contacts, (item, place) =>
        branch('Contact', itemAttributes(item, place), [
          leaf('UpdatedTimeStamp', item.UpdatedTimeStamp),
          ...partsMarkup(item),
          list('RemoveGroups', leaves('RemoveGroup', item.RemoveGroups)),
        ]),
      ),
    read: readItemResults,
  }),

  DeleteContacts: operation('DeleteContacts', {
    effect: 'write',
    summary: 'Deletes for good, one contact for each item.',
    input: z.strictObject({ contacts: z.array(target).min(1) }),
    content: (given) => targets(given.contacts),
    read: readItemResults,
  }),

  UnsubscribeContacts: operation('UnsubscribeContacts', {
    effect: 'write',
    summary: 'Opts contacts out; nothing takes it back.',
    input: z.strictObject({ contacts: z.array(target).min(1) }),
    content: (given) => targets(given.contacts),
    read: readItemResults,
  }),

  GetContactGroups: operation('GetContactGroups', {
    effect: 'read',
    summary: 'Groups of a contact; without criteria all groups of the account.',
    input: z.strictObject({ ...criteria, ...account }),
    attributes: ({ account_id, contact_id, firstname, lastname, email }) => ({
      account_id,
      contact_id,
      firstname,
      lastname,
      email,
    }),
    read: readGroups,
    whenNothingFound: [],
  }),
} as const

const NO_CRITERIA = {
  contact_id: undefined,
  firstname: undefined,
  lastname: undefined,
  email: undefined,
}

function targets(given: readonly z.output<typeof target>[]): readonly (Markup | null)[] {
  return contacts(given, (item, place) => branch('Contact', itemAttributes(item, place)))
}

type Rule =
  | { readonly Field: string; readonly Operator: string; readonly Value: string }
  | {
      readonly Field: string
      readonly Range: string
      readonly Date: string
      readonly Date2?: string | undefined
    }

function rule(given: Rule): Markup {
  const condition =
    'Operator' in given
      ? [leaf('Operator', given.Operator), leaf('Value', given.Value)]
      : [leaf('Range', given.Range), leaf('Date', given.Date), leaf('Date2', given.Date2)]
  return branch('Rule', {}, [leaf('Field', given.Field), ...condition])
}

function leavesOf(names: readonly string[] | undefined): readonly (Markup | null)[] | undefined {
  return names?.map((one) => leaf(one, 'Y'))
}

function hasDates(
  given: Readonly<Record<string, unknown>>,
  what: 'Unsubscribed' | 'Bounced',
): boolean {
  return given[`${what}_startdate`] !== undefined || given[`${what}_enddate`] !== undefined
}
