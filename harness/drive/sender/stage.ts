import type { Clock, Trace } from '../../model/index.ts'
import type { Ladders } from '../ladder/ladder.ts'
import type { Events } from './events.ts'
import type { Flight, Flights } from './flights.ts'
import type { Routes } from './routes.ts'
import type { Bench } from './spaces.ts'

/** What every op of a run is performed with. */
export interface Stage {
  readonly bench: Bench
  readonly trace: Trace
  /** The run's: zero is the instant the trace counts from. */
  readonly clock: Clock
  readonly flights: Flights
  readonly events: Events
  readonly ladders: Ladders
  readonly routes: Routes
  /** Called after each event of an op that was sent. */
  settled(op: number, outcome: number): void
}

/** Records what became of a flight. */
export const land = (
  { events, settled }: Stage,
  { op, sent, via, space, model }: Flight,
  done: number,
  what: Pick<Parameters<Events['record']>[0], 'outcome' | 'hits' | 'refused' | 'error'>,
): void => {
  events.record({ op, sent, done, via, space, model, ...what })
  settled(op, what.outcome)
}
