/** What a file of the house may not say, beside whom it may import: foreign names, stray clocks, drawers, defaults, enums. */
import type { Source } from './source.ts'

interface Rule {
  readonly name: string
  faults(source: Source): readonly string[]
}

/** Platforms by any of their names. */
const PLATFORM = /infusionsoft|keap|adaptix|mautic|greenrope|xml[-_ ]?spec/gi

/** Files of `src` that may name a platform, and why. */
export const MAY_NAME_PLATFORMS: Readonly<Record<string, string>> = {
  'src/cli/main.ts': 'the description of the program says what it is for',
  'src/cli/commands/demo.ts':
    'the demo writes a configuration with two platforms, as a newcomer would',
  'src/cli/commands/simulate.ts': 'the help says what can be simulated',
}

/** Which files may import a library. */
const LIBRARIES: Readonly<Record<string, RegExp>> = {
  kysely: /^src\/state\/sql\//,
  pg: /^src\/state\/sql\//,
  'node:sqlite': /^src\/state\/sql\//,
  bullmq: /^src\/runner\/bullmq[^/]*\.ts$/,
  ioredis: /^src\/http\/pacer-redis\.ts$/,
  undici: /^src\/http\/undici\.ts$/,
  commander: /^src\/cli\//,
  'node:http': /^src\/(?:simulation|web)\/server\.ts$/,
  'node:https': /^$/,
}

