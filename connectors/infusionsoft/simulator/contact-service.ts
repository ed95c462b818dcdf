/** ContactService: contacts and their tags. Sequences and action sets stand in `sequence-service.ts`. */
import { holdersOf, smallById } from './account.ts'
import { addContact, existing, mergeContacts, touch, updateContact } from './contact-write.ts'
import { type ContactRow, giveTag, readCell, takeTag } from './contact-row.ts'
import { slotOf } from './contact-columns.ts'
import type { Context, Methods } from './context.ts'
import { Fault } from './fault.ts'
import { rowsValue, rowValue, selectedColumns } from './rows.ts'
import { int, struct, text, texts } from './signature.ts'
import type { Rpc } from './call.ts'

export function contactService(context: Context): Methods {
  const { account, tables, watch, write } = context
  const table = tables.contact
  return {
    'ContactService.add': {
      overloads: [['struct']],
      effect: 'write',
      run: ([data]) => write.int(addContact(context, table, struct(data))),
    },
    'ContactService.addWithDupCheck': {
      overloads: [['struct', 'string']],
      effect: 'write',
      run: ([data, type]) => write.int(addWithDupCheck(context, struct(data), text(type))),
    },
    'ContactService.update': {
      overloads: [['int', 'struct']],
      effect: 'write',
      run: ([id, data]) => updated(context, 'contact', int(id), struct(data)),
    },
    'ContactService.load': {
      overloads: [['int', 'array']],
      effect: 'read',
      run: ([id, fields]) => loadContact(context, int(id), texts(fields)),
    },
    'ContactService.findByEmail': {
      overloads: [['string', 'array']],
      effect: 'read',
      run([email, fields]) {
        const names = texts(fields)
        if (names.includes('AccountId')) {
          throw new Fault(
            0,
            "Failed to invoke method findByEmail: Unknown column 'AccountId' in 'field list'",
          )
        }
        const rows = holdersOf(account, text(email)).map((id) => existing(context, table, id))
        return rowsValue(context, table, selectedColumns(table, names), rows)
      },
    },
    'ContactService.merge': {
      overloads: [['int', 'int']],
      effect: 'write',
      run([first, second]) {
        const winner = existing(context, table, int(first))
        const loser = existing(context, table, int(second))
        if (winner === loser) throw new Fault(12, 'a contact cannot be merged with itself')
        mergeContacts(context, winner, loser)
        return write.flag(true)
      },
    },
    'ContactService.addToGroup': {
      overloads: [['int', 'int']],
      effect: 'write',
      run([id, tag]) {
        const row = existing(context, table, int(id))
        const isNew = giveTag(row, existingTag(context, int(tag)), account.wall())
        if (isNew) {
          watch.touched(row.id, 'ContactService.addToGroup')
          if (account.quirks.tagTouchesContact) touch(context, row)
        }
        return write.flag(isNew)
      },
    },
    'ContactService.removeFromGroup': {
      overloads: [['int', 'int']],
      effect: 'write',
      run([id, tag]) {
        const row = existing(context, table, int(id))
        const had = takeTag(row, existingTag(context, int(tag)))
        if (had && account.quirks.tagTouchesContact) touch(context, row)
        return write.flag(had)
      },
    },
    'ContactService.linkContacts': {
      overloads: [['int', 'int', 'int']],
      effect: 'write',
      run([a, b, type]) {
        const link = linkOf(context, int(a), int(b), int(type))
        const isNew = findLink(context, link) < 0
        if (isNew) account.links.push(link)
        return write.flag(isNew)
      },
    },
    'ContactService.unlinkContacts': {
      overloads: [['int', 'int', 'int']],
      effect: 'write',
      run([a, b, type]) {
        const at = findLink(context, linkOf(context, int(a), int(b), int(type)))
        if (at >= 0) account.links.splice(at, 1)
        return write.flag(at >= 0)
      },
    },
    'ContactService.listLinkedContacts': {
      overloads: [['int']],
      effect: 'read',
      run: ([id]) => linkedContacts(context, existing(context, table, int(id)).id),
    },
  }
}

