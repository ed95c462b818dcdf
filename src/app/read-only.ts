/** A connection that ferry.yaml marks `readOnly: true`: whoever would write there is refused before anything is sent. */
import type { Config } from './config/settings.ts'

/** Exit code 3. */
export class ReadOnlyConnection extends Error {
  override readonly name = 'ReadOnlyConnection'
  readonly hint: string
  constructor(connection: string, wanted: string) {
    super(`${connection} is marked readOnly in ferry.yaml: ${wanted} would write there`)
    this.hint = `Nothing was sent. Take "readOnly: true" out of connections.${connection} if it is meant to be written.`
  }
}

/** Throws ReadOnlyConnection. `wanted`: what would write, for people. */
export function refuseWriting(config: Config, connection: string, wanted: string): void {
  if (config.connections[connection]?.isReadOnly === true)
    throw new ReadOnlyConnection(connection, wanted)
}
