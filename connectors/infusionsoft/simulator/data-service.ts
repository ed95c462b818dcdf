/** DataService: writing tables, custom fields, settings and users. */
import { createHash } from 'node:crypto'
import { type Account, appendSmall, contactById, smallById } from './account.ts'
import type { Rpc } from './call.ts'
import { updated } from './contact-service.ts'
import { addContact, deleteContact, existing } from './contact-write.ts'
import { emailsOf } from './account.ts'
import type { Context, Methods } from './context.ts'
import { DATA_TYPES, databaseName, FORMS } from './custom-column.ts'
import { Fault } from './fault.ts'
import { tableNamed } from './query-service.ts'
import { columnNamed } from './rows.ts'
import { int, struct, text } from './signature.ts'
import { stored } from './stored.ts'
import type { SmallRow } from './table.ts'

export function dataService(context: Context): Methods {
  const { account, tables, write } = context
  return {
    'DataService.add': {
      overloads: [['string', 'struct']],
      effect: 'write',
      run: ([name, values]) => write.int(addRow(context, text(name), struct(values))),
    },
    'DataService.update': {
      overloads: [['string', 'int', 'struct']],
      effect: 'write',
      run: ([name, id, values]) => updateRow(context, text(name), int(id), struct(values)),
    },
    'DataService.delete': {
      overloads: [['string', 'int']],
      effect: 'write',
      run([name, id]) {
        const table = tableNamed(context, text(name), 'D')
        const shared = table.name === tables.company.name ? tables.company : tables.contact
        deleteContact(context, existing(context, shared, int(id)))
        return write.flag(true)
      },
    },
    'DataService.addCustomField': {
      overloads: [['string', 'string', 'string', 'int']],
      effect: 'write',
      run: ([type, label, dataType, group]) =>
        write.int(addCustomField(context, text(type), text(label), text(dataType), int(group)).Id),
    },
    'DataService.updateCustomField': {
      overloads: [['int', 'struct']],
      effect: 'write',
      run([id, values]) {
        writeSmall(context, 'DataFormField', fieldById(account, int(id)), struct(values), 'E')
        return write.flag(true)
      },
    },
    'DataService.getAppSetting': {
      overloads: [['string', 'string']],
      effect: 'read',
      run: ([module, setting]) => write.text(appSetting(account, text(module), text(setting))),
    },
    'DataService.authenticateUser': {
      overloads: [['string', 'string']],
      effect: 'read',
      run: ([name, md5]) => write.int(authenticate(account, text(name), text(md5))),
    },
    'DataService.getUserInfo': {
      overloads: [[]],
      effect: 'read',
      isKeyless: true,
      run: () => userInfo(context),
    },
  }
}

/** Password of every simulated user. */
export const userPassword = 'ferry-test-password'
export function md5(password: string): string {
  return createHash('md5').update(password).digest('hex')
}

type Values = ReadonlyMap<string, Rpc>

function addRow(context: Context, name: string, values: Values): number {
  const { account, tables } = context
  tableNamed(context, name, 'A')
  if (name === tables.contact.name) return addContact(context, tables.contact, values)
  if (name === tables.company.name) return addContact(context, tables.company, values)
  const draft: SmallRow = name === 'ContactAction' ? newAction(account, values) : { Id: 0 }
  writeSmall(context, name, draft, values, 'A')
  return appendSmall(smallRows(account, name), draft).Id
}

function updateRow(context: Context, name: string, id: number, values: Values): string {
  const { account, tables, write } = context
  tableNamed(context, name, 'E')
  const isShared = name === tables.contact.name || name === tables.company.name
  if (isShared)
    return updated(context, name === tables.company.name ? 'company' : 'contact', id, values)
  const row = smallById(smallRows(account, name), id)
  if (row === undefined && account.quirks.missingUpdate === 'empty') return write.text('')
  if (row === undefined) throw new Fault(5, `No ${name} with Id ${id}`)
  writeSmall(context, name, row, values, 'E')
  return write.int(id)
}