/** Faults 6 for the poisoned contact, 5 for ids that are not there. */
export function loadContact(context: Context, id: number, fields: readonly string[]): string {
  const { contact } = context.tables
  if (id === context.account.quirks.poisonContact)
    throw new Fault(6, `could not load Contact ${id}`)
  const columns = selectedColumns(contact, fields)
  return rowValue(context, contact, columns, existing(context, contact, id), context.callNumber())
}

/** The id, or what the account does for ids that are not there (quirk `missingUpdate`). */
export function updated(
  context: Context,
  kind: 'contact' | 'company',
  id: number,
  values: ReadonlyMap<string, Rpc>,
): string {
  const { account, tables, write } = context
  try {
    updateContact(context, tables[kind], existing(context, tables[kind], id), values)
  } catch (error) {
    const isMissing = error instanceof Fault && error.code === 5
    if (isMissing && account.quirks.missingUpdate === 'empty') return write.text('')
    throw error
  }
  return write.int(id)
}

/** A matched contact is updated, except its custom DateTime fields, which this call is known not to change. */
function addWithDupCheck(context: Context, values: ReadonlyMap<string, Rpc>, type: string): number {
  const { account, tables } = context
  if (!['Email', 'EmailAndName', 'EmailAndNameAndCompany'].includes(type)) {
    throw new Fault(12, `unknown dupCheckType ${type}`)
  }
  const wanted = (name: string) => {
    const value = values.get(name)
    return value?.kind === 'string' ? value.value.toLowerCase() : ''
  }
  const has = (row: ContactRow, name: string) =>
    String(readCell(row, slotOf(name)) ?? '').toLowerCase() === wanted(name)
  const matches = holdersOf(account, wanted('Email'))
    .map((id) => existing(context, tables.contact, id))
    .filter((row) => row.kind === 'contact' && has(row, 'Email'))
    .filter((row) => type === 'Email' || (has(row, 'FirstName') && has(row, 'LastName')))
    .filter(
      (row) =>
        type !== 'EmailAndNameAndCompany' || linkedCompany(context, row) === wanted('Company'),
    )
  const chosen = matches[(context.seed + context.callNumber()) % Math.max(matches.length, 1)]
  if (chosen === undefined) return addContact(context, tables.contact, values)
  updateContact(
    context,
    tables.contact,
    chosen,
    values,
    (column) => column.kind === 'stamp' && column.name.startsWith('_'),
  )
  return chosen.id
}

/** Name of the company record, in lower case; empty when none is linked, whatever the text column Company says. */
function linkedCompany(context: Context, row: ContactRow): string {
  if (row.company === 0) return ''
  const company = existing(context, context.tables.company, row.company)
  return String(readCell(company, slotOf('Company')) ?? '').toLowerCase()
}

function existingTag(context: Context, id: number): number {
  if (smallById(context.account.tags, id) === undefined)
    throw new Fault(5, `No ContactGroup with Id ${id}`)
  return id
}

interface Link {
  readonly a: number
  readonly b: number
  readonly type: number
}

function linkOf(context: Context, a: number, b: number, type: number): Link {
  const { contact } = context.tables
  return { a: existing(context, contact, a).id, b: existing(context, contact, b).id, type }
}

function findLink(context: Context, link: Link): number {
  return context.account.links.findIndex(
    (one) =>
      one.type === link.type &&
      ((one.a === link.a && one.b === link.b) || (one.a === link.b && one.b === link.a)),
  )
}

function linkedContacts(context: Context, id: number): string {
  const { account, write } = context
  const linked = account.links.filter((one) => one.a === id || one.b === id)
  return write.array(
    linked.map((one) =>
      write.struct([
        ['ContactId', write.int(one.a === id ? one.b : one.a)],
        ['LinkTypeId', write.int(one.type)],
      ]),
    ),
  )
}
