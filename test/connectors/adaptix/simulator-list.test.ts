import { describe, expect, test } from 'vitest'
import { create, type Driver, idsOf, start } from './simulator-driver.ts'

/** `where[0][col]=…` out of conditions, groups included. */
function where(...conditions: readonly Condition[]): string {
  return `where${encode(conditions)}`.replaceAll('&[', '&where[')
}
type Condition = readonly [
  col: string,
  expr: string,
  val: string | readonly string[] | readonly Condition[],
]

function encode(conditions: readonly Condition[]): string {
  return conditions.flatMap((condition, i) => one(`[${i}]`, condition)).join('&')
}
function one(at: string, [col, expr, val]: Condition): string[] {
  const lines = [`${at}[expr]=${expr}`]
  if (col !== '') lines.push(`${at}[col]=${col}`)
  if (typeof val === 'string') lines.push(`${at}[val]=${encodeURIComponent(val)}`)
  else {
    val.forEach((item, i) => {
      if (typeof item === 'string') lines.push(`${at}[val][${i}]=${encodeURIComponent(item)}`)
      else lines.push(...one(`${at}[val][${i}]`, item))
    })
  }
  return lines
}
const byId = 'orderBy=id&orderByDir=asc'

function ids(driver: Driver, query: string): number[] {
  const reply = driver.get(`/contacts?${query}&${byId}`)
  expect(reply.status).toBe(200)
  return idsOf(reply)
}

function sample(quirks: Readonly<Record<string, unknown>> = {}): Driver {
  const driver = start(quirks)
  create(
    driver,
    { email: 'ann@one.test', firstname: 'Ann', phone: '444444444', points: 10, city: 'Oslo' },
    { email: 'Bob@one.test', firstname: 'Bob', phone: '888888888', points: 20, city: 'Bergen' },
    { email: "o'hara@one.test", firstname: 'Zoë', phone: '5', points: 30 },
    { firstname: 'Nobody' },
    {},
  )
  return driver
}

