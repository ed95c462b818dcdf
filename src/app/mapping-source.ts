/** Finds the mapping that a sync names, or the default of its pair, and lays the sync's own field rules over it. */
import { readdir } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { defaultNames } from '../mapping/defaults.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { didYouMean } from '../mapping/nearest.ts'
import { layer, parseMapping } from '../mapping/parse.ts'
import { SHIPPED_MAPPINGS } from './config.ts'
import { ConfigError } from './config/error.ts'
import type { Config, Surroundings, SyncConfig } from './config/settings.ts'

/** Throws ConfigError: the file is missing or says something that is no mapping. */
export async function mappingOf(
  config: Config,
  sync: SyncConfig,
  surroundings: Surroundings,
): Promise<Mapping> {
  const { mapping } = sync
  switch (mapping.kind) {
    case 'inline':
      return layer(mapping.mapping, sync.fields)
    case 'file': {
      const path = isAbsolute(mapping.path)
        ? mapping.path
        : resolve(dirname(config.path), mapping.path)
      return layer(await read(path, surroundings), sync.fields)
    }
    case 'name':
      return layer(await byName([mapping.name], config, surroundings), sync.fields)
    case 'default': {
      const platform = (side: 'from' | 'to') => config.connections[sync[side]]?.platform ?? ''
      return layer(
        await byName(defaultNames(platform('from'), platform('to')), config, surroundings),
        sync.fields,
      )
    }
  }
}

/** Folders in which a name is looked for: `mappings/` beside ferry.yaml wins over what ships with the program. */
async function byName(
  names: readonly string[],
  config: Config,
  surroundings: Surroundings,
): Promise<Mapping> {
  const folders = [join(dirname(resolve(config.path)), 'mappings'), ...SHIPPED_MAPPINGS]
  const known = new Map<string, string>()
  for (const folder of folders) {
    for (const file of await filesOf(folder)) {
      const name = file.replace(/\.ya?ml$/, '')
      if (name !== file && !known.has(name)) known.set(name, join(folder, file))
    }
  }
  for (const name of names) {
    const path = known.get(name)
    if (path !== undefined) return read(path, surroundings)
  }
  const [name = ''] = names
  const message = `there is no mapping "${name}"`
  const hint =
    didYouMean(name, [...known.keys()]) ||
    `mappings are files in mappings/ beside ferry.yaml: ${[...known.keys()].join(', ')}`
  throw new ConfigError(config.path, [{ path: 'mapping', line: null, message, hint }])
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function read(path: string, surroundings: Surroundings): Promise<Mapping> {
  let text: string
  try {
    text = await surroundings.readFile(path)
  } catch (error) {
    const message = 'the mapping file cannot be read'
    throw new ConfigError(
      path,
      [{ path: '', line: null, message, hint: 'check the path in ferry.yaml' }],
      { cause: error },
    )
  }
  const name = path.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '')
  const { value, problems } = parseMapping(text, name)
  if (value === null) throw new ConfigError(path, problems)
  return value
}
