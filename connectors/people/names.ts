/** Names by culture: how people are called, and the plain letters they use in an address. */

export interface Culture {
  /** Like de_DE. */
  readonly language: string
  readonly given: readonly (readonly [name: string, plain: string])[]
  readonly family: readonly (readonly [name: string, plain: string])[]
}

const GERMAN: Culture = {
  language: 'de_DE',
  given: pairs(
    'Anna,Jürgen=juergen,Uwe,Björn=bjoern,Käthe=kaethe,Lukas,Marie-Luise,Hans Peter=hans.peter,Jörg=joerg,Sabine,Tobias,Zoë=zoe',
  ),
  family: pairs(
    'Müller=mueller,Schmidt,Weiß=weiss,von der Heide=vonderheide,Köhler=koehler,Meyer-Lüdenscheidt=meyer.l,Groß=gross,Bauer,Schäfer=schaefer,Krüger=krueger,Lang,Öztürk=oeztuerk',
  ),
}
const ENGLISH: Culture = {
  language: 'en_US',
  given: pairs(
    'Mary,John,Ines,Patrick,Shawn,Mary Ann=maryann,Jean-Luc=jeanluc,Al,Bo,Elizabeth,Kwame,Siobhán=siobhan,DeShawn=deshawn,X Æ=xae',
  ),
  family: pairs(
    "Smith,Johnson,O'Brien=o'brien,McDonald=mcdonald,de la Cruz=delacruz,St. John=stjohn,Lee,Null=null,Test=test,Washington,D'Angelo=d'angelo,Smith Jr.=smithjr,Ng,Wolfeschlegelsteinhausenbergerdorff=wolfe",
  ),
}
const ROMANCE: Culture = {
  language: 'fr_FR',
  given: pairs(
    'Zoé=zoe,François=francois,José=jose,María=maria,Noël=noel,João=joao,Chloé=chloe,Iñigo=inigo,Lucia,Benoît=benoit',
  ),
  family: pairs(
    'Lefèvre=lefevre,García Márquez=garciamarquez,Núñez=nunez,Dupont,Gonçalves=goncalves,Peña=pena,Rossi,Hervé=herve,D’Arc=darc,Conceição=conceicao',
  ),
}
const SLAVIC: Culture = {
  language: 'pl_PL',
  given: pairs(
    'Łukasz=lukasz,Agnieszka,Ольга=olga,Дмитрий=dmitri,Jiří=jiri,Željko=zeljko,Nadiia,Владимир=vladimir',
  ),
  family: pairs(
    'Wiśniewski=wisniewski,Kowalska,Иванов=ivanov,Dvořák=dvorak,Đorđević=djordjevic,Шевченко=shevchenko,Nowak',
  ),
}
const ASIAN: Culture = {
  language: 'ja_JP',
  given: pairs('太郎=taro,花子=hanako,伟=wei,秀英=xiuying,지우=jiwoo,Linh,さくら=sakura'),
  family: pairs('山田=yamada,佐藤=sato,王=wang,李=li,김=kim,Nguyễn=nguyen,髙橋=takahashi'),
}
const FURTHER: Culture = {
  language: 'ar_EG',
  given: pairs(
    'محمد=mohamed,فاطمة=fatima,אורי=uri,प्रिया=priya,Ελένη=eleni,สมชาย=somchai,İbrahim=ibrahim',
  ),
  family: pairs(
    'الهاشمي=hashemi,עמית=amit,शर्मा=sharma,Παπαδόπουλος=papadopoulos,Yıldız=yildiz,ใจดี=jaidee',
  ),
}

/** Listed as often as they should come up. */
export const CULTURES: readonly Culture[] = [
  ENGLISH,
  ENGLISH,
  ENGLISH,
  ENGLISH,
  GERMAN,
  GERMAN,
  GERMAN,
  ROMANCE,
  ROMANCE,
  SLAVIC,
  ASIAN,
  FURTHER,
]

export const PREFIXES: readonly string[] = [
  'Mr.',
  'Mrs.',
  'Ms',
  'Dr.',
  'Prof. Dr.',
  'Herr',
  'Frau',
  'Mme',
]
export const SUFFIXES: readonly string[] = ['Jr.', 'Sr.', 'III', 'PhD', 'M.D., FACS']
export const NICKNAMES: readonly string[] = [
  'Bob',
  'Schorsch',
  'The "Boss"',
  'Lulu 💃',
  'Mäx',
  'A.J.',
]
export const JOBS: readonly string[] = [
  'Owner',
  'CEO',
  'Head of Sales & Marketing',
  'Geschäftsführerin',
  'Nurse',
  'R&D',
  'Engineer <contract>',
  'n/a',
]

/** `Name=plain` pairs; without a plain form the name in lower case serves. */
function pairs(list: string): readonly (readonly [string, string])[] {
  return list.split(',').map((entry) => {
    const [name = '', plain] = entry.split('=')
    return [name, plain ?? name.toLowerCase().replaceAll(' ', '.')] as const
  })
}
