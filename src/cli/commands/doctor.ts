/** `ferry doctor`: real calls with every login, and what to do about what is wrong. */
import type { Command } from 'commander'
import { diagnose, type Finding } from '../../app/doctor.ts'
import { safeText } from '../../report/safe-text.ts'
import type { Act } from '../act.ts'
import { EXIT, type ExitCode } from '../exit.ts'

export function registerDoctor(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('check configuration, state and every connection with real calls; changes nothing')
    .action(
      act(async (context) => {
        const app = await context.app({ mayWrite: false })
        try {
          const findings = await diagnose(app, context.signal)
          context.answer(
            { ok: findings.every((finding) => finding.level !== 'fail'), findings },
            findings.flatMap(linesOf),
          )
          return codeOf(findings)
        } finally {
          await app.close()
        }
      }),
    )
}

function linesOf(finding: Finding): readonly string[] {
  const line = `${finding.level.padEnd(5)} ${finding.subject.padEnd(10)} ${safeText(finding.message, 240)}`
  return finding.hint === '' ? [line] : [line, `      fix: ${safeText(finding.hint, 240)}`]
}

function codeOf(findings: readonly Finding[]): ExitCode {
  const failed = findings.filter((finding) => finding.level === 'fail')
  if (failed.length === 0) return EXIT.done
  if (failed.some((finding) => finding.kind === 'login')) return EXIT.login
  if (failed.some((finding) => finding.kind === 'configuration')) return EXIT.usage
  return EXIT.down
}
