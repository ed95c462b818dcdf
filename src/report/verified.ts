/** What a comparison found, as the JSON and the text of `ferry verify`. Keys are only ever added. */
import type { RecordDifference, RunFacts, Verified } from '../plan/run-facts.ts'
import { type Mask, masked } from './mask.ts'
import { safeText } from './safe-text.ts'

type Compared = RunFacts & { readonly verify: Verified }

export function verifiedDocument(facts: Compared, mask: Mask): Readonly<Record<string, unknown>> {
  const { verify, differences = [], skipped = 0, noteDifferences, companyDifferences } = facts
  const hidden = <T extends { readonly label: string }>(all: readonly T[]) =>
    all.map((each) => ({ ...each, label: masked(each.label, mask) }))
  return {
    ...verify,
    skipped,
    differences: hidden(differences),
    ...(companyDifferences === undefined ? {} : { companyDifferences: hidden(companyDifferences) }),
    // Their labels are ids.
    ...(noteDifferences === undefined ? {} : { noteDifferences }),
  }
}

export function verifiedText(facts: Compared, mask: Mask): readonly string[] {
  const { verify, differences = [], skipped = 0 } = facts
  const label = (text: string) => safeText(masked(text, mask), 60)
  const named = (word: string, all: readonly RecordDifference[] = [], whose = label) =>
    all.map(
      ({ record, label: name, what, fields }) =>
        `  ${what} ${word} ${record} ${whose(name)}  ${fields.join(', ')}`,
    )
  return [
    `verify ${verify.ok ? 'ok' : 'FOUND DIFFERENCES'}: ${verify.checked} checked, ${verify.equal} equal, ${verify.normalised} rewritten by the target, ${verify.differing} differing, ${verify.missing} missing, ${verify.extra} only at the target, ${skipped} held or refused`,
    ...differences.map(
      ({ record, label: name, what, fields }) =>
        `  ${what} ${record} ${label(name)}  ${fields.join(', ')}`,
    ),
    ...recordLines(verify),
    ...named('company', facts.companyDifferences),
    ...named('note', facts.noteDifferences, (contact) => `of contact ${contact}`),
  ]
}

export function recordLines({ companies, notes, uncompared = [] }: Verified): readonly string[] {
  return [
    ...(companies === undefined
      ? []
      : [
          `  companies: ${companies.checked} checked, ${companies.equal} equal, ${companies.edited} edited at the target, ${companies.differing} differing, ${companies.missing} missing, ${companies.doubled} doubled`,
        ]),
    ...(notes === undefined
      ? []
      : [
          `  notes: ${notes.checked} checked, ${notes.equal} equal, ${notes.edited} edited at the target, ${notes.differing} differing, ${notes.missing} missing, ${notes.doubled} doubled, ${notes.extra} only at the target, ${notes.skipped} set aside`,
        ]),
    ...uncompared.map((line) => `  not compared: ${safeText(line, 200)}`),
  ]
}
