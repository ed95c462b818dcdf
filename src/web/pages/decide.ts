/** Takes an answer to a hold, by the same use case as `ferry holds resolve`. */
import { keepDecisions, openHolds, weigh } from '../../app/holds.ts'
import { readChoice } from '../../plan/ruling.ts'
import { href } from '../html.ts'
import { type Answer, missing, type Visit } from '../visit.ts'

export async function decidePage({ desk, form }: Visit): Promise<Answer> {
  if (desk.decidesAs === null) return missing('deciding here: this server was started to look only')
  const id = form.get('id') ?? ''
  const word = form.get('choice') ?? ''
  const choice = word === 'ask' ? 'ask' : readChoice(word)
  const hold = (await openHolds(desk.app.store, null)).find((one) => one.case.id === id)
  if (hold === undefined) return back({ refused: 'that hold is not open any more' })
  if (choice === null) return back({ refused: 'that is no answer' })
  const field = form.get('field') ?? ''
  const weighed = weigh([
    {
      hold,
      field: field === '' ? null : field,
      choice,
      question: form.get('question'),
      isNamed: true,
    },
  ])
  const kept = await keepDecisions(desk.app, weighed, desk.decidesAs)
  const [refused] = [...weighed.refused, ...kept.refused]
  return back(refused === undefined ? { kept: id } : { refused: refused.why })
}

function back(query: Readonly<Record<string, string>>): Answer {
  return { kind: 'go', to: href(['holds'], query) }
}
