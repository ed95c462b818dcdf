/** `ferry completion SHELL`: what a shell is told so that it completes ferry's commands and options. */
import { Argument, type Command } from 'commander'
import type { Act } from '../act.ts'
import { completionFor, type Shell, SHELLS } from '../completion.ts'
import { EXIT } from '../exit.ts'

export function registerCompletion(program: Command, act: Act): void {
  program
    .command('completion')
    .description('a script that lets your shell complete commands and options')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  ferry completion bash >> ~/.bashrc
  ferry completion zsh > ~/.zsh/completions/_ferry
  ferry completion fish > ~/.config/fish/completions/ferry.fish`,
    )
    .action(
      act(async (context, shell: Shell) => {
        const script = completionFor(shell, program)
        context.answer({ shell, script }, script.trimEnd().split('\n'))
        return EXIT.done
      }),
    )
}
