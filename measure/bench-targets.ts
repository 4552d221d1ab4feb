import { readiness } from '../harness/verbs/targets.ts'

/** Of each line the first that can be launched here: a run takes some 25 s, and two targets with four scenarios stay well below five minutes. */
const BY_DEFAULT = [['hnsw'], ['postgres', 'pgvector']]
const THE_OTHERS =
  'Milvus and Qdrant are left out, as four engines do not fit into five minutes; npm run bench -- --target milvus --target qdrant measures them.'

export interface Choice {
  readonly targets: readonly string[]
  /** Sentences for the page: what is left out, and why. */
  readonly leftOut: readonly string[]
}

/** What the bench measures where no target is named. */
export const targetsHere = async (): Promise<Choice> => {
  const targets: string[] = []
  const leftOut: string[] = []
  for (const names of BY_DEFAULT) {
    for (const name of names) {
      const { ready, detail } = await readiness(name)
      if (ready) {
        targets.push(name)
        break
      }
      leftOut.push(`${name} is left out: ${detail}`)
    }
  }
  return { targets, leftOut: [...leftOut, THE_OTHERS] }
}
