/** Connections to nowhere: enough to open a connector and ask what it claims before anything is sent. */
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import type { Clock, Http, Kit } from '../../src/connector/kit.ts'

export function connectionTo(name: string): ConnectionSettings {
  return {
    name,
    url: '',
    auth: {},
    account: null,
    timeZone: null,
    path: null,
    options: {},
    limits: {},
  }
}

/** A kit without a network. */
export function kitWithout(clock: Clock): Kit {
  const http: Http = {
    channel() {
      throw new Error('nothing may be sent')
    },
  }
  return {
    clock,
    http,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    random: () => 0.5,
    vault: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
  }
}
