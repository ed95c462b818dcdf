/** What a made-up person is: the shapes that every simulator translates into its platform's own words. */

export interface Person {
  /** 1, 2, 3 … in order of creation. */
  readonly number: number
  readonly givenName: string
  readonly familyName: string
  readonly middleName: string
  readonly prefix: string
  readonly suffix: string
  readonly nickname: string
  /** Zero to three, first is primary; some people share one, some differ only in case. */
  readonly emails: readonly PersonEmail[]
  /** Type is Mobile, Work, Home, Main, Other or empty. */
  readonly phones: readonly {
    readonly number: string
    readonly type: string
    readonly extension: string
  }[]
  readonly fax: string
  readonly addresses: readonly {
    readonly kind: 'main' | 'shipping' | 'other'
    readonly line1: string
    readonly line2: string
    readonly city: string
    readonly region: string
    readonly postalCode: string
    /** English country name; sometimes an odd spelling or a country that does not exist. */
    readonly country: string
  }[]
  readonly company: string
  readonly jobTitle: string
  readonly website: string
  /** YYYY-MM-DD or empty; 29 February occurs. */
  readonly birthday: string
  readonly anniversary: string
  readonly gender: string
  /** Like en_US. */
  readonly language: string
  /** IANA id. */
  readonly timeZone: string
  /** May be long, with CRLF line ends, quotes, markup-like text, emoji. */
  readonly notes: string
  readonly points: number
  readonly socials: {
    readonly facebook: string
    readonly twitter: string
    readonly linkedin: string
  }
  /** Names from `TAGS`; some people have many, some none. */
  readonly tags: readonly string[]
  /** Names from `GROUPS`. */
  readonly groups: readonly string[]
  /**
   * Values of the custom fields in `CUSTOM_FIELDS` by label; absent: no value. Multi-valued ones joined by a newline.
   * boolean `true` or `false`, date `YYYY-MM-DD`, datetime `YYYY-MM-DDTHH:MM:SSZ`, number, decimal, currency and year as decimal
   * text; text, phone, email and url may hold anything at all (`n/a`).
   */
  readonly custom: Readonly<Record<string, string>>
  /** Epoch milliseconds on a whole second; never falls from one person to the next. */
  readonly createdAt: number
  readonly updatedAt: number
}
export interface PersonEmail {
  readonly address: string
  readonly consent:
    | 'granted'
    | 'double'
    | 'none'
    | 'unsubscribed'
    | 'complained'
    | 'bounced'
    | 'manual'
  readonly consentSince: number
}
export interface PersonTag {
  /** Not unique: a name may stand in two categories. */
  readonly name: string
  /** Empty: in no category. */
  readonly category: string
}
export interface PersonField {
  readonly label: string
  readonly type:
    | 'text'
    | 'longtext'
    | 'number'
    | 'decimal'
    | 'currency'
    | 'boolean'
    | 'date'
    | 'datetime'
    | 'choice'
    | 'radio'
    | 'choices'
    | 'phone'
    | 'email'
    | 'url'
    | 'year'
  readonly options: readonly string[]
}
