import { problem } from '../../errors.ts'
import type { RunbookStep } from '../../model/index.ts'
import { type Problem, parseTree, plain, type Tree } from '../source.ts'
import { readStep } from './step.ts'
import { walkRunbook } from './walk.ts'

/** What a runbook file says about one data set. */
export interface RunbookFile {
  readonly name: string
  readonly maxPoints: number | null
  readonly steps: readonly RunbookStep[]
  /** The most tags that are ever live. */
  readonly peak: number
  /** Steps that the file has and that are not played, in words: operations that mean nothing to a server. */
  readonly passedBy: readonly string[]
  /** Rows of an `initial` step at the start, which are to be loaded before the clock starts. */
  readonly initial: number
}

/** A map of times that `driftmark export` writes beside the data set. */
const OURS = 'driftmark'

/** At most so many problems are told: one wrong range can make a million. */
const MOST = 20

/**
 * Reads one data set of a streaming runbook (definitions §7; the format of big-ann-benchmarks, NeurIPS'23 streaming
 * track, with the steps `initial`, `batch_insert` and `waitPending` of CANDOR-Bench). The key order is free; steps are
 * numbered 1, 2, …; a number that is missing with others after it is refused, for the reference loader would stop there
 * and leave the rest unread. Throws RUNBOOK_INVALID with line and step of each problem, RUNBOOK_NAME.
 *
 * @param name the data set; may be left out where the file has one
 */
export const readRunbook = (text: string, file: string, name?: string): RunbookFile => {
  const problems: Problem[] = []
  const tree = parseTree(text, file, problems)
  refuseAny(problems)
  if (!tree.map || tree.map.size === 0) {
    const place = { ...tree.place, key: '', text: 'allowed: a map of data sets' }
    throw refused([place])
  }
  const chosen = choose(tree.map, file, name)
  const body = tree.map.get(chosen)!
  const numbered = stepsOf(body, chosen, problems)
  const maxPoints = maxPointsOf(body, chosen, problems)
  refuseAny(problems)
  const read = numbered.map((step, i) => readStep(step, `${chosen}.${i + 1}`, problems))
  refuseAny(problems)
  const steps = read.map(({ step }) => step)
  const peak = refuseAbsent(steps, numbered, chosen)
  return {
    name: chosen,
    maxPoints,
    steps,
    peak,
    passedBy: read.flatMap(({ passedBy }, i) => (passedBy ? [`step ${i + 1}, ${passedBy}`] : [])),
    initial: read[0]!.initial,
  }
}

const choose = (maps: ReadonlyMap<string, Tree>, file: string, name?: string): string => {
  const sets = dataSetsOf(maps)
  const names = [...sets.keys()].filter((key) => key !== OURS)
  const known = names.join(', ')
  if (name === undefined) {
    if (names.length === 1) return names[0]!
    throw problem('RUNBOOK_NAME', { file, found: `${names.length} data sets`, known })
  }
  if (sets.has(name)) return name
  throw problem('RUNBOOK_NAME', { file, found: `no data set "${name}"`, known })
}

/** The maps that say something of a data set; one that does not is a note beside them, which no loader reads. */
const dataSetsOf = (maps: ReadonlyMap<string, Tree>): ReadonlyMap<string, Tree> => {
  const isDataSet = ({ map }: Tree): boolean =>
    [...(map?.keys() ?? [])].some((key) => key === 'max_pts' || /^-?\d+$/.test(key))
  const sets = [...maps].filter(([, tree]) => isDataSet(tree))
  return sets.length > 0 ? new Map(sets) : maps
}

/** The steps in order, if their numbers are 1, 2, … without a gap. */
const stepsOf = (body: Tree, name: string, problems: Problem[]): readonly Tree[] => {
  const numbers = [...(body.map?.keys() ?? [])].filter((key) => /^-?\d+$/.test(key)).map(Number)
  numbers.sort((a, b) => a - b)
  const gap = numbers.findIndex((number, i) => number !== i + 1)
  if (numbers.length === 0) {
    problems.push({ ...body.place, key: name, text: 'it has no step 1' })
  } else if (gap >= 0) {
    const text = `step ${gap + 1} is missing, and ${numbers.length - gap} ${numbers.length - gap === 1 ? 'step' : 'steps'} would stay unread; steps are numbered 1, 2, … without a gap`
    problems.push({ ...body.map!.get(String(numbers[gap]))!.place, key: name, text })
  }
  return numbers.map((number) => body.map!.get(String(number))!)
}

const maxPointsOf = (body: Tree, name: string, problems: Problem[]): number | null => {
  const tree = body.map?.get('max_pts')
  if (!tree) return null
  const value = plain(tree)
  if (Number.isSafeInteger(value) && Number(value) > 0) return Number(value)
  const text = `found ${JSON.stringify(value)}; allowed: a whole number above 0`
  problems.push({ ...tree.place, key: `${name}.max_pts`, text })
  return null
}

/** Refuses a first step that inserts nothing, and steps on tags that are not there; else the peak of live tags. */
const refuseAbsent = (
  steps: readonly RunbookStep[],
  numbered: readonly Tree[],
  name: string,
): number => {
  const problems: Problem[] = []
  let peak = 0
  const tell = (step: number, text: string): void => {
    problems.push({ ...numbered[step - 1]!.place, key: `${name}.${step}`, text })
  }
  if (steps[0]!.do !== 'insert') tell(1, 'the first step must be an insert')
  let told = 0
  walkRunbook(steps, {
    absent: (step, id) => {
      if (step === told) return
      told = step
      const { do: action } = steps[step - 1]!
      tell(step, `tag ${id} is not there; ${action} takes tags that are`)
    },
    done: ({ live }) => {
      peak = Math.max(peak, live)
    },
  })
  refuseAny(problems)
  return peak
}

const refuseAny = (problems: readonly Problem[]): void => {
  if (problems.length > 0) throw refused(problems)
}

const refused = (problems: readonly Problem[]) => {
  const lines = problems
    .slice(0, MOST)
    .map(({ file, line, key, text }) => `${file}:${line}: ${key ? `${key}: ` : ''}${text}`)
  if (problems.length > MOST) lines.push(`and ${problems.length - MOST} more`)
  return problem('RUNBOOK_INVALID', { problems: lines.join('\n') })
}
