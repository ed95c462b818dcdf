/** Operations on what contacts refer to: user-defined fields, groups, companies, accounts. Each as one record. */
import { z } from 'zod'
import { branch, leaf } from './document.ts'
import { account, contacts, id, itemAttributes, operation, stamp, target } from './operation.ts'
import {
  readAccounts,
  readCompanies,
  readFieldResult,
  readGroupId,
  readGroups,
  readItemResults,
  readUserFields,
} from './answers.ts'

const name = z.string().min(1)
const fieldParts = {
  FieldName: name,
  FieldType: z.enum(['Select', 'Checkbox', 'Text', 'ShortText']).optional(),
  /** None may hold a comma: the list is parted by commas. */
  PossibleValues: z
    .array(z.string().regex(/^[^,]+$/, 'a possible value cannot hold a comma'))
    .optional(),
  ContactEditable: z.enum(['Hidden', 'Visible', 'Editable']).optional(),
}
const membership = z
  .strictObject({
    ...account,
    group_id: id.optional(),
    group_name: name.optional(),
    contacts: z.array(target).min(1),
  })
  .refine(
    ({ group_id, group_name }) => (group_id === undefined) !== (group_name === undefined),
    'needs either group_id or group_name',
  )

export const ACCOUNT_OPERATIONS = {
  GetUserDefinedFields: operation('GetUserDefinedFields', {
    effect: 'read',
    summary: 'The fields that the account defined for its contacts.',
    input: z.strictObject({ ...account, updated_timestamp: stamp.optional() }),
    attributes: ({ account_id, updated_timestamp }) => ({ account_id, updated_timestamp }),
    read: readUserFields,
    whenNothingFound: [],
  }),

  AddUserDefinedField: operation('AddUserDefinedField', {
    effect: 'write',
    summary: 'A new field for one group, or for all with group_id 0.',
    input: z.strictObject({ ...account, group_id: id, ...fieldParts }),
    attributes: ({ account_id, group_id }) => ({ account_id, group_id }),
    content: fieldContent,
    read: readFieldResult,
  }),

  EditUserDefinedField: operation('EditUserDefinedField', {
    effect: 'write',
    summary: 'Changes what is named; FieldName identifies the field, so it cannot be renamed.',
    input: z.strictObject({ ...account, group_id: id.optional(), ...fieldParts }),
    attributes: ({ account_id, group_id }) => ({ account_id, group_id }),
    content: fieldContent,
    read: readFieldResult,
  }),

  DeleteUserDefinedField: operation('DeleteUserDefinedField', {
    effect: 'write',
    summary: 'Deletes a field with all its values.',
    input: z.strictObject({ ...account, group_id: id.optional(), FieldName: name }),
    attributes: ({ account_id, group_id }) => ({ account_id, group_id }),
    content: ({ FieldName }) => [leaf('FieldName', FieldName)],
    read: () => ({ done: true as const }),
  }),

  GetGroups: operation('GetGroups', {
    effect: 'read',
    source: 'clients',
    summary: 'Groups with their settings.',
    input: z.strictObject({ ...account, group_id: id.optional(), group_name: name.optional() }),
    attributes: ({ account_id, group_id, group_name }) => ({ account_id, group_id, group_name }),
    read: readGroups,
    whenNothingFound: [],
  }),

  CreateGroup: operation('CreateGroup', {
    effect: 'write',
    source: 'clients',
    summary: 'A new group; a name that is taken is refused.',
    input: z.strictObject({
      ...account,
      Name: name,
      GroupType: z.enum(['Public', 'Private', 'Hidden']).optional(),
      EmailsSentFromName: z.string().optional(),
      EmailsSentFromEmail: z.string().optional(),
      EmailPhysicalAddress: z.string().optional(),
    }),
    attributes: ({ account_id }) => ({ account_id }),
    content: (given) => [
      leaf('Name', given.Name),
      leaf('GroupType', given.GroupType),
      leaf('EmailsSentFromName', given.EmailsSentFromName),
      leaf('EmailsSentFromEmail', given.EmailsSentFromEmail),
      leaf('EmailPhysicalAddress', given.EmailPhysicalAddress),
    ],
    read: readGroupId,
  }),

  AddContactsToGroup: operation('AddContactsToGroup', {
    effect: 'write',
    source: 'clients',
    summary: 'Puts contacts into a group.',
    input: membership,
    attributes: ({ account_id, group_id, group_name }) => ({ account_id, group_id, group_name }),
    content: (given) =>
      contacts(given.contacts, (item, place) => branch('Contact', itemAttributes(item, place))),
    read: readItemResults,
  }),

  DeleteContactsFromGroup: operation('DeleteContactsFromGroup', {
    effect: 'write',
    source: 'clients',
    summary: 'Takes contacts out of a group; they stay in the account.',
    input: membership,
    attributes: ({ account_id, group_id, group_name }) => ({ account_id, group_id, group_name }),
    content: (given) =>
      contacts(given.contacts, (item, place) => branch('Contact', itemAttributes(item, place))),
    read: readItemResults,
  }),

  GetAccountsWithAccess: operation('GetAccountsWithAccess', {
    effect: 'read',
    source: 'clients',
    summary: 'Numbers of the accounts that the login reaches.',
    input: z.strictObject({}),
    read: readAccounts,
    whenNothingFound: [],
  }),

  GetCompanies: operation('GetCompanies', {
    effect: 'read',
    source: 'clients',
    summary: 'Companies with their ids.',
    input: z.strictObject({ ...account }),
    attributes: ({ account_id }) => ({ account_id }),
    read: readCompanies,
    whenNothingFound: [],
  }),
} as const

function fieldContent(given: {
  readonly FieldName: string
  readonly FieldType?: string | undefined
  readonly PossibleValues?: readonly string[] | undefined
  readonly ContactEditable?: string | undefined
}) {
  return [
    leaf('FieldName', given.FieldName),
    leaf('FieldType', given.FieldType),
    leaf('PossibleValues', given.PossibleValues?.join(',')),
    leaf('ContactEditable', given.ContactEditable),
  ]
}
