/** `ferry init`: writes a first ferry.yaml for two platforms, with the secrets named and not written. */
import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { PLATFORMS } from '../../../connectors/index.ts'
import type { Platform } from '../../connector/connector.ts'
import type { Act } from '../act.ts'
import { EXIT, UsageError } from '../exit.ts'

const NAMES = PLATFORMS.map((platform) => String(platform.name))

export function registerInit(program: Command, act: Act): void {
  program
    .command('init')
    .description('write a first ferry.yaml')
    .addOption(
      new Option('--from <platform>', 'the platform to move from')
        .choices(NAMES)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--to <platform>', 'the platform to move to').choices(NAMES).makeOptionMandatory(),
    )
    .action(
      act(async (context, options: { from: string; to: string }) => {
        const text = configText(options.from, options.to)
        try {
          await writeFile(context.flags.config, text, { flag: 'wx', mode: 0o600 })
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
          throw new UsageError(
            `${context.flags.config} exists already`,
            'Edit it, or name another file with --config.',
          )
        }
        context.answer({ written: context.flags.config }, [
          `${context.flags.config} is written. Fill in the addresses, set the variables it names, then:`,
          '  ferry doctor',
          '  ferry plan move',
        ])
        return EXIT.done
      }),
    )
}

function configText(from: string, to: string): string {
  return `# ferry.yaml: what Contact Ferry connects and how. Secrets are named (env:NAME or file:PATH), never written here.
version: 1
state: sqlite:./.ferry/state.db
connections:
${connectionText('source', from)}
${connectionText('target', to)}
syncs:
  move:
    from: source
    to: target
    direction: one-way
`
}

function connectionText(name: string, platform: string): string {
  const known = PLATFORMS.find((each) => each.name === platform)
  return `  ${name}:
    platform: ${platform}
${placeText(known)}${loginText(name, known)}`
}

/** Platforms without a login are files. */
function placeText(platform: Platform | undefined): string {
  return (platform?.logins[0]?.length ?? 0) === 0
    ? '    path: ./people.csv'
    : '    url: https://example.com/api   # the address of the account\n'
}

function loginText(name: string, platform: Platform | undefined): string {
  const [first = [], ...others] = platform?.logins ?? []
  if (first.length === 0) return ''
  const keys = first.map(
    (key) => `${key}: env:${`${name}_${key}`.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`,
  )
  const more = others.filter((keys_) => keys_.length > 0).map((keys_) => keys_.join(' + '))
  const comment = more.length === 0 ? '' : `   # or: ${more.join(', or ')}`
  return `    auth: { ${keys.join(', ')} }${comment}`
}
