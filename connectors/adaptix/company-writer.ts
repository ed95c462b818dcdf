/** Creates companies: in batches, one by one where the server has no batches of them (README, "companies"). */
import type { CompanyOutcome, CompanyWriter } from '../../src/connector/companies.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { guarded } from '../../src/connector/guarded.ts'
import type { Company } from '../../src/model/company.ts'
import type { Account } from './account.ts'
import { capIn, isTooMany } from './batch-cap.ts'
import { batchRows } from './capabilities.ts'
import { ALIASES, NAME } from './companies.ts'
import { refusedOutcome } from './outcomes.ts'
import { ServerRefusal } from './refusal.ts'
import { type Batch, isObject, itemAt, whole } from './schema.ts'
import { parseError } from './server-error.ts'

type New = Omit<Company, 'id'>

export function companyWriter(account: Account): CompanyWriter {
  return {
    create: (companies, signal) => guarded(() => createAll(account, companies, signal), signal),
    update: (id, fields, signal) =>
      guarded(async () => {
        await account.client.call('companies.edit', { id, ...valuesOf(fields) }, signal)
      }, signal),
  }
}

/** Throws what the first call throws; once one has taken effect, a later failure is told per company. */
async function createAll(
  account: Account,
  companies: readonly New[],
  signal: AbortSignal,
): Promise<readonly CompanyOutcome[]> {
  const outcomes: CompanyOutcome[] = []
  while (outcomes.length < companies.length) {
    const { learnt, settings } = account
    const size = batchRows({ limits: settings.limits, batchCap: learnt.batchCap })
    const rest = companies.slice(outcomes.length)
    const chunk = rest.slice(0, learnt.companyBatches ? size : 1)
    try {
      outcomes.push(...(await createChunk(account, chunk, signal)))
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      signal.throwIfAborted()
      if (isTooMany(error, chunk.length)) learnt.batchCap = capIn(error, chunk.length)
      else if (chunk.length > 1 && hasNoBatches(error)) learnt.companyBatches = false
      else if (chunk.length === 1 && error.kind === 'invalid')
        outcomes.push({ kind: 'rejected', message: error.message })
      else if (outcomes.length === 0) throw error
      else outcomes.push(...rest.map(() => ({ kind: 'unknown', message: error.message }) as const))
    }
  }
  return outcomes
}

async function createChunk(
  account: Account,
  chunk: readonly New[],
  signal: AbortSignal,
): Promise<readonly CompanyOutcome[]> {
  const [first, ...others] = chunk
  if (first === undefined) return []
  if (others.length === 0) {
    const made = await account.client.call('companies.create', bodyOf(first), signal)
    return [createdOutcome(made)]
  }
  const companies = chunk.map(bodyOf)
  const answer = await account.client.call('companies.createBatch', { companies }, signal)
  return chunk.map((_, position) => outcomeAt(answer, position))
}

/** Without `force` a company of that name would be changed instead, and lose what is not sent. */
function bodyOf({ name, fields }: New): Readonly<Record<string, unknown>> {
  return { [NAME]: name, ...valuesOf(fields), force: true }
}

function valuesOf(fields: New['fields']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([path, value]) => [ALIASES[path], value]))
}

/** By all three parts of the answer, as for contacts; what they do not mention is unknown. */
function outcomeAt(answer: Batch, position: number): CompanyOutcome {
  const status = Number(itemAt(answer.statusCodes, position))
  const raw = itemAt(answer['companies'], position)
  if (isObject(raw) && !(status >= 400)) return createdOutcome(raw)
  const error = itemAt(answer.errors, position)
  const told = isObject(error) ? parseError(error) : null
  const code = told?.code ?? status
  if (code >= 400) {
    const refused = refusedOutcome(code, told)
    if (refused.kind === 'rejected') return { kind: 'rejected', message: refused.message }
  }
  const message = told?.message ?? `the answer does not mention company ${position + 1}`
  return { kind: 'unknown', message }
}

function createdOutcome(raw: Readonly<Record<string, unknown>>): CompanyOutcome {
  const id = whole.safeParse(raw['id'])
  if (id.success) return { kind: 'done', id: String(id.data) }
  return { kind: 'unknown', message: 'the answer shows a company without an id' }
}

/** A refusal of the whole batch tells nothing of the companies in it. */
function hasNoBatches(error: ConnectorError): boolean {
  if (error.kind === 'invalid') return true
  return error instanceof ServerRefusal && error.status === 404
}
