/** What a shell is told so that it can complete commands and options: made of the commands themselves. */
import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function completionFor(shell: Shell, program: Command): string {
  switch (shell) {
    case 'bash':
      return bash(program)
    case 'zsh':
      return `#compdef ferry\nautoload -U +X bashcompinit && bashcompinit\n${bash(program)}`
    case 'fish':
      return fish(program)
  }
}

/** A command by the words that lead to it; '' is the program. */
interface Place {
  readonly path: string
  readonly command: Command
}

function placesOf(command: Command, path = ''): readonly Place[] {
  return [
    { path, command },
    ...command.commands.flatMap((child) =>
      placesOf(child, path === '' ? child.name() : `${path} ${child.name()}`),
    ),
  ]
}

function optionsOf(command: Command): readonly string[] {
  return command.options.flatMap(({ long, short }) => long ?? short ?? [])
}

function bash(program: Command): string {
  const places = placesOf(program)
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const everywhere = optionsOf(program)
  const cases = places.map(({ path, command }) => {
    const words = [
      ...command.commands.map((child) => child.name()),
      ...new Set([...optionsOf(command), ...everywhere, '--help']),
    ]
    return `    ${quoted(path)}) words=${quoted(words.join(' '))} ;;`
  })
  return `_ferry() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" word words="" next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in ${paths.join(' | ')}) path="$next" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "$cur") )
}
complete -o default -F _ferry ferry
`
}

function fish(program: Command): string {
  const lines = placesOf(program).flatMap(({ path, command }) => {
    const [first, second] = path.split(' ')
    const names = command.commands.map((child) => child.name()).join(' ')
    const seen = [
      ...(path === '' ? [] : [`__fish_seen_subcommand_from ${first}`]),
      ...(second === undefined ? [] : [`__fish_seen_subcommand_from ${second}`]),
      ...(names === '' ? [] : [`not __fish_seen_subcommand_from ${names}`]),
    ].join('; and ')
    const here = `complete -c ferry -n ${quoted(seen)}`
    return [
      ...command.commands.map(
        (child) => `${here} -f -a ${quoted(child.name())} -d ${quoted(child.description())}`,
      ),
      ...command.options.flatMap(({ long, description }) =>
        long === undefined || long === null
          ? []
          : [
              `${path === '' ? 'complete -c ferry' : here} -l ${quoted(long.slice(2))} -d ${quoted(description)}`,
            ],
      ),
    ]
  })
  return `${lines.join('\n')}\n`
}

/** One word for any of the three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
