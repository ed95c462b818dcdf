import type { Consent } from './consent.ts'
import type { Fields } from './field.ts'
import type { RemoteId, Version } from './id.ts'

/** One contact as one account showed it at one moment. */
export interface Sighting {
  readonly id: RemoteId
  /** The server's stamp for this state, verbatim; null when it gives none. */
  readonly version: Version | null
  /** Instants `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly createdAt: string | null
  readonly updatedAt: string | null
  /** Only what the platform told: an absent path is not known. */
  readonly fields: Fields
  /** Keys of tags (see `Tag.key`), sorted; undefined: this reading does not tell, another stream does. */
  readonly tags?: readonly string[]
  /** Keys of groups, sorted; undefined as for tags. */
  readonly groups?: readonly string[]
  /** undefined: this reading does not tell, another stream does. [] : nothing on record. */
  readonly consents?: readonly Consent[]
}
