/** Spellings of places that the server accepts: its lists are English, dated and compared letter by letter (README, "countries and regions"). */
import { countryCode, countryName } from '../../src/model/country.ts'
import { isZone } from '../../src/model/zone.ts'

/** The server's name of a country given in any usual spelling or as a code; null: it has none. */
export function acceptedCountry(text: string): string | null {
  const known = SPECIAL_NAMES.get(fold(text))
  if (known !== undefined) return known
  const code = countryCode(text)
  if (code === null || ABSENT_COUNTRIES.has(code)) return null
  return COUNTRY_NAMES[code] ?? countryName(code)
}

/**
 * The server's name of a region; `unsure`: a code that several countries use, to be settled with the country at hand;
 * null: not a region we know it to accept.
 */
export function acceptedRegion(text: string): { readonly name: string } | 'unsure' | null {
  const name = REGION_NAMES.get(fold(text))
  if (name !== undefined) return { name }
  const named = REGION_CODES.get(text.trim().toUpperCase())
  if (named === undefined) return null
  const [only, ...others] = Object.values(named)
  return only !== undefined && others.length === 0 ? { name: only } : 'unsure'
}

/** Settles a code by the contact's country; any other text stays. undefined: the country does not settle it, so nothing is sent. */
export function regionForCountry(text: string, country: string | null): string | undefined {
  const accepted = acceptedRegion(text)
  if (accepted !== 'unsure') return text
  const code = country === null ? null : countryCode(country)
  return code === null ? undefined : REGION_CODES.get(text.trim().toUpperCase())?.[code]
}

/** An id from the tz database as PHP lists it: area and place, none of the old aliases; null: it has none. */
export function acceptedZone(text: string): string | null {
  const zone = OLD_ZONES[text] ?? text
  if (zone === 'UTC') return zone
  return AREAS.test(zone) && isZone(zone) ? zone : null
}

/** `en`, `en_US`; null: not a locale. */
export function acceptedLocale(text: string): string | null {
  const locale = text.trim().replaceAll('-', '_')
  return /^[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?$/.test(locale) ? locale : null
}

/** Without case and accents: what a case-insensitive database column takes for the same. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase()
}

/** Where the server's name is not the usual English one. */
const COUNTRY_NAMES: Readonly<Record<string, string>> = {
  BL: 'Saint Barthelemy',
  BN: 'Brunei',
  BQ: 'Bonaire, Saint Eustatius and Saba',
  CN: 'China',
  FK: 'Falkland Islands',
  FM: 'Micronesia',
  GM: 'Gambia',
  GW: 'Guinea Bissau',
  IR: 'Iran',
  LA: 'Laos',
  MD: 'Moldova',
  MF: 'Saint Martin',
  MK: 'Macedonia',
  PS: 'Palestine',
  RE: 'Réunion',
  RU: 'Russia',
  SH: 'Saint Helena, Ascension and Tristan da Cunha',
  SY: 'Syria',
  SZ: 'Swaziland',
  TL: 'East Timor',
  TR: 'Turkey',
  TW: 'Taiwan',
  TZ: 'Tanzania',
  US: 'United States',
  VA: 'Holy See',
  VG: 'Virgin Islands (British)',
  VI: 'Virgin Islands (U.S.)',
}
const ABSENT_COUNTRIES = new Set('AS CC CI CW CX FO IM IO NF SX TF UM XK'.split(' '))
const SPECIAL_NAMES = new Map(
  [...Object.values(COUNTRY_NAMES), 'Tahiti', 'Yugoslavia', 'Unknown'].map((name) => [
    fold(name),
    name,
  ]),
)

const AREAS = /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//
const OLD_ZONES: Readonly<Record<string, string>> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Etc/UTC': 'UTC',
  'Europe/Kiev': 'Europe/Kyiv',
  'US/Alaska': 'America/Anchorage',
  'US/Arizona': 'America/Phoenix',
  'US/Central': 'America/Chicago',
  'US/Eastern': 'America/New_York',
  'US/Hawaii': 'Pacific/Honolulu',
  'US/Mountain': 'America/Denver',
  'US/Pacific': 'America/Los_Angeles',
}

