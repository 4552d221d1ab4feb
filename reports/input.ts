import type { Findings, Manifest } from '../harness/model/index.ts'

/** What a page is made of: the findings of a run and its manifest. Several inputs stand side by side. */
export interface ReportInput {
  readonly findings: Findings
  readonly manifest: Manifest
}

/** The name of each run on a page: its target, numbered where a target was played more than once. */
export const runNames = (inputs: readonly ReportInput[]): readonly string[] => {
  const times = new Map<string, number>()
  const repeated = new Set<string>()
  for (const { findings } of inputs) {
    const seen = (times.get(findings.run.target) ?? 0) + 1
    times.set(findings.run.target, seen)
    if (seen > 1) repeated.add(findings.run.target)
  }
  times.clear()
  return inputs.map(({ findings: { run } }) => {
    if (!repeated.has(run.target)) return run.target
    const number = (times.get(run.target) ?? 0) + 1
    times.set(run.target, number)
    return `${run.target} ${number}`
  })
}
