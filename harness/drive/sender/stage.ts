import type { Clock, Trace } from '../../model/index.ts'
import type { Ladders } from '../ladder/ladder.ts'
import type { Board } from './board.ts'
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
  /** Shared by the senders of the run. A flight takes a place on it before it is sent; `land` gives it back. */
  readonly board: Board
  readonly events: Events
  readonly ladders: Ladders
  readonly routes: Routes
  /** The queries of every model, as `queriesOf` gives them. */
  readonly queries: readonly (readonly Float32Array[])[]
  /** Opens a space on every sender. */
  open(space: number): Promise<void>
  /** Called after each event of an op that was sent. */
  settled(op: number, outcome: number): void
}

/** Records what became of a flight, and gives its place back. */
export const land = (
  { events, board, settled }: Stage,
  { op, sent, via, space, model }: Flight,
  done: number,
  what: Pick<Parameters<Events['record']>[0], 'outcome' | 'hits' | 'refused' | 'error'>,
): void => {
  board.free()
  events.record({ op, sent, done, via, space, model, ...what })
  settled(op, what.outcome)
}
