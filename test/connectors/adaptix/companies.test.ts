import { describe, expect, it } from 'vitest'
import type { CompanyOutcome, CompanyReader } from '../../../src/connector/companies.ts'
import type { Company } from '../../../src/model/company.ts'
import { type Script, type Stage, script, signal, stage } from './account.ts'

type New = Omit<Company, 'id'>
const company = (name: string, fields: Company['fields'] = {}): New => ({ name, fields })

function create(
  { writer }: Pick<Stage, 'writer'>,
  companies: readonly New[],
): Promise<readonly CompanyOutcome[]> {
  return writer.companyWriter?.create(companies, signal) ?? Promise.reject(new Error('no writer'))
}

function readerOf({ reader }: Pick<Stage, 'reader'>): CompanyReader {
  if (reader.companies === undefined) throw new Error('no reader')
  return reader.companies
}

const named = async (on: Pick<Stage, 'reader'>, names: readonly string[]) =>
  (await readerOf(on).named(names, signal)).map(({ name }) => name)

const sentTo = ({ requests }: Stage, path: string) =>
  requests.filter(({ url }) => url.split('?')[0] === `/api${path}`).length

describe('companies', () => {
  it('are made by the batch and looked for by many names at once, whatever is in a name', async () => {
    const on = stage()
    const names = [
      'O’Neill, Inc',
      "O'Neill & Sons",
      'A "good" name',
      '株式会社',
      '50% ~ off',
      'Plain',
    ]
    const outcomes = await create(
      on,
      names.map((name) => company(name, { website: 'https://x.example' })),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(names.map(() => 'done'))
    expect([sentTo(on, '/companies/batch/new'), sentTo(on, '/companies/new')]).toEqual([1, 0])
    const asked = [...names.map((name) => name.toUpperCase()), ' plain ', 'nobody']
    expect(await named(on, asked)).toEqual(names)
    expect(sentTo(on, '/companies')).toBe(1)
    const [first] = await readerOf(on).named(['plain'], signal)
    expect(first?.fields).toEqual({ website: 'https://x.example' })
    await on.writer.companyWriter?.update(first?.id ?? '', { 'phones.main': '+49 30 1' }, signal)
    expect(await readerOf(on).named(['plain'], signal)).toEqual([
      { ...first, fields: { ...first?.fields, 'phones.main': '+49 30 1' } },
    ])
  })

  it('are looked for in as many requests as urls and pages take', async () => {
    const on = stage({ settings: { limits: { pageSize: 50, requestsPerSecond: 1000 } } })
    const names = Array.from({ length: 190 }, (_, at) => `Company with a longer name, number ${at}`)
    await create(
      on,
      names.map((name) => company(name)),
    )
    expect((await named(on, names)).toSorted()).toEqual(names.toSorted())
    for (const { url } of on.requests) expect(url.length).toBeLessThan(5_000)
  })

  it('are found where the server knows no such condition and shows all', async () => {
    const on = stage({
      quirks: { version: '2.16', plusOperators: false },
      settings: { limits: { pageSize: 4, requestsPerSecond: 1000 } },
    })
    const names = Array.from({ length: 11 }, (_, at) => `Company ${at}`)
    await create(
      on,
      names.map((name) => company(name)),
    )
    expect(await named(on, ['company 10', 'company 3'])).toEqual(['Company 3', 'Company 10'])
  })

  it('that are refused do not keep the others of their batch from being made', async () => {
    const on = stage()
    const outcomes = await create(on, [company('One'), company(' '), company('Three')])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'rejected', 'done'])
    expect(outcomes[1]).toMatchObject({ message: expect.stringContaining('name') })
    const found = await readerOf(on).named(['three', 'one'], signal)
    expect(found.map(({ id, name }) => ({ id, name }))).toEqual(
      ['One', 'Three'].map((name, at) => {
        const outcome = outcomes[at * 2]
        return { id: outcome?.kind === 'done' ? outcome.id : null, name }
      }),
    )
  })

  it('never change a company of their name', async () => {
    const on = stage()
    await create(on, [company('Acme', { website: 'https://a.example' }), company('Other')])
    await create(on, [company('acme'), company('Third')])
    const found = await readerOf(on).named(['acme'], signal)
    expect(found.map(({ fields }) => fields)).toEqual([{ website: 'https://a.example' }, {}])
  })

  it('are sent in smaller batches where the server takes no more', async () => {
    const on = stage({ quirks: { batchLimit: 3 } })
    const names = Array.from({ length: 7 }, (_, at) => `Company ${at}`)
    const outcomes = await create(
      on,
      names.map((name) => company(name)),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(names.map(() => 'done'))
    expect(await named(on, names)).toEqual(names)
    expect(on.writer.capabilities.companies?.batchMax).toBe(3)
  })

  it.each([404, 405])(
    'are sent one by one where the server answers a batch with %i',
    async (status) => {
      const on = server((path, made) =>
        path.endsWith('/batch/new') ? { status, body: '{}' } : { company: { id: made } },
      )
      const outcomes = await create(on, [company('A'), company('B')])
      await create(on, [company('C'), company('D')])
      expect(outcomes).toEqual([1, 2].map((id) => ({ kind: 'done', id: String(id) })))
      expect(on.sent.map(({ operation }) => operation)).toEqual([
        'companies.createBatch',
        ...Array.from({ length: 4 }, () => 'companies.create'),
      ])
    },
  )

  it('that an answer does not mention are unknown, and so are those behind a lost answer', async () => {
    const partial = server(() => ({ companies: [{ id: 5 }], statusCodes: [201] }))
    expect((await create(partial, [company('A'), company('B')])).map(({ kind }) => kind)).toEqual([
      'done',
      'unknown',
    ])
    const broken = server((path, made) =>
      path.endsWith('/batch/new')
        ? { status: 404, body: '{}' }
        : made > 1
          ? { status: 502, body: '' }
          : { company: { id: made } },
    )
    const outcomes = await create(broken, [company('A'), company('B'), company('C')])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'unknown', 'unknown'])
    await expect(create(broken, [company('D'), company('E')])).rejects.toMatchObject({
      kind: 'unknown',
    })
  })
})

/** `count`: of the requests before. */
function server(answer: (path: string, count: number) => unknown): Script {
  return script(({ path }, position) => answer(path, position))
}