describe('a page of contacts', () => {
  test('is keyed by id, has a total of text, 30 rows unless asked, all for limit 0', () => {
    const driver = start({}, 50)
    const page = driver.get(`/contacts?${byId}`)
    expect(page.json['total']).toBe('50')
    expect(Object.keys(page.json['contacts'] ?? {})).toHaveLength(30)
    expect(page.json['contacts']?.['7']?.['id']).toBe(7)
    expect(ids(driver, 'limit=0')).toHaveLength(50)
    expect(ids(driver, 'start=45&limit=10')).toEqual([46, 47, 48, 49, 50])
  })

  test('by keyset on the id walks everybody once', () => {
    const driver = start({}, 95)
    driver.send('DELETE', '/contacts/50/delete')
    const seen: number[] = []
    for (let last = 0; ; last = seen.at(-1) ?? 0) {
      const reply = driver.get(`/contacts?${where(['id', 'gt', String(last)])}&${byId}&limit=20`)
      const found = idsOf(reply)
      expect(reply.json['total']).toBe(String(94 - seen.length))
      seen.push(...found)
      if (found.length < 20) break
    }
    expect(seen).toHaveLength(94)
    expect(new Set(seen).size).toBe(94)
  })

  test('comes in the order asked for; by default the active first', () => {
    const driver = sample()
    driver.send('PATCH', '/contacts/2/edit', { lastActive: '2026-02-01 00:00:00' })
    expect(idsOf(driver.get('/contacts'))).toEqual([2, 1, 3, 4, 5])
    expect(idsOf(driver.get('/contacts?orderBy=id&orderByDir=desc&limit=2'))).toEqual([5, 4])
    expect(idsOf(driver.get('/contacts?orderBy=firstname&orderByDir=desc'))).toEqual([
      3, 4, 2, 1, 5,
    ])
    expect(idsOf(driver.get('/contacts?order[0][col]=points&order[0][dir]=desc&limit=3'))).toEqual([
      3, 2, 1,
    ])
    expect(idsOf(driver.get('/contacts?orderBy=date_added,id'))).toEqual([1, 2, 3, 4, 5])
  })

  test('by a camelCase or unknown column is a 500', () => {
    const driver = sample()
    expect(driver.get('/contacts?orderBy=dateModified').status).toBe(500)
    expect(driver.get('/contacts?orderBy=nonsense').status).toBe(500)
    expect(driver.get('/contacts?orderBy=date_modified').status).toBe(200)
  })

  test('is smaller with minimal and select', () => {
    const driver = sample()
    const minimal = driver.get(`/contacts?minimal=1&limit=1&${byId}`).json['contacts']?.['1']
    expect(minimal).toHaveProperty('fields')
    expect(minimal).not.toHaveProperty('tags')
    expect(minimal).not.toHaveProperty('doNotContact')
    const selected = driver.get(`/contacts?select[]=id&select[]=city&limit=1&${byId}`)
    expect(selected.json['contacts']?.['1']).toEqual({
      id: 1,
      fields: {
        core: { city: expect.objectContaining({ value: 'Oslo' }) as unknown },
        social: [],
        personal: [],
        professional: [],
        all: { id: '1', city: 'Oslo' },
      },
    })
    expect(driver.get('/contacts?select[]=city').status).toBe(500)
    expect(driver.get('/contacts/1?select[]=city').json['contact']).not.toHaveProperty('points')
  })

  test('shows raw texts where the single answer casts them', () => {
    const driver = start()
    driver.send('POST', '/fields/contact/new', {
      label: 'Opt in',
      type: 'boolean',
      properties: { yes: 'Yes', no: 'No' },
    })
    const echo = driver.send('POST', '/contacts/new', { opt_in: true, attribution: '12.50' })
    const pick = (all: unknown) => all
    expect(pick(echo.json['contact']?.['fields']?.['all'])).toMatchObject({
      opt_in: true,
      attribution: 12.5,
    })
    expect(pick(driver.get('/contacts/1').json['contact']?.['fields']?.['all'])).toMatchObject({
      id: 1,
      opt_in: 1,
    })
    const cell = driver.get('/contacts').json['contacts']?.['1']?.['fields']
    expect(pick(cell?.['all'])).toMatchObject({ id: '1', opt_in: '1', attribution: 12.5 })
    expect(cell?.['core']?.['opt_in']).toMatchObject({ value: '1', normalizedValue: 'Yes' })
  })
})

