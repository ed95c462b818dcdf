/** Notes and companies of the target, as a run that compares saw them: what says of which record of the source each is the copy. */
import type { RemoteId, RunId } from '../model/id.ts'

/** `unmarked`: a note that does not tell where it came from. */
export type CopyKind = 'note' | 'unmarked' | 'company'
export interface Copy {
  /** Of a note its id at the source; of an unmarked one its own; of a company its folded name. */
  readonly origin: string
  /** Its id at the target. */
  readonly id: string
  /** Whose note it is there; null: a company. */
  readonly holder: RemoteId | null
  /** Keyed hashes of what it shows. */
  readonly shown: string
}
/** Forgotten with all else that the run read. */
export interface Copies {
  /** Inserts; one that is seen again stays as it is. */
  add(run: RunId, kind: CopyKind, copies: readonly Copy[]): Promise<void>
  /** In order of origin, then id. */
  of(run: RunId, kind: CopyKind, origins: readonly string[]): Promise<readonly Copy[]>
  count(run: RunId, kind: CopyKind): Promise<number>
}
