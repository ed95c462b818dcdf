/** The elements that every contact has, and what we call them. */
import type { FieldPath, ValueType } from '../../src/model/field.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { TextName } from './schema.ts'

export interface TextField {
  readonly element: TextName
  readonly path: FieldPath
  readonly label: string
  readonly type: ValueType
}

/** One address, one e-mail, one of each number. What has no word of ours keeps its own under `custom.`. */
export const TEXT_FIELDS: readonly TextField[] = [
  field('Firstname', 'givenName', 'First name', 'text'),
  field('Lastname', 'familyName', 'Last name', 'text'),
  field('Title', 'jobTitle', 'Job title', 'text'),
  field('Company', 'company', 'Company', 'text'),
  field('Address1', 'addresses.main.line1', 'Address line 1', 'text'),
  field('Address2', 'addresses.main.line2', 'Address line 2', 'text'),
  field('City', 'addresses.main.city', 'City', 'text'),
  field('State', 'addresses.main.region', 'State or region', 'region'),
  field('Zip', 'addresses.main.postalCode', 'Postal code', 'text'),
  field('Country', 'addresses.main.country', 'Country', 'country'),
  field('Phone', 'phones.main', 'Phone', 'phone'),
  field('Mobile', 'phones.mobile', 'Mobile phone', 'phone'),
  field('Fax', 'fax', 'Fax', 'phone'),
  field('Website', 'website', 'Website', 'url'),
  field('Email', 'emails.1', 'Email', 'email'),
  field('Birthdate', 'birthday', 'Birthday', 'date'),
  field('Gender', 'gender', 'Gender', 'text'),
  field('Hometown', 'custom.Hometown', 'Hometown', 'text'),
  field('Height', 'custom.Height', 'Height', 'text'),
  field('Weight', 'custom.Weight', 'Weight', 'text'),
  field('SkillsAndInterests', 'custom.SkillsAndInterests', 'Skills and interests', 'longtext'),
  field('Bio', 'custom.Bio', 'Bio', 'longtext'),
  field('Notes', 'notes', 'Notes', 'longtext'),
]

export const SECONDARY_COMPANIES = 'custom.SecondaryCompanies'
export const CREATED = 'createdAt'
export const DEMOGRAPHIC_SCORE = 'custom.DemographicLeadScore'
export const ACTIVITY_SCORE = 'custom.ActivityLeadScore'

export function standardDefinitions(withScores: boolean): readonly FieldDefinition[] {
  return [
    ...TEXT_FIELDS.map(({ element, path, label, type }) =>
      definition(path, element, { label, type, writable: true }),
    ),
    definition(SECONDARY_COMPANIES, 'SecondaryCompanies', {
      label: 'Secondary companies',
      type: 'choices',
      writable: true,
    }),
    definition(CREATED, 'CreatedDatetime', { label: 'Created', type: 'datetime', writable: false }),
    ...(withScores ? SCORES : []),
  ]
}

const SCORES: readonly FieldDefinition[] = [
  definition(DEMOGRAPHIC_SCORE, 'DemographicLeadScore', {
    label: 'Demographic lead score',
    type: 'number',
    writable: false,
  }),
  definition(ACTIVITY_SCORE, 'ActivityLeadScore', {
    label: 'Activity lead score',
    type: 'number',
    writable: false,
  }),
]

/** Keys under `custom.` that a user-defined field of the same name must not take. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(
  [...TEXT_FIELDS.map(({ path }) => path), SECONDARY_COMPANIES, DEMOGRAPHIC_SCORE, ACTIVITY_SCORE]
    .filter((path) => path.startsWith('custom.'))
    .map((path) => path.slice('custom.'.length)),
)

function field(element: TextName, path: FieldPath, label: string, type: ValueType): TextField {
  return { element, path, label, type }
}

function definition(
  path: FieldPath,
  native: string,
  is: Pick<FieldDefinition, 'label' | 'type' | 'writable'>,
): FieldDefinition {
  return {
    path,
    native,
    ...is,
    readable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
}
