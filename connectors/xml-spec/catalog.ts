/** The catalogue of the account: fields and groups as they are listed, tags as contacts have them, because no call lists those. */
import type { Catalog } from '../../src/model/vocabulary.ts'
import type { Account } from './account.ts'
import { everyone } from './everyone.ts'
import { standardDefinitions } from './standard-fields.ts'
import { groupFrom, tagNamed } from './vocabulary.ts'

/** Complete, but for tags that nobody has. Reads the lists anew. */
export async function readCatalog(account: Account, signal: AbortSignal): Promise<Catalog> {
  const { vocabulary, options } = account
  vocabulary.forget('fields')
  vocabulary.forget('groups')
  const { all } = await vocabulary.fields(signal)
  const groups = await vocabulary.groups(signal)
  const tags = options.listTags ? await usedTags(account, signal) : []
  return {
    fields: [
      ...standardDefinitions(options.leadScores),
      ...all.map(({ definition }) => definition),
    ],
    tags: tags.map(tagNamed),
    groups: groups.flatMap((group) => (group.id === '' ? [] : [groupFrom(group)])),
    owners: [],
  }
}

/** Bigger pages than a scan asks for: nothing is kept of them but names. */
const TAG_PAGE_ROWS = 500

async function usedTags(account: Account, signal: AbortSignal): Promise<readonly string[]> {
  const names = new Set<string>()
  const size = account.settings.limits.pageSize ?? TAG_PAGE_ROWS
  await everyone(account, { size, signal }, ({ tags }) => {
    for (const { name } of tags ?? []) names.add(name)
    return 'more'
  })
  return [...names].sort()
}