/** Fault 5 without such a contact. What is not said to be an appointment is a note once it is completed, else a task. */
function newAction(account: Account, values: Values): SmallRow {
  const contact = values.get('ContactId')
  const id = contact?.kind === 'int' ? contact.value : 0
  if (contactById(account, id) === undefined) throw new Fault(5, `No Contact with Id ${id}`)
  const isNote = values.has('CompletionDate')
  return {
    Id: 0,
    CreationDate: account.wall(),
    LastUpdated: account.wall(),
    IsAppointment: 0,
    ...(account.quirks.objectType ? { ObjectType: isNote ? 'Note' : 'Task' } : {}),
  }
}

/** The writable small tables. */
function smallRows(account: Account, name: string): SmallRow[] {
  switch (name) {
    case 'ContactGroup':
      return account.tags
    case 'ContactGroupCategory':
      return account.tagCategories
    case 'DataFormField':
      return account.fields
    case 'ContactAction':
      return account.contactActions
    default:
      throw new Fault(7, name)
  }
}

/** Checks everything before it writes anything. Faults 10, 8, 12, 4. */
function writeSmall(
  context: Context,
  name: string,
  row: SmallRow,
  values: Values,
  right: string,
): void {
  const table = tableNamed(context, name, 'R')
  const changes = [...values].map(([column_, value]) => {
    const column = columnNamed(table, column_, right)
    return { column, result: stored(column, value, context.account.quirks) }
  })
  for (const { column, result } of changes) {
    if (result.kind === 'set') row[column.name] = result.cell
  }
}

/** Makes another field each time it is called, with the next free digit. Faults 12, 5. */
function addCustomField(
  context: Context,
  type: string,
  label: string,
  dataType: string,
  groupId: number,
): SmallRow {
  const { account, tables } = context
  const form = Object.entries(FORMS).find(([name]) => name === type)?.[1]
  if (form === undefined) throw new Fault(12, `unknown customFieldType ${type}`)
  const number = Object.entries(DATA_TYPES).find(([name]) => name === dataType)?.[1]
  if (number === undefined) throw new Fault(12, `unknown dataType ${dataType}`)
  const group = smallById(account.fieldGroups, groupId)
  const tab = group && smallById(account.fieldTabs, Number(group['TabId']))
  if (tab?.['FormId'] !== form)
    throw new Fault(5, `No DataFormGroup with Id ${groupId} on form ${form}`)
  const name = databaseName(label, (one) => account.usedFieldNames.has(`${form}/${one}`))
  account.usedFieldNames.add(`${form}/${name}`)
  const field = appendSmall(account.fields, {
    FormId: form,
    GroupId: groupId,
    DataType: number,
    Name: name,
    Label: label,
  })
  tables.addCustomColumn(field)
  return field
}

function fieldById(account: Account, id: number): SmallRow {
  const field = smallById(account.fields, id)
  if (field === undefined) throw new Fault(5, `No DataFormField with Id ${id}`)
  return field
}

/** Empty text for settings that do not exist. */
function appSetting(account: Account, module: string, setting: string): string {
  const settings: Readonly<Record<string, string>> = {
    'Application/enabled': 'yes',
    'Application/api_passphrase': 'KeapAK-test-passphrase',
    'Application/appname': account.quirks.tenant,
    'Contact/optiontypes': 'Customer,Lead,Other',
    'Contact/optionphonetypes': 'Work,Home,Mobile,Other',
    'Contact/optiontitles': 'Mr.,Mrs.,Ms.,Dr.',
  }
  return settings[`${module}/${setting}`] ?? ''
}

function authenticate(account: Account, name: string, hash: string): number {
  const user = account.users.find((row) => emailsOf(row).includes(name))
  const password = user && account.passwords.get(user.id)
  if (user === undefined || password === undefined || password.md5 !== hash) {
    throw new Fault(13, 'Invalid user name or password')
  }
  if (password.isExpired) throw new Fault(15, 'The password has expired')
  return user.id
}

function userInfo(context: Context): string {
  const { account, write } = context
  const user = account.users[0]
  return write.struct([
    ['globalUserId', write.int(700_000 + (user?.id ?? 0))],
    ['localUserId', write.int(user?.id ?? 0)],
    ['displayName', write.text('Ferry Tester')],
    ['appAlias', write.text(account.quirks.tenant)],
    ['appUrl', write.text(`https://${account.quirks.tenant}.infusionsoft.com`)],
  ])
}
