import type { AtRecall, EffortRecall } from '../harness/model/index.ts'
import { bracket, count, ms, UNKNOWN } from './format.ts'
import { type ReportInput, runNames } from './input.ts'
import type { Row } from './row.ts'
import { scanned, scanOf } from './scan.ts'

export const EFFORT_HEAD = ['target, effort', 'recall', 'searches', 'response p50', 'p99'] as const

/** Every point of every curve. */
export const effortRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const names = runNames(inputs)
  return inputs.flatMap(({ findings }, i) =>
    (findings.recall?.byEffort ?? []).map((point: EffortRecall) => ({
      label: `${names[i]}, ${point.effort}`,
      cells: [
        scanned(bracket(point), scanOf(findings)),
        count(point.searches),
        ms(point.response.p50),
        ms(point.response.p99),
      ],
    })),
  )
}

/** At each recall what every run needed for it: none where no effort asked reached it. */
export const atRecallRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const goals = inputs.flatMap(({ findings }) => findings.recall?.atRecall ?? [])
  return [...new Set(goals.map(({ recall }) => recall))].map((goal) => ({
    label: `recall\u00a0≥\u00a0${goal.toFixed(2)}`,
    cells: inputs.map(({ findings }) => {
      const found = findings.recall?.atRecall?.find(({ recall }) => recall === goal)
      if (!found) return UNKNOWN
      const mayReach = findings.recall?.byEffort?.some(({ high }) => high !== null && high >= goal)
      return needed(found, scanOf(findings)) ?? (mayReach ? 'not proven' : 'not reached')
    }),
  }))
}

const needed = ({ effort, response, ...ends }: AtRecall, scan: string | null): string | null =>
  effort === null || response === null
    ? null
    : `effort ${effort}: p50 ${ms(response.p50)}, p99 ${ms(response.p99)}, recall ${scanned(bracket(ends), scan)}`

export const EFFORT_NOTE =
  'The least effort that was asked and whose recall, its lower end, reaches the goal; not proven: only the upper end of one does, for writes were still unanswered. Between the efforts asked, and beyond them, nothing is assumed. All checkpoints together; a time that the harness was too slow to measure, or that too few searches support, is left out. Response time from the due instant, at the rate of the checkpoints, while nothing is written. An effort means something else to each engine: hold them against each other at equal recall only.'
