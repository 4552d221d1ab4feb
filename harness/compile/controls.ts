import {
  ACTIONS,
  type Action,
  CONTROL,
  type Micros,
  type Scenario,
  SEARCH,
  SECOND,
} from '../model/index.ts'
import { type Calendar, checkpointSpans } from './calendar.ts'
import type { OpBuilder } from './columns.ts'
import { queryModel } from './foreground.ts'
import type { Turns } from './migration.ts'

/** `compact` wherever asked for; `create`, `swap` and `drop` of a blue-green migration. */
export const addControls = (
  ops: OpBuilder,
  scenario: Scenario,
  calendar: Calendar,
  turns: Turns,
): void => {
  const add = (action: Action, at: Micros, space: number, phase: number): number => {
    const op = ops.add(calendar.stretch(at), CONTROL, space, phase)
    ops.fields.action[op] = ACTIONS.indexOf(action) + 1
    return op
  }
  scenario.phases.forEach(({ control }, phase) => {
    for (const { at, do: action } of control) {
      if (action === 'compact') add(action, calendar.phases[phase]!.from + at, 0, phase)
    }
  })
  for (const [action, space] of [
    ['create', 1],
    ['swap', 1],
    ['drop', 0],
  ] as const) {
    const at = turns[action]
    if (Number.isFinite(at)) add(action, at, space, calendar.phaseAt(at))
  }
}

/** The searches of one checkpoint: every query once per effort. */
export const checkpointSearches = (scenario: Scenario, queries: number): number =>
  queries * Math.max(1, scenario.checkpoints?.efforts.length ?? 0)

/** At each checkpoint a mark, then its searches, evenly; those of one effort together. */
export const addCheckpoints = (
  ops: OpBuilder,
  scenario: Scenario,
  calendar: Calendar,
  turns: Turns,
  queries: number,
): void => {
  const count = checkpointSearches(scenario, queries)
  checkpointSpans(scenario, calendar).forEach(({ from, phase, searches }, checkpoint) => {
    const mark = ops.add(from, CONTROL, 0, phase)
    ops.fields.action[mark] = ACTIONS.indexOf('checkpoint') + 1
    ops.fields.checkpoint[mark] = checkpoint
    const model = queryModel(scenario, turns, calendar.checkpoints[checkpoint]!)
    const { efforts, rate } = scenario.checkpoints!
    for (let i = 0; i < count; i++) {
      const op = ops.add(searches + Math.floor((i * SECOND) / rate), SEARCH, 0, phase)
      ops.fields.query[op] = i % queries
      ops.fields.model[op] = model
      ops.fields.k[op] = scenario.k
      ops.fields.checkpoint[op] = checkpoint
      const effort = efforts[Math.floor(i / queries)]
      if (effort !== undefined) ops.fields.effort[op] = effort
    }
  })
}
