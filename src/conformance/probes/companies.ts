/** Companies: created, looked for by name whatever its case, read after what was read before, and a contact that names one is linked. */
import type { CompanyPage, CompanyReader } from '../../connector/companies.ts'
import type { Company } from '../../model/company.ts'
import type { Bench } from '../bench.ts'
import { PROBE_NAME } from '../hands.ts'
import { type BackstageProbe, faultless } from '../probe.ts'
import { Unmet } from '../unmet.ts'

export const companiesHold: BackstageProbe = {
  name: 'companies',
  asks: 'Is a company that was created found by its name in any case, read as it was written, written over where that is claimed, and not made again by a contact that names it?',
  needs: 'backstage',
  unless: ({ companies }) =>
    companies?.read && companies.create ? null : 'there are no companies to create here',
  async run(bench, hands) {
    const { companies: reader, companyWriter, capabilities } = hands.writer
    if (reader === undefined || companyWriter === undefined || capabilities.companies === undefined)
      return faultless('companies', ['claimed, and no way to reach them'], 'companies')
    const faults: string[] = []
    const earlier = await allCompanies(bench, reader, null)
    const wanted: Company = { id: '', name: `${PROBE_NAME} & Söhne ${bench.nonce}`, fields: FIELDS }
    if ((await reader.named([wanted.name], bench.signal)).length > 0)
      faults.push('found before it was created')
    const { company, losses } = reader.fit(wanted)
    if (losses.length > 0) faults.push(`not kept: ${losses.map(({ path }) => path).join(', ')}`)
    const other = { name: `${PROBE_NAME}, other ${bench.nonce}`, fields: {} }
    const both = [company, other]
    const batches = capabilities.companies.batchMax > 1 ? [both] : both.map((one) => [one])
    const ids: (string | null)[] = []
    for (const batch of batches) {
      for (const outcome of await companyWriter.create(batch, bench.signal))
        ids.push(outcome.kind === 'done' ? outcome.id : null)
    }
    const [id, otherId] = ids
    for (const name of [wanted.name, wanted.name.toLowerCase(), ` ${wanted.name}`]) {
      const found = await reader.named([name], bench.signal)
      if (found.map((one) => one.id).join() !== id) faults.push(`"${name}" finds ${found.length}`)
    }
    const together = await reader.named([other.name, wanted.name], bench.signal)
    if (together.map((one) => one.id).join() !== `${id},${otherId}`)
      faults.push(`two names find ${together.map(({ name }) => name).join(' and ') || 'none'}`)
    const [own, next, ...others] = (await allCompanies(bench, reader, earlier.high)).companies
    if (own?.id !== id || next?.id !== otherId || others.length > 0)
      faults.push('reading on shows something else than the two of them')
    if (own?.name !== wanted.name) faults.push(`its name is ${own?.name}`)
    for (const [path, value] of Object.entries(FIELDS))
      if (own?.fields[path] !== value) faults.push(`${path} is ${String(own?.fields[path])}`)
    if (capabilities.companies.update && id != null) {
      for (let times = 0; times < 2; times += 1)
        await companyWriter.update(id, { website: OTHER_WEBSITE }, bench.signal)
      const [over] = await reader.named([wanted.name], bench.signal)
      for (const [path, value] of Object.entries({ ...FIELDS, website: OTHER_WEBSITE }))
        if (over?.fields[path] !== value)
          faults.push(`${path} is ${String(over?.fields[path])} after the website was written over`)
    }
    await hands.create({ fields: hands.person({ company: wanted.name }) })
    const after = await reader.named([wanted.name], bench.signal)
    if (after.length !== 1) faults.push(`${after.length} of its name after a contact named it`)
    return faultless('as written', faults, `as written; linked by ${capabilities.companies.link}`)
  },
}

const OTHER_WEBSITE = 'https://example.org'
const FIELDS = {
  'phones.main': '+49 30 1234567',
  website: 'https://example.com',
  'addresses.main.line1': '1 Main Street',
  'addresses.main.city': 'Berlin',
  'addresses.main.postalCode': '10115',
  'addresses.main.country': 'Germany',
}

async function allCompanies(
  bench: Bench,
  reader: CompanyReader,
  since: string | null,
): Promise<{ readonly companies: readonly Company[]; readonly high: string | null }> {
  const companies: Company[] = []
  let high = since
  let position: string | null = null
  for (let pages = 0; pages < bench.pagesMax; pages += 1) {
    const page: CompanyPage = await reader.page({ since, position }, bench.signal)
    companies.push(...page.companies)
    high = page.high ?? high
    if (page.next === null) return { companies, high }
    position = page.next
  }
  throw new Unmet('companies of so many pages', 'more')
}
