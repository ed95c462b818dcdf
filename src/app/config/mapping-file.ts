/** Finds and reads the mapping that a sync uses: inline, by path, by name, or the default of its two platforms. */
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { defaultNames, genericMapping } from '../../mapping/defaults.ts'
import type { Mapping } from '../../mapping/mapping.ts'
import { layer, parseMapping } from '../../mapping/parse.ts'
import { ConfigError } from './error.ts'
import type { Config, Surroundings, SyncConfig } from './settings.ts'

export interface MappingSources {
  readonly surroundings: Surroundings
  /** Folders with mapping files that come with the program; the one beside ferry.yaml comes first by itself. */
  readonly shipped: readonly string[]
}

/** The sync's own `fields` are laid over it. Throws ConfigError with every problem of the file. */
export async function loadMapping(
  config: Config,
  sync: SyncConfig,
  sources: MappingSources,
): Promise<Mapping> {
  return layer(await find(config, sync, sources), sync.fields)
}

async function find(config: Config, sync: SyncConfig, sources: MappingSources): Promise<Mapping> {
  const choice = sync.mapping
  const base = dirname(config.path)
  const folders = [join(base, 'mappings'), ...sources.shipped]
  switch (choice.kind) {
    case 'inline':
      return choice.mapping
    case 'file': {
      const path = isAbsolute(choice.path) ? choice.path : resolve(base, choice.path)
      const text = await read(path, sources)
      if (text === null) throw missing(config, sync, `there is no file ${path}`)
      return parse(text, { path, name: choice.path })
    }
    case 'name': {
      const found = await named([choice.name], folders, sources)
      if (found !== null) return found
      throw missing(config, sync, `there is no mapping "${choice.name}" in ${folders.join(' or ')}`)
    }
    case 'default': {
      const platforms = [sync.from, sync.to].map(
        (name) => config.connections[name]?.platform ?? name,
      )
      const [from = '', to = ''] = platforms
      return (await named(defaultNames(from, to), folders, sources)) ?? genericMapping()
    }
  }
}

/** By name first, then by folder: a specific file that is shipped wins over a generic one at home. */
async function named(
  names: readonly string[],
  folders: readonly string[],
  sources: MappingSources,
): Promise<Mapping | null> {
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, `${name}.yaml`)
      const text = await read(path, sources)
      if (text !== null) return parse(text, { path, name })
    }
  }
  return null
}

async function read(path: string, { surroundings }: MappingSources): Promise<string | null> {
  try {
    return await surroundings.readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function parse(text: string, file: { readonly path: string; readonly name: string }): Mapping {
  const { value, problems } = parseMapping(text, file.name)
  if (value === null) throw new ConfigError(file.path, problems)
  return value
}

function missing(config: Config, sync: SyncConfig, message: string): ConfigError {
  const hint =
    'write a file name or a path, or leave `mapping` out for the default of the two platforms'
  const path = `syncs.${sync.name}.mapping`
  return new ConfigError(config.path, [{ path, line: null, message, hint }])
}
