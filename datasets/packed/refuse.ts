import { problem } from '../../harness/errors.ts'

/** The error that refuses a packed file at a place within it, such as "train, row 17". */
export const refusePacked = (file: string, place: string, why: string, cause?: unknown) =>
  problem('DATASET_PACKED', { file, place, why }, cause)
