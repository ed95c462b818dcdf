/** Where people live and work: coherent places, and the ways their countries get spelt. */

export interface Place {
  readonly city: string
  readonly region: string
  /** `#` stands for a digit. */
  readonly postalCode: string
  readonly country: string
  readonly streets: readonly string[]
  readonly timeZone: string
  /** Phone numbers as people there type them; `#` stands for a digit. */
  readonly phones: readonly string[]
}

export const PLACES: readonly Place[] = [
  {
    city: 'Phoenix',
    region: 'AZ',
    postalCode: '850##',
    country: 'United States',
    streets: ['# Main St.', '## E Camelback Rd #2##', 'P.O. Box ###'],
    timeZone: 'America/Phoenix',
    phones: ['(602) 555-01##', '602-555-01##', '+1 602 555 01##', '602.555.01##', '60255501##'],
  },
  {
    city: 'Boston',
    region: 'Massachusetts',
    postalCode: '021##-00##',
    country: 'United States',
    streets: ['## Beacon Street', '1 "The Yard"'],
    timeZone: 'America/New_York',
    phones: ['617-555-01##', '1-617-555-01## ext. 4#', '1 (617) 555 01##'],
  },
  {
    city: 'München',
    region: 'Bayern',
    postalCode: '803##',
    country: 'Germany',
    streets: ['Leopoldstraße ##', 'Am Gänsbühel # b'],
    timeZone: 'Europe/Berlin',
    phones: [
      '+49 (0) 89 123 45##',
      '089/12345##',
      '0049 89 12345##',
      '+49891234500##',
      '0151 234567##',
    ],
  },
  {
    city: 'Leipzig',
    region: 'Sachsen',
    postalCode: '041##',
    country: 'Germany',
    streets: ['Straße des 17. Juni ##', 'Karl-Liebknecht-Str. ###'],
    timeZone: 'Europe/Berlin',
    phones: ['0341 99 99 ##', '+49 341 9999##'],
  },
  {
    city: 'Paris',
    region: '',
    postalCode: '750##',
    country: 'France',
    streets: ['##, rue de l’Église', '#bis avenue Foch'],
    timeZone: 'Europe/Paris',
    phones: ['01 23 45 67 ##', '+33 1 23 45 67 ##'],
  },
  {
    city: 'London',
    region: 'Greater London',
    postalCode: 'SW1A #AA',
    country: 'United Kingdom',
    streets: ['Flat #, ## Baker St', 'The Old Rectory'],
    timeZone: 'Europe/London',
    phones: ['020 7946 09##', '+44 (0)20 7946 09##', '07700 9009##'],
  },
  {
    city: 'Toronto',
    region: 'ON',
    postalCode: 'M5V #A#',
    country: 'Canada',
    streets: ['### King St W, Unit ##'],
    timeZone: 'America/Toronto',
    phones: ['416-555-01##', '1-416-555-CALL'],
  },
  {
    city: '東京',
    region: '東京都',
    postalCode: '100-00##',
    country: 'Japan',
    streets: ['千代田区丸の内#丁目#-##'],
    timeZone: 'Asia/Tokyo',
    phones: ['03-1234-56##', '+81 3 1234 56##'],
  },
  {
    city: 'São Paulo',
    region: 'SP',
    postalCode: '010##-000',
    country: 'Brazil',
    streets: ['Av. Paulista, 1###'],
    timeZone: 'America/Sao_Paulo',
    phones: ['(11) 91234-56##', '+55 11 91234 56##'],
  },
  {
    city: 'Sydney',
    region: 'NSW',
    postalCode: '20##',
    country: 'Australia',
    streets: ['##/## George Street'],
    timeZone: 'Australia/Sydney',
    phones: ['02 5550 12##', '+61 2 5550 12##', '0491 570 1##'],
  },
]

/** What some people put where a country name belongs. */
export const ODD_COUNTRIES: readonly string[] = [
  'USA',
  'U.S.A.',
  'us',
  'Deutschland',
  'Germany ',
  'Freedonia',
  'England',
  'Great Britain',
  'Holland',
  'Côte d’Ivoire',
  'Korea, Republic of',
  'n/a',
]
/** What some people put where a phone number belongs. */
export const ODD_PHONES: readonly string[] = [
  '12',
  '555',
  'ask for Anna',
  '1-800-FLOWERS',
  '00000000',
  '+49 (0) 89 ...',
  '602-555-0123 or 602-555-0124',
  "='+1'",
  '٠١٢٣٤٥٦٧٨٩',
]
