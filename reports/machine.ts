import type { Machine, Usage } from '../harness/model/index.ts'

/** A host that takes less than this share of a core in its worst second is not worth a word. */
const NOTABLE = 0.05

/** Who used the processors while a run was played, in a sentence; nothing where the machine did not tell. */
export const machineText = (machine: Machine | null | undefined): string[] => {
  if (!machine) return []
  const { harness, engine, others, stolen } = machine
  const part = (who: string, usage: Usage | null): string[] =>
    usage === null ? [] : [`${who} ${percent(usage.mean)} (${percent(usage.worst)})`]
  const rest = [
    ...part('the engine', engine),
    ...part('others', others),
    ...(stolen !== null && stolen.worst >= NOTABLE ? part('the host beneath took', stolen) : []),
  ]
  const own = `The harness used ${percent(harness.mean)} of one core (${percent(harness.worst)} in its worst second)`
  return [`${[own, ...rest].join(', ')}.`]
}

const percent = (cores: number): string => `${(cores * 100).toFixed(0)} %`
