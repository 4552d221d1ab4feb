import { type Runbook, type Scenario, SECOND } from '../../model/index.ts'
import type { Calendar } from '../calendar.ts'
import type { Writer } from '../write-log.ts'
import { type Span, timelineOfScenario } from './timeline.ts'
import { type Written, walkRunbook } from './walk.ts'

/**
 * Appends the writes of a runbook, row by row in the order of its ranges, evenly at the rate of each step; a request
 * holds at most `batch` rows, of one step and one kind.
 */
export const replayRunbook = (
  scenario: Scenario,
  runbook: Runbook,
  calendar: Calendar,
  writer: Writer,
): void => {
  const { spans } = timelineOfScenario(scenario, runbook)
  let step = 0
  let place = 0
  let what = -1
  let room = 0
  const due = ({ from, to, rate, preloaded }: Span): number =>
    Math.min(from + Math.floor(((place - preloaded) * SECOND) / rate), to - 1)
  const add = (row: Written): void => {
    if (row.step !== step) {
      step = row.step
      place = 0
      room = 0
    }
    const span = spans[step - 1]!
    if (place >= span.preloaded) {
      if (room === 0 || row.what !== what) {
        writer.op(row.what, calendar.stretch(due(span)), 0, 0)
        room = runbook.batch
        what = row.what
      }
      writer.row(row.id, row.version)
      room--
    }
    place++
  }
  walkRunbook(runbook.steps, { row: add })
}
