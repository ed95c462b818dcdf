/** The columns of the contacts table, for conditions and orders. */
import { type Account, userName } from './account.ts'
import { type ContactRow, cellAt } from './contacts.ts'
import { sqlMoment } from './dates.ts'
import { type Field, fieldOf } from './field-set.ts'
import { toFloat } from './php.ts'
import type { Column, Columns } from './where.ts'

/** Names are snake_case; at top level of a `where` the entity's camelCase works too. */
export function contactColumns(account: Account): Columns<ContactRow> {
  return (name, isNested) => {
    const bare = name.startsWith('l.') ? name.slice(2) : name
    const own = ENTITY.get(bare)
    if (own !== undefined) return own(account)
    if (!isNested && /[A-Z]/.test(bare)) {
      const snake = bare.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      return ENTITY.get(snake)?.(account) ?? null
    }
    const field = fieldOf(account.fields, 'lead', bare)
    return field === null || field.publishAt !== null ? null : fieldColumn(field)
  }
}

/** Columns for orders: camelCase is unknown there. */
export function orderColumn(account: Account, name: string): Column<ContactRow> | null {
  return contactColumns(account)(name, true)
}

/** A field column compares by number or moment where it holds such, else as text. */
function fieldColumn(field: Field): Column<ContactRow> {
  if (field.type === 'number' || field.type === 'boolean') {
    return {
      kind: 'number',
      read: (row) => {
        const text = cellAt(row, field.column)
        return text === '' ? null : toFloat(text)
      },
    }
  }
  if (field.type === 'date' || field.type === 'datetime') {
    return {
      kind: 'datetime',
      read: (row) => sqlMoment(cellAt(row, field.column)),
    }
  }
  return {
    kind: 'text',
    read: (row) => {
      const text = cellAt(row, field.column)
      return text === '' ? null : text
    },
  }
}

function number(read: (row: ContactRow) => number | null): () => Column<ContactRow> {
  return () => ({ kind: 'number', read })
}
function datetime(read: (row: ContactRow) => number | null): () => Column<ContactRow> {
  return () => ({ kind: 'datetime', read })
}
function user(read: (row: ContactRow) => number | null) {
  return (account: Account): Column<ContactRow> => ({
    kind: 'text',
    read: (row) => userName(account, read(row)),
  })
}

const ENTITY = new Map<string, (account: Account) => Column<ContactRow>>(
  Object.entries({
    id: number((row) => row.id),
    is_published: number(() => 1),
    date_added: datetime((row) => row.dateAdded),
    date_modified: datetime((row) => row.dateModified),
    date_identified: datetime((row) => row.dateIdentified),
    last_active: datetime((row) => row.lastActive),
    points: number((row) => row.points),
    created_by: number((row) => row.createdBy),
    created_by_user: user((row) => row.createdBy),
    modified_by: number((row) => row.modifiedBy),
    modified_by_user: user((row) => row.modifiedBy),
    owner_id: number((row) => row.owner),
    stage_id: number((row) => row.stage),
    preferred_profile_image: () => ({ kind: 'text', read: () => 'gravatar' }),
  }),
)
