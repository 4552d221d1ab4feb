import type { EngineError } from '../../harness/model/index.ts'
import { idsBody, queryBody, rowsBody } from './wire.ts'

/*
 * The bodies of wire.ts, of what was checked: a word holds a whole number of 32 bits, and what does not fit would become another one.
 * So it is a RangeError whose outcome is `fail`, and nothing is sent. The server holds the rest to its collection.
 */

export interface Row {
  /** From 0 to 2³² − 1. */
  readonly id: number
  /** From −2³¹ to 2³¹ − 1; 0 if none is given. */
  readonly version?: number
  /** Finite floats, as many as the collection has dimensions. */
  readonly vector: Float32Array
}

/** Rows of as many dimensions as the first. */
export const sendableRows = (rows: readonly Row[]): Uint8Array => {
  const dimensions = rows[0]?.vector.length ?? 0
  for (const { id, version = 0, vector } of rows) {
    checkWord('an id', id, 0)
    if ((version | 0) !== version) {
      throw outOfRange(
        `the version of row ${id} is ${version}, not a whole number from −2³¹ to 2³¹ − 1`,
      )
    }
    if (vector.length !== dimensions) {
      throw outOfRange(`the vector of row ${id} has ${vector.length} dimensions, not ${dimensions}`)
    }
    checkFinite(`the vector of row ${id}`, vector)
  }
  return rowsBody(rows, dimensions)
}

export const sendableIds = (ids: readonly number[]): Uint8Array => {
  for (const id of ids) checkWord('an id', id, 0)
  return idsBody(ids)
}

/** An ef of 0 is the collection's own. */
export const sendableQuery = (vector: Float32Array, k: number, ef: number): Uint8Array => {
  checkWord('k', k, 1)
  checkWord('ef', ef, 0)
  checkFinite('the query', vector)
  return queryBody(vector, k, ef)
}

const checkWord = (what: string, value: number, least: number): void => {
  if (value >>> 0 === value && value >= least) return
  throw outOfRange(`${what} is ${value}, not a whole number from ${least} to 2³² − 1`)
}

/** What is not finite is so times 0 too, and the sum of it: one look at the end, since every request comes by here. */
const checkFinite = (what: string, vector: Float32Array): void => {
  let zero = 0
  for (let i = 0; i < vector.length; i++) zero += Math.fround(vector[i]!) * 0
  if (zero === 0) return
  const odd = vector.findIndex((value) => !Number.isFinite(Math.fround(value)))
  throw outOfRange(`dimension ${odd} of ${what} is ${vector[odd]}, no finite float`)
}

const outOfRange = (message: string): EngineError =>
  Object.assign(new RangeError(`hnsw: ${message}`), { outcome: 'fail' as const })
