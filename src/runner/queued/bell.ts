/** What the queued runner needs of a queue: somebody to ring for tickets, and news of those who work them. */
import type { RunId } from '../../model/id.ts'
import type { ProgressEvent, Ticket } from '../../pipeline/env.ts'

/** Every method rejects when the queue is out of reach. */
export interface Bell {
  /** A ticket that is rung for already, or in somebody's hands, stays as it is. */
  ring(tickets: readonly Ticket[]): Promise<void>
  /** Rings also for tickets of which a queue that lost a part of itself kept a trace, but no place in line. */
  ringAgain(tickets: readonly Ticket[]): Promise<void>
  /** Takes back tickets that nobody has in hand. */
  silence(tickets: readonly Ticket[]): Promise<void>
  /** How many tickets of a run are in workers' hands; those of a dead worker count until they are given to another. */
  inHand(run: RunId): Promise<number>
  /** Answers with the end of the listening. News may be lost. */
  listen(run: RunId, listener: Listener): () => void
}

export interface Listener {
  /** The store may show something new about the run. */
  news(): void
  /** A ticket was given up. */
  failed(reason: string): void
  progress(event: ProgressEvent): void
}
