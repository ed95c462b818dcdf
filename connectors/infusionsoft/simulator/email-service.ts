/** APIEmailService: the two ways to change consent from outside, and the question for it. */
import { optIn, optOut, optStatus } from './consent.ts'
import type { Context, Methods } from './context.ts'
import { text } from './signature.ts'

export function emailService(context: Context): Methods {
  const { account, watch, write } = context
  return {
    'APIEmailService.optIn': {
      overloads: [['string', 'string']],
      effect: 'write',
      run([email]) {
        const changed = optIn(account, text(email))
        if (changed) watch.optedIn(text(email))
        return write.flag(changed)
      },
    },
    'APIEmailService.optOut': {
      overloads: [['string', 'string']],
      effect: 'write',
      run([email]) {
        const changed = optOut(account, text(email))
        if (changed) watch.optedOut(text(email))
        return write.flag(changed)
      },
    },
    'APIEmailService.getOptStatus': {
      overloads: [['string']],
      effect: 'read',
      run: ([email]) => write.int(optStatus(account, text(email))),
    },
  }
}
