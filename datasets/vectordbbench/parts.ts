import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { refusePacked } from '../packed/refuse.ts'

/** The files of a set, in VectorDBBench's names. */
export interface Parts {
  /** One file, or the parts in their order. */
  readonly train: readonly string[]
  readonly test: string
  readonly neighbours: string | null
}

const PART = /^((?:shuffle_)?train)-(\d+)-of-(\d+)\.parquet$/

/**
 * The files of a folder: train.parquet, shuffle_train.parquet or train-00-of-10.parquet with all its parts (the first of
 * these that is there, for they hold the same rows), test.parquet, neighbors.parquet. Throws DATASET_PACKED.
 */
export const partsOf = (folder: string): Parts => {
  const names = readdirSync(folder)
  const train = trainOf(folder, names)
  if (!names.includes('test.parquet')) throw refusePacked(folder, 'test.parquet', 'it is not there')
  const neighbours = names.includes('neighbors.parquet') ? join(folder, 'neighbors.parquet') : null
  return {
    train: train.map((name) => join(folder, name)),
    test: join(folder, 'test.parquet'),
    neighbours,
  }
}

const trainOf = (folder: string, names: readonly string[]): readonly string[] => {
  for (const stem of ['train', 'shuffle_train']) {
    if (names.includes(`${stem}.parquet`)) return [`${stem}.parquet`]
    const found = names.filter((name) => PART.exec(name)?.[1] === stem).sort()
    if (found.length === 0) continue
    const [, , first, total] = PART.exec(found[0]!)!
    for (let part = 0; part < Number(total); part++) {
      const name = `${stem}-${String(part).padStart(first!.length, '0')}-of-${total}.parquet`
      if (found[part] !== name) throw refusePacked(folder, name, 'it is not there')
    }
    return found
  }
  const why = 'there is no train.parquet, shuffle_train.parquet or train-00-of-….parquet'
  throw refusePacked(folder, 'its files', why)
}
