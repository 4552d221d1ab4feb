import { stream } from '../../model/index.ts'

/** One step as the file writes it. */
export type Step = Readonly<Record<string, string | number>> & { readonly operation: string }

export const insert = (start: number, end: number): Step => ({ operation: 'insert', start, end })
export const remove = (start: number, end: number): Step => ({ operation: 'delete', start, end })
export const replace = (tags: number, ids: number, count: number): Step => ({
  operation: 'replace',
  tags_start: tags,
  tags_end: tags + count,
  ids_start: ids,
  ids_end: ids + count,
})
export const search: Step = { operation: 'search' }

/** A runbook of one data set, as YAML. */
export const yamlOf = (steps: readonly Step[], maxPoints = 1000, name = 'set'): string => {
  const lines = steps.map((step, i) => {
    const keys = Object.entries(step).map(([key, value]) => `${key}: ${value}`)
    return `  ${i + 1}: { ${keys.join(', ')} }`
  })
  return [`${name}:`, `  max_pts: ${maxPoints}`, ...lines, ''].join('\n')
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** A window of 200 rows that slides over 600. */
const sliding = range(12).flatMap((i) => [
  insert(50 * i, 50 * (i + 1)),
  ...(i >= 4 ? [remove(50 * (i - 4), 50 * (i - 3))] : []),
  search,
])

/** Rows come in blocks; of each block a third goes soon, a third later, a third never. */
const expiring = range(10).flatMap((i) => [
  insert(60 * i, 60 * (i + 1)),
  ...(i >= 2 ? [remove(60 * (i - 2), 60 * (i - 2) + 20)] : []),
  ...(i >= 5 ? [remove(60 * (i - 5) + 20, 60 * (i - 5) + 40)] : []),
  search,
])

/** Clusters are contiguous; parts of them are inserted, then deleted again, at random. */
const clustered = (() => {
  const rng = stream(1, 'clustered')
  const steps: Step[] = []
  const upTo = new Uint32Array(8)
  const from = new Uint32Array(8)
  for (let turn = 0; turn < 30; turn++) {
    const cluster = turn === 0 ? 0 : rng.below(8)
    const more = Math.min(75, upTo[cluster]! + 1 + rng.below(40))
    if (more > upTo[cluster]!) {
      steps.push(insert(75 * cluster + upTo[cluster]!, 75 * cluster + more))
      upTo[cluster] = more
    }
    if (turn % 3 === 2 && upTo[cluster]! > from[cluster]!) {
      steps.push(remove(75 * cluster + from[cluster]!, 75 * cluster + upTo[cluster]!))
      from[cluster] = upTo[cluster]!
    }
    steps.push(search)
  }
  return steps
})()

/** Half of the rows are inserted; drawn stretches of tags get drawn stretches of rows, again and again. */
const randomReplace = (() => {
  const rng = stream(2, 'replace')
  const steps = [insert(0, 300), search]
  for (let turn = 0; turn < 15; turn++) {
    const count = 1 + rng.below(40)
    steps.push(replace(rng.below(300 - count), rng.below(600 - count), count), search)
  }
  return steps
})()

/** Small stand-ins for the runbooks of the field, over 600 rows. */
export const STAND_INS: Readonly<Record<string, readonly Step[]>> = {
  simple: [insert(0, 600), search, remove(0, 300), search, insert(0, 300), search],
  simple_replace: [
    insert(0, 450),
    search,
    replace(0, 450, 150),
    search,
    replace(0, 0, 150),
    search,
    remove(150, 300),
    search,
  ],
  sliding_window: sliding,
  expiration: expiring,
  delete: [
    insert(0, 600),
    search,
    ...range(5).flatMap((i) => [remove(90 * i, 90 * i + 90), search]),
  ],
  clustered,
  random_replace: randomReplace,
}

/** Tag → row after each search step, by the letter of the file: written apart from the code under test. */
export const statesOf = (steps: readonly Step[]): readonly ReadonlyMap<number, number>[] => {
  const tags = new Map<number, number>()
  const states: ReadonlyMap<number, number>[] = []
  for (const step of steps) {
    const at = (key: string): number => step[key] as number
    if (step.operation === 'search') states.push(new Map(tags))
    if (step.operation === 'insert') for (let i = at('start'); i < at('end'); i++) tags.set(i, i)
    if (step.operation === 'delete') for (let i = at('start'); i < at('end'); i++) tags.delete(i)
    if (step.operation === 'replace') {
      for (let i = 0; at('tags_start') + i < at('tags_end'); i++) {
        tags.set(at('tags_start') + i, at('ids_start') + i)
      }
    }
  }
  return states
}
