/** The mapping language as data: what a reviewed mapping says, and what it means for one pair of accounts. */
import type { FieldPath, Fields, FieldValue } from '../model/field.ts'
import type { FieldDefinition, FieldDraft, FieldOption, Group, Tag } from '../model/vocabulary.ts'

export type ConflictPolicy = 'hold' | 'from' | 'to' | 'newer'
export type FieldOwner = 'from' | 'to' | 'both'

/** One entry of `fields`, as written, defaults filled in. */
export interface FieldRule {
  /** Canonical paths or native names; several: the first that is filled. Empty only with a `default` or `template`. */
  readonly from: readonly string[]
  /** A canonical path or native name; null: `never`, this field does not travel. */
  readonly to: string | null
  readonly do: readonly Transform[]
  /** Value translation; null: values travel as they are. */
  readonly values: Readonly<Record<string, string>> | null
  /** For a value that `values` (or the target's options) does not list. */
  readonly otherwise: 'keep' | 'skip' | 'reject' | 'hold'
  /** Empty at the source: leave the target (`skip`), empty it (`clear`), or write only where the target is empty (`fill`). */
  readonly blank: 'skip' | 'clear' | 'fill'
  /** Create the target field when it is missing; label and type from the source unless given. */
  readonly create: boolean
  readonly label: string | null
  /** null: as the sync's direction says. */
  readonly owner: FieldOwner | null
  /** null: as the sync's `conflicts` says. */
  readonly conflict: ConflictPolicy | null
  /** Written in the sync: wins over a rule of the mapping for the same target. */
  readonly isOverride?: boolean
  /** Not written by anybody: an earlier run made this target field for this source. */
  readonly isRemembered?: boolean
}
export type Transform =
  | { readonly name: 'trim' | 'lower' | 'title' | 'country-iso' | 'country-name' }
  | { readonly name: 'e164'; readonly region: string | null }
  | { readonly name: 'date'; readonly format: string }
  | { readonly name: 'split' | 'join'; readonly by: string }
  | { readonly name: 'default' | 'template'; readonly text: string }
  | { readonly name: 'truncate'; readonly length: number }

export interface Mapping {
  readonly name: string
  readonly fields: readonly FieldRule[]
  readonly customFields: 'auto' | 'listed'
  /** `auto`: an option that the target's list lacks is added to it before contacts are written. `listed`: such values are named losses. */
  readonly options: 'auto' | 'listed'
  readonly tags: {
    readonly include: readonly string[]
    readonly exclude: readonly string[]
    /** null: the default, the name alone, with the category in front only where two categories share the name. */
    readonly rename: string | null
    /** Whether a tag removed at the source is removed at the target. */
    readonly remove: boolean
    readonly as: 'tags' | 'groups'
  }
  readonly groups: {
    readonly include: readonly string[]
    readonly exclude: readonly string[]
    readonly as: 'tags' | 'groups'
    readonly remove: boolean
  }
  readonly consent: {
    readonly rule: 'strictest'
    readonly write: 'opt-out-only' | 'none'
    /** What happens with people who never consented (state `none`): opted out at the target (default), or left alone. */
    readonly unconsented: 'opt-out' | 'leave'
  }
  /** `records`: companies are created as records, with address, phone and website. `name`: contacts bring their names, and nothing else travels. */
  readonly companies: 'records' | 'name'
  /** `records`: notes travel as notes. `field`: only the text field of that name does. `never`: neither. */
  readonly notes: 'records' | 'field' | 'never'
  /** `keep`: each of them travels; only where the target lets contacts share an e-mail. */
  readonly duplicates: 'hold' | 'first' | 'newest' | 'merge' | 'keep'
  /** Name of the text field on the target that makes a create recognisable; null: off. */
  readonly marker: string | null
  /** Source sequence id to target sequence id; only what is listed is ever started. */
  readonly sequences: Readonly<Record<string, string>>
  /** Owner at the source (name or key) to owner at the target; others go by equal name. */
  readonly owners: Readonly<Record<string, string>>
}

