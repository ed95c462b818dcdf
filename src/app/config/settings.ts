/** What a ferry.yaml says once it was read and checked: defaults filled in, secrets still references. */
import type { Limits } from '../../connector/connector.ts'
import type { ConflictPolicy, FieldRule, Mapping } from '../../mapping/mapping.ts'
import type { GuardLimits } from '../../plan/guard.ts'

export interface Config {
  /** The file it was read from; relative paths in it start at its folder. */
  readonly path: string
  /** `sqlite:PATH` or `postgres://…`, with references; see `resolveState`. */
  readonly state: string
  /** null: only the in-process runner. */
  readonly queue: string | null
  readonly connections: Readonly<Record<string, ConnectionConfig>>
  readonly syncs: Readonly<Record<string, SyncConfig>>
}

export interface ConnectionConfig {
  readonly name: string
  /** The register's name of the platform, whatever alias was written. */
  readonly platform: string
  /** '' for platforms that have none. */
  readonly url: string
  /** Secrets as references: `env:NAME`, `file:PATH`, `…${NAME}…`. */
  readonly auth: Readonly<Record<string, string>>
  readonly account: string | null
  readonly timeZone: string | null
  readonly path: string | null
  readonly options: Readonly<Record<string, unknown>>
  readonly limits: Limits
  /** No command may write there. */
  readonly isReadOnly: boolean
  /** Plain http to another machine was allowed by name. */
  readonly allowInsecure: boolean
}

export const MATCH_RULES = ['link', 'email', 'phone'] as const
export type MatchRule = (typeof MATCH_RULES)[number]

export interface SyncConfig {
  readonly name: string
  /** Names of connections. */
  readonly from: string
  readonly to: string
  readonly direction: 'one-way' | 'two-way'
  readonly mapping: MappingChoice
  /** Rules that win over those of the mapping. */
  readonly fields: readonly FieldRule[]
  readonly match: readonly MatchRule[]
  readonly deletes: 'ignore' | 'unsubscribe' | 'tag' | 'delete'
  readonly conflicts: ConflictPolicy
  /** Cron pattern; null: only when somebody runs it. */
  readonly schedule: string | null
  readonly guards: GuardLimits
}
export type MappingChoice =
  | { readonly kind: 'inline'; readonly mapping: Mapping }
  /** A file in `mappings/`, by name. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  /** The default of the two platforms. */
  | { readonly kind: 'default' }

/** What the configuration needs to know of the platforms; `Platform` of the register is one. */
export interface PlatformWords {
  readonly name: string
  readonly aliases: readonly string[]
  /** Sets of `auth` keys, each a way to log in; empty: no login. */
  readonly logins: readonly (readonly string[])[]
}

/** Everything outside that reading a configuration touches. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Text of a file, UTF-8. Rejects with an error whose `code` is ENOENT when there is none. */
  readFile(path: string): Promise<string>
}
