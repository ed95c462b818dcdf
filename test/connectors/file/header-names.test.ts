import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf, headerOf, isPath, keyOf } from '../../../connectors/file/header-names.ts'
import { STANDARD_FIELDS } from '../../../src/model/field.ts'

function roles(...headers: readonly string[]): readonly string[] {
  return columnsOf(headers).map(({ role }) => keyOf(role))
}

describe('headers', () => {
  it('of exports are known in any spelling', () => {
    expect(roles('First Name', 'E-MAIL', 'last_name', 'Straße', 'PLZ', 'Shipping city')).toEqual([
      'field givenName',
      'field emails.1',
      'field familyName',
      'field addresses.main.line1',
      'field addresses.main.postalCode',
      'field addresses.shipping.city',
    ])
    expect(roles('Contact ID', 'Tags', 'Groups', 'consents', 'consent.email', 'updatedAt')).toEqual(
      ['id', 'tags', 'groups', 'consents', 'consent email', 'updatedAt'],
    )
  })

  it('that nobody knows are custom fields under their own name', () => {
    expect(roles('Lead Source', 'custom.Lead Source 2', 'custom.Owner', '=1+1', "'=1+1")).toEqual([
      'field custom.Lead Source',
      'field custom.Lead Source 2',
      'field custom.Owner',
      'field custom.=1+1',
      'field custom.=1+1 (2)',
    ])
  })

  it('never share a role: nothing of a second column is lost', () => {
    expect(roles('Email', 'E-Mail', 'email', 'id', 'ferry_id', '', '')).toEqual([
      'field emails.1',
      'field custom.E-Mail',
      'field custom.email',
      'id',
      'field custom.ferry_id',
      'field custom.Column 6',
      'field custom.Column 7',
    ])
    fc.assert(
      fc.property(fc.array(fc.string()), (headers) => {
        const found = roles(...headers)
        expect(new Set(found).size).toBe(headers.length)
      }),
    )
  })

  it('of every standard field, and of any custom one, are read as what they were written for', () => {
    for (const path of Object.keys(STANDARD_FIELDS)) {
      expect(roles(headerOf({ kind: 'field', path }))).toEqual([`field ${path}`])
    }
    for (const { label } of Object.values(STANDARD_FIELDS)) {
      const path = `custom.${label}`
      expect(roles(headerOf({ kind: 'field', path }))).toEqual([`field ${path}`])
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (label) => {
        const path = `custom.${label}`
        expect(isPath(path)).toBe(true)
        expect(roles(headerOf({ kind: 'field', path }))).toEqual([`field ${path}`])
      }),
    )
  })
})