/** Words of the running program that belong to few files. */
const WORDS: readonly {
  readonly name: string
  readonly word: RegExp
  readonly allowed: RegExp
  /** What may follow the word in the files named here. */
  readonly also?: { readonly path: RegExp; readonly follows: RegExp }
}[] = [
  {
    name: 'the environment',
    word: /\bprocess\s*\.\s*env\b/g,
    allowed: /^src\/app\/config\.ts$/,
    also: { path: /^src\/cli\/context\.ts$/, follows: /^\['(?:NO_COLOR|TERM)'\]/ },
  },
  {
    // A turn given to others (setImmediate) is not time. The progress line is redrawn each second for a person who looks on; a
    // busy SQLite file is waited for below the store's interface, where no clock is handed in.
    name: 'time',
    word: /\bDate\s*\.\s*now\b|\bnew Date\(\s*\)|\bperformance\s*\.\s*now\b|\bprocess\s*\.\s*hrtime\b|\bset(?:Timeout|Interval)\b|\bAbortSignal\s*\.\s*timeout\b/g,
    allowed: /^src\/(?:http\/clock|simulation\/server|cli\/progress|state\/sql\/sqlite)\.ts$/,
  },
  { name: 'chance', word: /\bMath\s*\.\s*random\b/g, allowed: /^src\/cli\// },
  { name: 'the console', word: /\bconsole\s*\./g, allowed: /^$/ },
  {
    name: 'the global fetch',
    word: /\bglobalThis\s*\.\s*fetch\b|(?:\bawait|\breturn|=>|=|\(|,)\s*fetch\(/g,
    allowed: /^$/,
  },
]

/** Places without network, disk, clock, queue or database, and what each may still take from Node. */
const PURE = /^src\/(?:model|mapping|plan)\/|^connectors\/[^/]+\/codec\.ts$/
const PURE_MAY: Readonly<Record<string, readonly string[]>> = {
  'src/model/hash.ts': ['node:crypto'],
  // Large tables are loaded when the first record needs them.
  'src/model/country.ts': ['node:module'],
  'src/mapping/transform.ts': ['node:module'],
}

const DRAWERS = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'lib']

export const RULES: readonly Rule[] = [
  {
    name: 'names no platform',
    faults: ({ path, code }) => {
      if (!path.startsWith('src/') || Object.hasOwn(MAY_NAME_PLATFORMS, path)) return []
      const names = [path, ...code.split('\n')].flatMap((line) => line.match(PLATFORM) ?? [])
      return names.map((name) => `${path} names ${name}`)
    },
  },
  {
    name: 'leaves each library to its one place',
    faults: ({ path, imports }) =>
      imports.flatMap(({ to, isOurs }) => {
        const library = isOurs
          ? undefined
          : Object.entries(LIBRARIES).find(([name]) => to === name || to.startsWith(`${name}/`))
        return library === undefined || library[1].test(path) ? [] : [`${path} imports ${to}`]
      }),
  },
  {
    name: 'takes environment, time and chance as arguments, and prints nothing',
    faults: ({ path, code, words }) =>
      WORDS.filter(({ allowed }) => !allowed.test(path)).flatMap(({ name, word, also }) =>
        [...words.matchAll(word)]
          .filter(({ 0: found, index }) => {
            const rest = code.slice(index + found.length)
            return also === undefined || !also.path.test(path) || !also.follows.test(rest)
          })
          .map(() => `${path} takes ${name} by itself`),
      ),
  },
  {
    name: 'is pure where it decides or translates',
    faults: ({ path, imports }) =>
      PURE.test(path)
        ? imports
            .filter(({ to, isOurs, isType }) =>
              isOurs
                ? /^src\/http\/|\/client\.ts$/.test(to) && !isType
                : to.startsWith('node:') && !(PURE_MAY[path] ?? []).includes(to),
            )
            .map(({ to }) => `${path} is pure and imports ${to}`)
        : [],
  },
  {
    name: 'has no default export, no enum, no barrel',
    faults: ({ path, words }) => [
      ...(/^\s*export\s+default\b|\bas\s+default\b/m.test(words) ? [`${path} has a default`] : []),
      ...(/^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/m.test(words)
        ? [`${path} has an enum`]
        : []),
      ...(path.startsWith('src/') && (/\/index\.ts$/.test(path) || /\bexport\s*\*/.test(words))
        ? [`${path} is a barrel`]
        : []),
    ],
  },
  {
    name: 'has no managers, services, bases, Impl and I-names',
    faults: ({ path, words }) =>
      [...words.matchAll(/\b(class|interface|type)\s+(\w+)(?=\s*(?:[<={]|extends|implements))/g)]
        .filter(
          ([, kind, name = '']) =>
            /^I[A-Z][a-z]|(?:Manager|Service|Processor|Helper|Impl)$/.test(name) ||
            (kind === 'class' && /^(?:Base|Abstract)[A-Z]/.test(name)),
        )
        .map(([, , name]) => `${path} has ${name}`),
  },
]

/** Folders and files that gather what belongs nowhere. */
export function drawerFaults(paths: readonly string[]): readonly string[] {
  return paths.filter((path) =>
    path
      .split('/')
      .some((part) => part.split(/[-._]/).some((word) => DRAWERS.includes(word.toLowerCase()))),
  )
}

const FLOOR_PLAN = [
  'README.md',
  'connector.ts',
  'client.ts',
  'schema.ts',
  'codec.ts',
  'simulator.ts',
]

/** What a platform has no use for: files are read and written without a server, so nobody talks to one and nobody plays one. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  file: ['client.ts', 'simulator.ts'],
}

/** What a connector's folder lacks. `paths`: every file of `connectors`, from the root. */
export function floorPlanFaults(paths: readonly string[]): readonly string[] {
  const platforms = new Set(
    paths
      .flatMap((path) => /^connectors\/([^/]+)\//.exec(path)?.[1] ?? [])
      .filter((name) => name !== 'people'),
  )
  return [...platforms].sort().flatMap((name) => {
    const folder = `connectors/${name}`
    const needed = FLOOR_PLAN.filter((file) => !(WITHOUT[name] ?? []).includes(file))
    const missing = needed.filter((file) => !paths.includes(`${folder}/${file}`))
    const fixtures = paths.some((path) => path.startsWith(`${folder}/fixtures/`))
      ? []
      : ['fixtures/']
    return [...missing, ...fixtures].map((file) => `${folder} has no ${file}`)
  })
}
