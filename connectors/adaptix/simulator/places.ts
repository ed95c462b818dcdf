/** The bundled lists that country, region, time zone and locale fields are checked against: English, dated, case-sensitive. */

export function isCountry(text: string): boolean {
  return COUNTRIES.has(text)
}
export function isRegion(text: string): boolean {
  return REGIONS.has(text)
}

/** An IANA id as PHP lists them: an area and a place, or UTC; no aliases of old. */
export function isTimeZone(text: string): boolean {
  if (text === 'UTC') return true
  if (!ZONE_SHAPE.test(text) || OLD_ZONES.has(text)) return false
  return remembered(ZONES_SEEN, text, () => new Intl.DateTimeFormat('en', { timeZone: text }))
}

/** Like `en_US` or `en`. */
export function isLocale(text: string): boolean {
  if (!/^[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?$/.test(text)) return false
  const language = text.split('_')[0] ?? ''
  return remembered(LOCALES_SEEN, text, () => {
    if (LANGUAGES.of(language) === undefined) throw new RangeError(`no such language: ${language}`)
  })
}

const ZONE_SHAPE =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Z][A-Za-z_/-]+$/
const OLD_ZONES = new Set([
  'America/Buenos_Aires',
  'America/Indianapolis',
  'Asia/Calcutta',
  'Asia/Katmandu',
  'Asia/Rangoon',
  'Asia/Saigon',
  'Europe/Kiev',
])
const ZONES_SEEN = new Map<string, boolean>()
const LOCALES_SEEN = new Map<string, boolean>()
const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** Runs a check that throws RangeError for "no", once per text. */
function remembered(seen: Map<string, boolean>, text: string, check: () => unknown): boolean {
  const known = seen.get(text)
  if (known !== undefined) return known
  let isValid = true
  try {
    check()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    isValid = false
  }
  seen.set(text, isValid)
  return isValid
}

function list(text: string): ReadonlySet<string> {
  return new Set(text.split('|').map((name) => name.trim()))
}

const COUNTRIES = list(
  'Afghanistan|Åland Islands|Albania|Algeria|American Samoa|Andorra|Angola|Anguilla|Antarctica|Antigua and Barbuda|Argentina|Armenia|Aruba|' +
    'Australia|Austria|Azerbaijan|Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|Benin|Bermuda|Bhutan|Bolivia|' +
    'Bonaire, Saint Eustatius and Saba|Bosnia and Herzegovina|Botswana|Brazil|British Indian Ocean Territory|Brunei|Bulgaria|Burkina Faso|' +
    'Burundi|Cambodia|Cameroon|Canada|Cape Verde|Cayman Islands|Central African Republic|Chad|Chile|China|Colombia|Comoros|Cook Islands|' +
    'Costa Rica|Croatia|Cuba|Curacao|Cyprus|Czech Republic|Democratic Republic of the Congo|Denmark|Djibouti|Dominica|Dominican Republic|' +
    'East Timor|Ecuador|Egypt|El Salvador|Equatorial Guinea|Eritrea|Estonia|Ethiopia|Falkland Islands|Faroe Islands|Fiji|Finland|France|' +
    'French Guiana|French Polynesia|Gabon|Gambia|Georgia|Germany|Ghana|Gibraltar|Greece|Greenland|Grenada|Guadeloupe|Guam|Guatemala|Guernsey|' +
    'Guinea|Guinea-Bissau|Guyana|Haiti|Honduras|Hong Kong|Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Isle of Man|Israel|Italy|' +
    'Ivory Coast|Jamaica|Japan|Jersey|Jordan|Kazakhstan|Kenya|Kiribati|Kosovo|Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Lesotho|Liberia|Libya|' +
    'Liechtenstein|Lithuania|Luxembourg|Macao|Macedonia|Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Marshall Islands|Martinique|' +
    'Mauritania|Mauritius|Mayotte|Mexico|Micronesia|Moldova|Monaco|Mongolia|Montenegro|Montserrat|Morocco|Mozambique|Myanmar|Namibia|Nauru|' +
    'Nepal|Netherlands|New Caledonia|New Zealand|Nicaragua|Niger|Nigeria|Niue|North Korea|Norway|Oman|Pakistan|Palau|Palestine|Panama|' +
    'Papua New Guinea|Paraguay|Peru|Philippines|Poland|Portugal|Puerto Rico|Qatar|Republic of the Congo|Reunion|Romania|Russia|Rwanda|' +
    'Saint Barthelemy|Saint Kitts and Nevis|Saint Lucia|Saint Martin|Saint Vincent and the Grenadines|Samoa|San Marino|' +
    'Sao Tome and Principe|Saudi Arabia|Senegal|Serbia|Seychelles|Sierra Leone|Singapore|Sint Maarten|Slovakia|Slovenia|Solomon Islands|' +
    'Somalia|South Africa|South Korea|South Sudan|Spain|Sri Lanka|Sudan|Suriname|Swaziland|Sweden|Switzerland|Syria|Taiwan|Tajikistan|' +
    'Tanzania|Thailand|Togo|Tonga|Trinidad and Tobago|Tunisia|Turkey|Turkmenistan|Turks and Caicos Islands|Tuvalu|U.S. Virgin Islands|' +
    'Uganda|Ukraine|United Arab Emirates|United Kingdom|United States|Uruguay|Uzbekistan|Vanuatu|Vatican|Venezuela|Vietnam|' +
    'Wallis and Futuna|Western Sahara|Yemen|Zambia|Zimbabwe',
)

