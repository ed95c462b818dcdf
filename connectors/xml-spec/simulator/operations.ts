/** Every operation the platform answers, by the name of its root element. */
import type { Call } from './call.ts'
import { getAccountsWithAccess, getCompanies } from './directory.ts'
import type { Element } from './element.ts'
import {
  addUserDefinedField,
  deleteUserDefinedField,
  editUserDefinedField,
  getUserDefinedFields,
} from './fields.ts'
import type { ContactReader } from './get-contacts.ts'
import {
  addContactsToGroup,
  createGroup,
  deleteContactsFromGroup,
  getContactGroups,
  getGroups,
} from './groups.ts'
import { deleteContacts, unsubscribeContacts } from './remove-contacts.ts'
import { searchContacts } from './search-contacts.ts'
import { addContacts, editContacts } from './write-contacts.ts'

export type Operation = (call: Call) => Element[]

/** `GetContacts`, not `GetContactsRequest`; the login is not among them. */
export function operations(reader: ContactReader): Readonly<Record<string, Operation>> {
  return {
    GetContacts: (call) => reader.getContacts(call),
    AddContacts: addContacts,
    EditContacts: editContacts,
    DeleteContacts: deleteContacts,
    SearchContacts: searchContacts,
    UnsubscribeContacts: unsubscribeContacts,
    GetContactGroups: getContactGroups,
    GetUserDefinedFields: getUserDefinedFields,
    AddUserDefinedField: addUserDefinedField,
    EditUserDefinedField: editUserDefinedField,
    DeleteUserDefinedField: deleteUserDefinedField,
    GetGroups: getGroups,
    CreateGroup: createGroup,
    AddContactsToGroup: addContactsToGroup,
    DeleteContactsFromGroup: deleteContactsFromGroup,
    GetAccountsWithAccess: getAccountsWithAccess,
    GetCompanies: getCompanies,
  }
}

/** Whether an operation may change anything; decided by its name, so that an unknown one counts as one that does. */
export function mutates(operation: string): boolean {
  return !/^(Get|Search)/.test(operation)
}
