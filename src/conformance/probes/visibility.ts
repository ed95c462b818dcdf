/** How long a new contact stays out of sight. */
import { differs, holds, type WritingProbe } from '../probe.ts'

const LOOK_EVERY_MS = 250
/** Beyond the claim; whoever is not there by then is not coming. */
const PATIENCE_MS = 60_000

export const visibilityLag: WritingProbe = {
  name: 'visibility lag',
  asks: 'How long after a write do look-ups show it?',
  needs: 'writing',
  unless: ({ find }) => (find.includes('email') ? null : 'nothing can be looked up by e-mail'),
  async run(bench, hands) {
    const { clock, signal } = bench
    const { visibilityLagMs } = hands.writer.capabilities
    const email = hands.address()
    const id = await hands.create({ fields: hands.person({ 'emails.1': email }) })
    const start = clock.now()
    for (;;) {
      const found = await hands.writer.find({ by: 'email', values: [email] }, signal)
      const passedMs = clock.now() - start
      if (found.some((sighting) => sighting.id === id)) {
        const seen = `${passedMs} ms`
        return passedMs <= visibilityLagMs + LOOK_EVERY_MS
          ? holds(`within ${visibilityLagMs} ms`)
          : differs(`${visibilityLagMs} ms`, seen, `contact ${id} was found after ${seen}`)
      }
      if (passedMs > visibilityLagMs + PATIENCE_MS) {
        return differs(
          `${visibilityLagMs} ms`,
          'never',
          `contact ${id} was not found in ${passedMs} ms`,
        )
      }
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
  },
}
