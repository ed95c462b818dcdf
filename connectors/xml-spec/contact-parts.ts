/** What can be written to a contact, and how: the elements of an item of AddContacts and EditContacts. */
import { z } from 'zod'
import { branch, leaf, list, type Markup } from './document.ts'
import { flag, id, leaves } from './operation.ts'
import { TEXT_NAMES, type TextName } from './schema.ts'

const texts = Object.fromEntries(TEXT_NAMES.map((name) => [name, z.string().optional()])) as Record<
  TextName,
  z.ZodOptional<z.ZodString>
>
const name = z.string().min(1)
export const PARTS = {
  ...texts,
  /** Of the primary company, instead of `Company`. */
  CompanyID: id.optional(),
  UserDefinedFields: z
    .array(
      z
        .strictObject({ fieldnum: id.optional(), fieldname: name.optional(), value: z.string() })
        .refine(
          ({ fieldnum, fieldname }) => (fieldnum === undefined) !== (fieldname === undefined),
          'needs either fieldnum or fieldname',
        ),
    )
    .optional(),
  Groups: z.strictObject({ names: z.array(name), replace: z.boolean().optional() }).optional(),
  Tags: z.array(name).optional(),
  SecondaryCompanies: z
    .array(
      z
        .strictObject({
          CompanyID: id.optional(),
          CompanyName: name.optional(),
          remove: z.boolean().optional(),
        })
        .refine(
          ({ CompanyID, CompanyName }) => (CompanyID === undefined) !== (CompanyName === undefined),
          'needs either CompanyID or CompanyName',
        ),
    )
    .optional(),
}
const partsOfContact = z.strictObject(PARTS)
/** What can be written to a contact; what is left out stays as it is. */
export type ContactParts = z.output<typeof partsOfContact>

/** In the order of the samples. */
export function partsMarkup(given: ContactParts): readonly (Markup | null)[] {
  return [
    ...TEXT_NAMES.map((element) => {
      const written = leaf(element, given[element])
      return element === 'Company' && written === null
        ? leaf('CompanyID', given.CompanyID)
        : written
    }),
    list(
      'UserDefinedFields',
      given.UserDefinedFields?.map(({ fieldnum, fieldname, value }) =>
        leaf('UserDefinedField', value, { fieldnum, fieldname }),
      ),
    ),
    groupsMarkup(given.Groups),
    list('Tags', leaves('Tag', given.Tags)),
    list(
      'SecondaryCompanies',
      given.SecondaryCompanies?.map(({ CompanyID, CompanyName, remove }) =>
        branch('SecondaryCompany', { remove: flag(remove) }, [
          leaf('CompanyID', CompanyID),
          leaf('CompanyName', CompanyName),
        ]),
      ),
    ),
  ]
}

/** An empty list with `replace` takes the contact out of all groups, so it is written; without, it means nothing. */
function groupsMarkup(groups: ContactParts['Groups']): Markup | null {
  if (groups === undefined) return null
  const { names, replace } = groups
  if (replace === true) return branch('Groups', { replace: 'true' }, leaves('Group', names))
  return list('Groups', leaves('Group', names))
}
