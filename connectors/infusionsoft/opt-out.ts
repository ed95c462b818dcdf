/** Opt-outs: which addresses a write closes to mail, and closing them for certain. */
import type { ContactWrite } from '../../src/connector/connector.ts'
import { isOptedOut } from '../../src/model/consent.ts'
import type { Client } from './client.ts'

export interface Closing {
  readonly address: string
  readonly reason: string
  /** Someone who never said no is only opted out where they could be mailed: it cannot be taken back. */
  readonly onlyIfMailable: boolean
}

export function addressesToClose(item: ContactWrite): readonly Closing[] {
  const own = { ...item.current?.fields, ...item.fields }
  const addresses = ['emails.1', 'emails.2', 'emails.3']
    .map((path) => own[path])
    .filter((address): address is string => typeof address === 'string' && address !== '')
  const closings = item.consents
    .filter((consent) => consent.channel === 'email' && isOptedOut(consent.state))
    .flatMap((consent) =>
      (consent.address === null ? addresses : [consent.address]).map((address) => ({
        address: address.trim(),
        reason: consent.reason ?? REASON,
        onlyIfMailable: consent.state === 'none',
      })),
    )
  return [...new Map(closings.map((closing) => [closing.address, closing])).values()]
}

const REASON = 'Opt-out carried over by Contact Ferry'

/**
 * Before the contact is written. Returns those that the server says it did not change: `optOut` answers false both for an address that is closed
 * already and for one that it does not know, so they are closed again by `confirmClosed` once the contact exists.
 */
export async function close(
  client: Client,
  closings: readonly Closing[],
  signal: AbortSignal,
): Promise<readonly Closing[]> {
  const unchanged: Closing[] = []
  for (const closing of closings) {
    if (closing.onlyIfMailable && !(await isMailable(client, closing, signal))) continue
    if (!(await optOut(client, closing, signal))) unchanged.push(closing)
  }
  return unchanged
}

/** After the contact is written, before anything that could send mail. Returns the addresses that are still open to mail. */
export async function confirmClosed(
  client: Client,
  closings: readonly Closing[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const open: string[] = []
  for (const closing of closings) {
    const isChanged = await optOut(client, closing, signal)
    if (!isChanged && (await isMailable(client, closing, signal))) open.push(closing.address)
  }
  return open
}

function optOut(client: Client, closing: Closing, signal: AbortSignal): Promise<boolean> {
  const input = { email: closing.address, optOutReason: closing.reason }
  return client.call('APIEmailService.optOut', input, { signal })
}

async function isMailable(client: Client, closing: Closing, signal: AbortSignal): Promise<boolean> {
  const input = { email: closing.address }
  return (await client.call('APIEmailService.getOptStatus', input, { signal })) > 0
}