describe('where', () => {
  test('takes the example of the documents', () => {
    const url =
      'where%5B0%5D%5Bcol%5D=phone&where%5B0%5D%5Bexpr%5D=in&where%5B0%5D%5Bval%5D=444444444,888888888'
    expect(ids(sample(), url)).toEqual([1, 2])
  })

  test.each<[string, Condition, number[]]>([
    ['eq, whatever the case', ['email', 'eq', 'bob@ONE.test'], [2]],
    ['neq, never null', ['email', 'neq', 'bob@one.test'], [1, 3]],
    ['like', ['email', 'like', '%@one.test'], [1, 2, 3]],
    ['notLike', ['firstname', 'notLike', 'n%'], [1, 2, 3]],
    ['like without accents', ['firstname', 'like', 'zoe'], [3]],
    ['gt', ['points', 'gt', '10'], [2, 3]],
    ['gte', ['points', 'gte', '10'], [1, 2, 3]],
    ['lt', ['points', 'lt', '20'], [1, 4, 5]],
    ['lte', ['id', 'lte', '2'], [1, 2]],
    ['in with quotes', ['email', 'in', '"ann@one.test","nobody, else"'], [1]],
    ['in of one', ['email', 'in', "o'hara@one.test"], [3]],
    ['in by id', ['id', 'in', '5,3,99'], [3, 5]],
    ['notIn', ['city', 'notIn', 'Oslo,Rome'], [2]],
    ['between', ['points', 'between', ['10', '20']], [1, 2]],
    ['notBetween', ['points', 'notBetween', ['10', '20']], [3, 4, 5]],
    ['isNull', ['firstname', 'isNull', ''], [5]],
    ['isNotNull', ['date_identified', 'isNotNull', ''], [1, 2, 3, 4]],
    ['isEmpty', ['city', 'isEmpty', ''], [3, 4, 5]],
    ['isNotEmpty', ['city', 'isNotEmpty', ''], [1, 2]],
    ['dates in UTC', ['date_added', 'gte', '2026-03-01 09:15:00'], [1, 2, 3, 4, 5]],
    ['camelCase at top level', ['dateAdded', 'gt', '2026-03-01 09:15:00'], []],
  ])('%s', (_, condition, expected) => {
    expect(ids(sample(), where(condition))).toEqual(expected)
  })

  test('joins by AND, and groups by andX and orX', () => {
    const driver = sample()
    expect(ids(driver, where(['points', 'gt', '10'], ['city', 'eq', 'Bergen']))).toEqual([2])
    const either: Condition = [
      '',
      'orX',
      [
        ['city', 'eq', 'Oslo'],
        [
          '',
          'andX',
          [
            ['points', 'gte', '30'],
            ['firstname', 'eq', 'zoë'],
          ],
        ],
      ],
    ]
    expect(ids(driver, where(either))).toEqual([1, 3])
    expect(ids(driver, where(either, ['id', 'gt', '1']))).toEqual([3])
    const camel: Condition = ['', 'orX', [['dateAdded', 'gt', '2020-01-01']]]
    expect(driver.get(`/contacts?${where(camel)}`).status).toBe(500)
  })

  test('never matches an apostrophe by eq until 7.0', () => {
    const condition = where(['email', 'eq', "o'hara@one.test"])
    expect(ids(sample(), condition)).toEqual([])
    expect(ids(sample({ version: '7.0' }), condition)).toEqual([3])
  })

  test('ignores an unknown expression and crashes on an unknown column or none', () => {
    const driver = sample()
    expect(ids(driver, where(['email', 'equals', 'ann@one.test']))).toHaveLength(5)
    expect(driver.get(`/contacts?${where(['e_mail', 'eq', 'x'])}`).status).toBe(500)
    expect(driver.get('/contacts?where[0][col]=email&where[0][val]=x').status).toBe(500)
    const crash = driver.get('/contacts?where[0][col]=email').json
    expect(crash['errors']?.[0]).toMatchObject({ code: 500, type: null })
    expect(crash['errors']?.[0]).not.toHaveProperty('details')
  })

  test('finds what changed, once it changed', () => {
    const driver = sample()
    driver.advance(60_000)
    driver.send('PATCH', '/contacts/3/edit', { city: 'Rome' })
    expect(ids(driver, where(['date_modified', 'gte', '2026-03-01 09:16:00']))).toEqual([3])
    driver.send('PATCH', '/contacts/1/edit', { city: 'Rome' })
    expect(ids(driver, where(['date_modified', 'gte', '2026-03-01 09:16:00']))).toEqual([1, 3])
  })
})

describe('search', () => {
  test.each([
    ['email:ann', [1]],
    ['email:b%25one', [2]],
    ['name:zoe', [3]],
    ['city:oslo', [1]],
    ['berg', [2]],
    ['!is:anonymous', [1, 2, 3, 4]],
    ['is:anonymous', [5]],
    ['ids:4,2,77', [2, 4]],
    ['is:unowned ann', [1]],
    ['ann OR bob', [1, 2]],
    ['tag:gold', [1]],
    ['segment:board', [2, 3]],
    ['common:board%2Bclub', [3]],
    ['segment:nowhere', []],
  ])('%s', (search, expected) => {
    const driver = sample()
    driver.send('PATCH', '/contacts/1/edit', { tags: ['gold member'] })
    for (const name of ['Board', 'Club']) driver.send('POST', '/segments/new', { name })
    const lists = driver.get('/segments?limit=0').json['lists'] ?? {}
    const [board, club] = Object.values(lists).slice(-2)
    driver.send('POST', `/segments/${Number(board?.['id'])}/contacts/add`, { ids: [2, 3] })
    driver.send('POST', `/segments/${Number(club?.['id'])}/contact/3/add`)
    expect(ids(driver, `search=${search}`)).toEqual(expected)
  })

  test('combines with where', () => {
    expect(
      ids(sample(), `search=email:${encodeURIComponent('%one')}&${where(['points', 'gt', '10'])}`),
    ).toEqual([2, 3])
  })
})