/** `CODE Name` where people write the code, else the name alone. Only what is certain to be in the server's list. */
const REGIONS: Readonly<Record<string, string>> = {
  US: `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|FL Florida|GA Georgia|HI Hawaii|
    ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
    MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|
    ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|
    UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|DC District of Columbia|GU Guam|PR Puerto Rico|
    AE Armed Forces Europe|AA Armed Forces Americas|AP Armed Forces Pacific`,
  CA: `AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NT Northwest Territories|NS Nova Scotia|
    NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon Territory`,
  AU: `ACT Australian Capital Territory|NT Northern Territory|NSW New South Wales|QLD Queensland|SA South Australia|TAS Tasmania|VIC Victoria|
    WA Western Australia`,
  BR: `AC Acre|AL Alagoas|AM Amazonas|AP Amapa|BA Bahia|CE Ceara|DF Distrito Federal|ES Espirito Santo|GO Goias|MA Maranhao|MG Minas Gerais|
    MS Mato Grosso do Sul|MT Mato Grosso|PA Para|PB Paraiba|PE Pernambuco|PI Piaui|PR Parana|RJ Rio de Janeiro|RN Rio Grande do Norte|
    RO Rondonia|RR Roraima|RS Rio Grande do Sul|SC Santa Catarina|SE Sergipe|SP Sao Paulo|TO Tocantins`,
  DE: `Baden-Württemberg|Bayern|Berlin|Brandenburg|Bremen|Hamburg|Hessen|Mecklenburg-Vorpommern|Niedersachsen|Nordrhein-Westfalen|
    Rheinland-Pfalz|Saarland|Sachsen|Sachsen-Anhalt|Schleswig-Holstein|Thüringen`,
  AT: 'Burgenland|Kärnten|Niederösterreich|Oberösterreich|Salzburg|Steiermark|Tirol|Vorarlberg|Wien',
  CH: `Aargau|Appenzell Ausserrhoden|Appenzell Innerrhoden|Basel-Landschaft|Basel-Stadt|Bern|Fribourg|Genève|Glarus|Graubünden|Jura|Luzern|
    Neuchâtel|Nidwalden|Obwalden|Schaffhausen|Schwyz|Solothurn|St. Gallen|Thurgau|Ticino|Uri|Valais|Vaud|Zug|Zürich`,
  GB: `Bedfordshire|Berkshire|Buckinghamshire|Cambridgeshire|Cheshire|Cornwall|County Durham|Cumbria|Derbyshire|Devon|Dorset|East Sussex|Essex|
    Fife|Gloucestershire|Greater London|Greater Manchester|Hampshire|Herefordshire|Hertfordshire|Highland|Isle of Wight|Kent|Lancashire|
    Leicestershire|Lincolnshire|Merseyside|Norfolk|North Yorkshire|Northamptonshire|Northumberland|Nottinghamshire|Oxfordshire|Powys|Rutland|
    Shropshire|Somerset|South Yorkshire|Staffordshire|Suffolk|Surrey|Tyne and Wear|Warwickshire|West Midlands|West Sussex|West Yorkshire|
    Wiltshire|Worcestershire`,
  IE: `Carlow|Cavan|Clare|Cork|Donegal|Dublin|Galway|Kerry|Kildare|Kilkenny|Laois|Leitrim|Limerick|Longford|Louth|Mayo|Meath|Monaghan|Offaly|
    Roscommon|Sligo|Tipperary|Waterford|Westmeath|Wexford|Wicklow`,
  NL: 'Flevoland|Friesland|Gelderland|Groningen|Limburg|Noord-Brabant|Noord-Holland|Overijssel|Utrecht|Zeeland|Zuid-Holland',
  NZ: 'Auckland|Bay of Plenty|Canterbury|Gisborne|Marlborough|Nelson|Northland|Otago|Southland|Taranaki|Tasman|Wellington|West Coast',
  IN: `Andhra Pradesh|Arunachal Pradesh|Assam|Bihar|Chhattisgarh|Delhi|Goa|Gujarat|Haryana|Himachal Pradesh|Jharkhand|Karnataka|Kerala|
    Madhya Pradesh|Maharashtra|Manipur|Meghalaya|Mizoram|Nagaland|Punjab|Rajasthan|Sikkim|Tamil Nadu|Telangana|Tripura|Uttar Pradesh|
    Uttarakhand|West Bengal`,
  MX: `Aguascalientes|Baja California|Baja California Sur|Campeche|Chiapas|Chihuahua|Coahuila|Colima|Durango|Guanajuato|Guerrero|Hidalgo|
    Jalisco|Michoacán|Morelos|Nayarit|Nuevo León|Oaxaca|Puebla|Querétaro|Quintana Roo|San Luis Potosí|Sinaloa|Sonora|Tabasco|Tamaulipas|
    Tlaxcala|Veracruz|Yucatán|Zacatecas`,
  JP: `Aichi|Akita|Aomori|Chiba|Ehime|Fukui|Fukuoka|Gifu|Gunma|Hiroshima|Hokkaido|Hyogo|Ibaraki|Ishikawa|Iwate|Kagawa|Kagoshima|Kanagawa|
    Kochi|Kumamoto|Kyoto|Mie|Miyagi|Miyazaki|Nagano|Nagasaki|Nara|Niigata|Oita|Okayama|Okinawa|Osaka|Saga|Saitama|Shiga|Shimane|Shizuoka|
    Tochigi|Tokushima|Tokyo|Tottori|Toyama|Wakayama|Yamagata|Yamaguchi|Yamanashi`,
}

/** By folded name. */
const REGION_NAMES = new Map<string, string>()
/** Code to the names it stands for, by country. */
const REGION_CODES = new Map<string, Record<string, string>>()
for (const [country, text] of Object.entries(REGIONS)) {
  for (const entry of text.split('|')) {
    const [, code, name = ''] = /^(?:([A-Z]{2,3}) )?(.+)$/.exec(entry.trim()) ?? []
    REGION_NAMES.set(fold(name), name)
    if (code !== undefined) REGION_CODES.set(code, { ...REGION_CODES.get(code), [country]: name })
  }
}