/** A mapping that met both catalogues: every name resolved, every new field drafted. Pure data with pure functions. */
export interface CompiledMapping {
  readonly name: string
  /** Over everything that decides: the mapping, the catalogues' definitions it uses, the version of the normal forms. */
  readonly fingerprint: string
  /** One per target path that anything travels to. */
  readonly rules: readonly CompiledRule[]
  /** Every path that the source's catalogue lists: no rule knows of any other. */
  readonly listed: ReadonlySet<FieldPath>
  /** Fields that the plan creates before contacts, a drafted marker included. Rules refer to them by `definition.path`. */
  readonly fieldDrafts: readonly DraftedField[]
  /** null: no marker (turned off, or the target cannot create fields). */
  readonly marker: FieldDefinition | null
  readonly isMarkerDrafted: boolean
  /** Where a source tag goes; null: excluded. Names are final; the catalogue decides whether the target has it already. */
  tagTarget(tag: Tag): ElementTarget | null
  groupTarget(group: Group): ElementTarget | null
  /** The same mapping read from its other end, where both sides may be written; null: one-way. */
  readonly mirror: CompiledMapping | null
  /** Everything that compiling found, errors first. A mapping with an error must not be planned. */
  readonly warnings: readonly MappingFinding[]
}
export interface ElementTarget {
  readonly kind: 'tag' | 'group'
  readonly name: string
  /** The element that is meant, where the name alone does not tell. */
  readonly key?: string
  /** Why it does not travel although it should; absent: it does. */
  readonly loss?: string
}
export interface DraftedField {
  /** Its path is provisional (`custom.new:<name>`) until the field exists. */
  readonly definition: FieldDefinition
  readonly draft: FieldDraft
  /** True: only created when some record has a value for it. */
  readonly onlyIfUsed: boolean
}
export interface CompiledRule {
  /** Equal to the target path: the key of the rule in bases, plans and reports. */
  readonly to: FieldPath
  readonly definition: FieldDefinition
  readonly from: readonly FieldPath[]
  /** A short text for people: `FirstName -> firstname`, with transforms. */
  readonly title: string
  readonly blank: 'skip' | 'clear' | 'fill'
  readonly owner: FieldOwner | null
  readonly conflict: ConflictPolicy | null
  /** Where the target's list of options may be added to; null: values beyond it are lost. */
  readonly growth: Growth | null
  /** What the source wants at the target, before and after fitting. Pure. */
  project(source: Fields): Projection
  /** The way back, for two-way syncs: what the target's value means at the source; null: cannot be reversed. */
  readonly reverse: {
    readonly to: FieldPath
    readonly definition: FieldDefinition
    /** `firstname -> FirstName`, for people. */
    readonly title: string
    readonly growth: Growth | null
    project(target: Fields): Projection
  } | null
}
export type Projection =
  /** Nothing is to be written: the source does not know, is empty under `skip`, or holds what cannot travel at all (then `losses` says why). */
  | { readonly kind: 'absent'; readonly losses?: readonly Loss[] }
  /** null: empties the target. */
  | { readonly kind: 'value'; readonly value: FieldValue; readonly losses: readonly Loss[] }
  | { readonly kind: 'reject'; readonly cause: string; readonly hint: string }
  | { readonly kind: 'hold'; readonly cause: string; readonly hint: string }
export interface Loss {
  readonly path: FieldPath
  readonly cause: string
  readonly before: string
  /** What travels instead; null: nothing. */
  readonly after: string | null
}
export interface MappingFinding {
  readonly level: 'error' | 'warning' | 'note'
  readonly path: string
  readonly message: string
  readonly hint: string
}

export interface Growth {
  /** Whether the list holds an option of this value. */
  knows(value: string): boolean
  /** The option that would be added for a value: in the spelling of the other side's own list, where that has it. null: a blank. */
  optionFor(text: string): FieldOption | null
}
