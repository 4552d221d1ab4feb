import { type Micros, OK, SECOND, SKIPPED } from '../model/index.ts'
import type { Remark } from './judge.ts'
import type { View } from './view.ts'

/** Silence to the end counts from this length … */
const SILENCE: Micros = SECOND
/** … and from this many operations: fewer may fail by accident. */
const SILENT_OPS = 10

/** Why a run cannot be trusted that did not end as it should: cut short, or with an engine that was no longer there (definitions §5). */
export const endingOf = (view: View): Remark[] => {
  const gone = goneOf(view)
  return [...cutOf(view), ...(gone.length > 0 ? gone : silenceOf(view))]
}

const cutOf = ({ history }: View): Remark[] => {
  if (!history.closed) {
    return [
      {
        code: 'incomplete',
        text: `The run ended without closing its history, which is known up to ${said(history.until)}; later operations are not counted.`,
      },
    ]
  }
  if (!history.interrupted) return []
  const when =
    history.until > 0
      ? `at ${said(history.until)}; what ran until then is reported`
      : 'before its first operation'
  return [{ code: 'interrupted', text: `The run was told to stop ${when}.` }]
}

/** Gauge `engine.alive`: a process that this run started, and that ended before the run did. */
const goneOf = ({ run: { samples }, history }: View): Remark[] => {
  const alive = samples.names.indexOf('engine.alive')
  const gone = samples.at.filter((_, i) => samples.name[i] === alive && samples.value[i] === 0)
  if (alive < 0 || gone.length === 0) return []
  const isBack = history.outcome.some((outcome, i) => outcome === OK && history.sent[i]! > gone[0]!)
  const after = isBack ? 'another process' : 'nobody'
  return [
    {
      code: 'engine-ended',
      text: `The engine had ended by ${said(gone[0]!)}: what was asked after that was answered by ${after}.`,
    },
  ]
}

/**
 * Of an engine that this run did not start, only its answers tell whether it is there. One that answers nothing more until the end
 * has no part in any figure of answered operations, so that a limit on them would still be met.
 */
const silenceOf = ({ history, trace: { ops }, eventOf, horizon }: View): Remark[] => {
  let last = 0
  for (let event = 0; event < history.count; event++)
    if (history.outcome[event] === OK) last = Math.max(last, history.done[event]!)
  const times = new Map<number, number>()
  let unanswered = 0
  let end = last
  for (let op = 0; op < ops.count; op++) {
    const at = ops.at[op]!
    const event = eventOf[op]!
    if (at <= last || at > horizon) continue
    if (event >= 0 && history.outcome[event] === SKIPPED) continue
    unanswered++
    end = Math.max(end, at)
    const error = event < 0 ? -1 : history.error[event]!
    times.set(error, (times.get(error) ?? 0) + 1)
  }
  if (unanswered < SILENT_OPS || end - last < SILENCE) return []
  const [most] = [...times].sort(([, one], [, other]) => other - one)
  const why = most && most[0] >= 0 ? `; most often: ${history.errors[most[0]]}` : ''
  return [
    {
      code: 'engine-silent',
      text: `From ${said(last)} to the end nothing was answered: all ${unanswered} operations due then failed or were given up${why}.`,
    },
  ]
}

const said = (time: Micros): string => `${(time / SECOND).toFixed(1)} s`
