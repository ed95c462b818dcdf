/** Who sits at this machine: what a decision is signed with unless somebody says another name. */
import { hostname, userInfo } from 'node:os'

export function personName(): string {
  try {
    return userInfo().username
  } catch (error) {
    // A container may run under a number that has no name.
    if (error instanceof Error && 'code' in error) return `somebody at ${hostname()}`
    throw error
  }
}
