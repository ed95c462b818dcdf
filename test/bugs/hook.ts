/** Puts a bug into one source file as it is loaded: `?bug=<name>` behind an import's address gives a copy of the whole program that has it. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MUTANTS } from './mutants.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ROOT_URL = pathToFileURL(ROOT).href

/** What no bug is put into, and what depends on nothing that has one: loaded once for all copies. */
const SHARED = /\/node_modules\/|\/simulator|\/connectors\/people|\/test\/connectors\//

export function installBugs(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const bug = bugOf(context.parentURL ?? '')
      const isOurs = found.url.startsWith(ROOT_URL) && !SHARED.test(found.url)
      return bug === null || !isOurs || bugOf(found.url) !== null
        ? found
        : { ...found, url: `${found.url}?bug=${bug}` }
    },
    load(url, context, next) {
      const loaded = next(url, context)
      const mutant = MUTANTS[Number(bugOf(url) ?? -1)]
      if (mutant === undefined || !url.startsWith(`${ROOT_URL}${mutant.file}?`)) return loaded
      return { ...loaded, source: spoilt(mutant) }
    },
  })
}

/** The number of the bug in an address; null: none. */
function bugOf(url: string): string | null {
  return /\?bug=(\d+)$/.exec(url)?.[1] ?? null
}

/** Throws when the text is not there exactly once: a bug that is put nowhere would be found by nobody. */
export function spoilt({ name, file, from, to }: (typeof MUTANTS)[number]): string {
  const text = readFileSync(`${ROOT}${file}`, 'utf8')
  const places = text.split(from).length - 1
  if (places !== 1)
    throw new Error(
      `the bug "${name}" is disarmed: its text stands ${places} times in ${file}, not once; write it anew for the code as it is now`,
    )
  return text.replace(from, () => to)
}