const REGIONS = list(
  'Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|District of Columbia|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|' +
    'Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|' +
    'New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|' +
    'South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|' +
    'Armed Forces Americas|Armed Forces Europe|Armed Forces Pacific|' +
    'Alberta|British Columbia|Manitoba|New Brunswick|Newfoundland and Labrador|Northwest Territories|Nova Scotia|Nunavut|Ontario|' +
    'Prince Edward Island|Quebec|Saskatchewan|Yukon Territory|' +
    'Australian Capital Territory|New South Wales|Northern Territory|Queensland|South Australia|Tasmania|Victoria|Western Australia|' +
    'Baden-Württemberg|Bayern|Berlin|Brandenburg|Bremen|Hamburg|Hessen|Mecklenburg-Vorpommern|Niedersachsen|Nordrhein-Westfalen|' +
    'Rheinland-Pfalz|Saarland|Sachsen|Sachsen-Anhalt|Schleswig-Holstein|Thüringen|' +
    'Burgenland|Kärnten|Niederösterreich|Oberösterreich|Salzburg|Steiermark|Tirol|Vorarlberg|Wien|' +
    'Aargau|Basel-Stadt|Bern|Genève|Luzern|Ticino|Vaud|Zürich|' +
    'Bedfordshire|Cambridgeshire|Cornwall|Cumbria|Devon|Dorset|Essex|Greater London|Greater Manchester|Hampshire|Kent|Lancashire|' +
    'Merseyside|Norfolk|Oxfordshire|Somerset|Surrey|West Midlands|West Yorkshire|' +
    'Alsace|Aquitaine|Bretagne|Corse|Île-de-France|Normandie|Occitanie|Provence-Alpes-Côte d’Azur|Rhône-Alpes|' +
    'Andalucia|Aragon|Canarias|Cataluña|Galicia|Madrid|Murcia|Navarra|Valencia|' +
    'Abruzzo|Calabria|Campania|Lazio|Liguria|Lombardia|Piemonte|Puglia|Sardegna|Sicilia|Toscana|Umbria|Veneto|' +
    'Drenthe|Flevoland|Friesland|Gelderland|Groningen|Limburg|Noord-Brabant|Noord-Holland|Overijssel|Utrecht|Zeeland|Zuid-Holland|' +
    'Acre|Bahia|Ceara|Distrito Federal|Minas Gerais|Parana|Pernambuco|Rio de Janeiro|Rio Grande do Sul|Santa Catarina|Sao Paulo|' +
    'Aichi|Fukuoka|Hokkaido|Hyogo|Kanagawa|Kyoto|Nagano|Okinawa|Osaka|Tokyo|' +
    'Cork|Donegal|Dublin|Galway|Kerry|Limerick|Mayo|Waterford',
)
